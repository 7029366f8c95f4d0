"""The capture thread: reads a source and puts every frame where it is wanted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from fashioncam.messages import Failure, Frame

from .loop import Loop
from .mailbox import Mailbox
from .rates import RateMeter
from .sources import FrameSource


class CaptureLoop(Loop):
    """Opens a source in its thread and reads it; a file is played at its own speed.

    Args:
        open_source: called in the thread, as opening a camera may take seconds.
        frames: mailboxes that each get every frame.
        failures: gets the failure that ended the thread; `ended` is set when the source had no more frames.
    """

    def __init__(
        self,
        open_source: Callable[[], FrameSource],
        frames: Sequence[Mailbox[Frame]],
        failures: Mailbox[Failure],
    ) -> None:
        super().__init__("capture", self._capture, failures.put)
        self._open_source = open_source
        self._frames = frames
        self.ended = threading.Event()
        self.source: FrameSource | None = None  # once it has been opened
        self.rate = RateMeter()

    def _capture(self, stop: threading.Event) -> None:
        source = self.source = self._open_source()
        try:
            started_s = time.monotonic()
            while not stop.is_set():
                frame = source.read()
                if frame is None:
                    self.ended.set()
                    return
                if not source.live:
                    stop.wait(started_s + frame.time_s - time.monotonic())
                self.rate.tick(time.monotonic())
                for mailbox in self._frames:
                    mailbox.put(frame)
        finally:
            source.close()
