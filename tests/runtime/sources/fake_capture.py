"""Takes the place of OpenCV's captures."""

from collections.abc import Iterable, Iterator, Mapping

from scenes import room

MUTE = 7  # a camera that opens but gives no picture


class FakeCapture:
    """Takes the place of cv2.VideoCapture: notes what it is asked for, in order.

    Attributes:
        grabs: whether each of the next grabs succeeds; all later ones do.
        says: its properties; 30.0 where nothing is named.
    """

    grabs: Iterable[bool] = ()
    says: Mapping[int, Iterator[float]] = {}

    def __init__(self, *arguments):
        self.arguments, self.asked, self._grabs = arguments, [], iter(self.grabs)

    def isOpened(self):  # noqa: N802 (OpenCV's name)
        return True

    def grab(self):
        return self.arguments[0] != MUTE and next(self._grabs, True)

    def retrieve(self):
        return True, room()

    def set(self, name, value):
        self.asked.append((name, value))

    def get(self, name):
        return next(self.says[name]) if name in self.says else 30.0

    def release(self):
        pass
