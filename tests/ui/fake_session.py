"""Views for a window, and a session that gives them; nothing here needs Qt."""

from pathlib import Path

import numpy as np

from fashioncam.messages import Explanation, Look, Prediction, Reading, Request, State, Stream, View

TOP5 = tuple(Prediction(index, f"class {index}", 0.9 / (index + 1)) for index in range(5))
OWN_WEIGHTS = Path("hybrid.pth"), Path("simplecnn.pth")
CLASSES = tuple(f"class {index}" for index in range(10))


def reading(state, top5=(), learned=1.0, **more):
    grey = np.full((28, 28), 200, np.uint8) if top5 else None
    more = {"explained": top5[0].label if top5 else "", **more}
    return Reading(0, (640, 480), 0.0, 0.0, state, learned, None, top5, None, grey, {"segment": 1.5}, **more)


def item_view(**more):
    """The window's view of an item that has been named, with its picture."""
    picture = np.full((480, 640, 3), (200, 100, 50), np.uint8)
    explanation = Explanation(np.zeros((336, 336, 3), np.uint8), np.full((1, 256, 3), (0, 0, 255), np.uint8))
    values = {"picture_bgr": picture, "is_new_frame": True, "explanation": explanation, "stream": Stream.PLAYING}
    values |= {"model": "hybrid", "classes": CLASSES, "source": "a test"}
    return View(reading=reading(State.ITEM, TOP5), **(values | more))


class FakeSession:
    """Gives the views in turn, the last one again and again, and notes what is asked of it."""

    def __init__(self):
        self.views, self.calls = [View()], []
        self.look, self.request = Look(), Request()
        self.has_garment, self.filed = True, []

    def read_latest(self):
        return self.views.pop(0) if len(self.views) > 1 else self.views[0]

    def hold_capture(self):
        self.calls.append(("hold_capture",))
        return self.has_garment

    def captures(self):
        return list(self.filed)

    def delete_captures(self, captures):
        self.calls.append(("delete_captures", captures))
        self.filed = [capture for capture in self.filed if capture not in captures]

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self.calls.append((name, *args, *kwargs.items()))

    def asked(self, name):
        """The arguments of every call of that name."""
        return [call[1:] for call in self.calls if call[0] == name]
