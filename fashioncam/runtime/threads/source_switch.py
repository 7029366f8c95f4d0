"""Which source is shown: switching to another one, and back where that does not open."""

from __future__ import annotations

from collections.abc import Callable

from fashioncam.messages import DisplayStyle, Failure, Stream
from fashioncam.runtime.sources.cameras import ask_permission
from fashioncam.runtime.sources.opening import Size, SourceChoice
from fashioncam.runtime.sources.source import FrameSource

from .feed import Feed


class SourceSwitch:
    """The present source goes on until the next one is opened, and is opened again if that fails.

    Args:
        choice: opens sources.
        retry_s: how soon a live source that was lost is opened again.
        style, notify: as a `DrawingLoop` has them.
        on_switch: gets each feed but the first, before it starts.
        tell: gets the text of a failure that is not in `failure`.

    Attributes:
        feed: the threads of the present source.
        failure: why it has ended; None while it goes on.
        is_first: whether it is still the one that was started with.
    """

    def __init__(
        self,
        choice: SourceChoice,
        retry_s: float,
        style: Callable[[], tuple[DisplayStyle, tuple[int, int]]],
        notify: Callable[[], None],
        on_switch: Callable[[Feed], None],
        tell: Callable[[str], None],
    ) -> None:
        self._choice, self._retry_s, self._style, self._notify = choice, retry_s, style, notify
        self._on_switch, self._tell = on_switch, tell
        self._device_before: str | None = None  # of the source before, if that was going on
        self.feed = Feed(choice.first, None, retry_s, style, notify)
        self.failure: Failure | None = None
        self.is_first = True

    @property
    def source(self) -> FrameSource | None:
        """The present source; None until it has been opened."""
        return self.feed.capture.source

    @property
    def notice(self) -> str:
        """What the user should know about it; empty for nothing."""
        return self._choice.notice if self.is_first else ""

    def open(self, device: str) -> None:
        """Switch to another source; the present one, if lost, is retried anyway. Call it on the main thread."""
        stream, source = self.feed.capture.stream, self.source
        if stream is Stream.LOST and source is not None and source.device == device:
            return
        if source is not None:  # else one is still opening, which may fail as this one may
            self._device_before = source.device if stream is not Stream.ENDED else None
        ask_permission(device)
        self._switch(lambda: self._choice.named(device))

    def set_camera_size(self, size_wh: Size | None) -> None:
        """Ask cameras for pictures of this width and height; the one in use is opened again."""
        self._choice.camera_size = size_wh
        source = self.source
        if source is not None and source.live and "://" not in source.device:  # a camera, by index or device file
            self.open(source.device)

    def set_paused(self, paused: bool) -> None:
        """Let the picture stand still, or go on."""
        event = self.feed.capture.paused
        event.set() if paused else event.clear()

    def take_failure(self) -> None:
        """Look whether the feed has failed; where it has given no picture, the source before it goes on."""
        failure = self.feed.failures.take()
        if failure is None:
            return
        before, self._device_before = self._device_before, None
        if before is not None and not self.feed.capture.read_s:
            self._tell(failure.text)
            self._switch(lambda: self._choice.named(before))
        else:
            self.failure = failure

    def request_stop(self) -> None:
        """Ask the feed's threads to end; no other source is opened any more."""
        self._device_before = None
        self.feed.request_stop()

    def _switch(self, open_chosen: Callable[[], FrameSource]) -> None:
        self.feed = Feed(open_chosen, self.feed, self._retry_s, self._style, self._notify)
        self.failure, self.is_first = None, False
        self._on_switch(self.feed)
        self.feed.start()
