"""One source while it is shown: its threads, and the mailboxes that lead from it to the window."""

from __future__ import annotations

import time
from collections.abc import Callable

from fashioncam.messages import DisplayStyle, Failure, Frame, Reading, Stream
from fashioncam.runtime.sources.source import FrameSource

from .capture import CaptureLoop
from .drawing import Drawing, DrawingLoop
from .mailbox import Mailbox

STALLED_S = 2.0  # a live source without a picture for so long is lost, even if its driver still waits


class Feed:
    """Each source has mailboxes of its own, so no reading of the last source reaches the picture of the next.

    Args:
        open_source: called in the capture thread.
        before: the feed that this one replaces; it ends first, as both may use the same camera.
        retry_s: how soon a live source that was lost is opened again.
        style, notify: as a `DrawingLoop` has them.
    """

    def __init__(
        self,
        open_source: Callable[[], FrameSource],
        before: Feed | None,
        retry_s: float,
        style: Callable[[], tuple[DisplayStyle, tuple[int, int]]],
        notify: Callable[[], None] = lambda: None,
    ) -> None:
        self.to_infer, self.to_show = Mailbox[Frame](), Mailbox[Frame]()
        self.readings, self.drawings = Mailbox[Reading](), Mailbox[Drawing]()
        self.failures = Mailbox[Failure]()
        # No method of self: after `gc.freeze` that cycle would keep the feed and its pictures alive.
        frames, wait = (self.to_infer, self.to_show), before.join if before else lambda: None
        self.capture = CaptureLoop(open_source, frames, self.failures, retry_s, wait)
        self.drawing = DrawingLoop(self.to_show, self.readings, self.drawings, self.failures, style, notify)
        if before is not None:
            before.request_stop()

    def start(self) -> None:
        self.drawing.start()
        self.capture.start()

    def request_stop(self) -> None:
        """Ask both threads to end; returns at once."""
        self.capture.request_stop()
        self.drawing.request_stop()

    def join(self) -> None:
        """Wait for both to end, but not for a driver that does not answer."""
        self.drawing.join()
        self.capture.join()

    @property
    def stream(self) -> Stream:
        """State of the source."""
        stream = self.capture.stream
        if stream is not Stream.PLAYING:
            return stream
        if self.capture.paused.is_set():
            return Stream.PAUSED
        source = self.capture.source
        stalled = time.perf_counter() - self.capture.read_s > STALLED_S
        return Stream.LOST if source is not None and source.live and stalled else stream
