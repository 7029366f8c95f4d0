"""The capture thread: reads a source and puts every frame where it is wanted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from fashioncam.messages import Failure, Frame, Stream
from fashioncam.runtime.sources.source import FrameSource, SourceError

from .loop import Loop
from .mailbox import Mailbox
from .rates import RateMeter

PAUSE_CHECK_S = 0.05  # how soon a film goes on after a pause


class CaptureLoop(Loop):
    """Opens a source in its thread and reads it; a file is played at its own speed.

    Args:
        open_source: called in the thread, as opening a camera may take seconds.
        frames: mailboxes that each get every frame.
        failures: gets the failure that ended the thread; `stream` is `ENDED` when the source had no more frames.
        retry_s: seconds between attempts to reopen a live source that was lost; with None its loss ends the thread.
        wait: called in the thread before it opens the source for the first time.
    """

    def __init__(
        self,
        open_source: Callable[[], FrameSource],
        frames: Sequence[Mailbox[Frame]],
        failures: Mailbox[Failure],
        retry_s: float | None = None,
        wait: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__("capture", self._capture, failures.put)
        self._open_source = open_source
        self._frames = frames
        self._retry_s = retry_s
        self._wait = wait
        self._delivered = 0
        self._first_grabbed_s = 0.0
        self.stream = Stream.OPENING
        self.paused = threading.Event()
        self.source: FrameSource | None = None  # once it has been opened
        self.read_s = 0.0  # when it last gave a picture, delivered or not
        self.rate = RateMeter()

    def _capture(self, stop: threading.Event) -> None:
        self._wait()
        del self._wait  # frees the feed before this one
        while not stop.is_set():
            try:
                self._play(stop)
            except SourceError:
                if not self._may_come_back():
                    raise
            if stop.is_set():
                return
            if not self._may_come_back():
                self.stream = Stream.ENDED
                return
            self.stream = Stream.LOST
            stop.wait(self._retry_s)

    def _may_come_back(self) -> bool:
        """Whether the source is worth another try: a live one that has given a picture before."""
        return self._retry_s is not None and self.source is not None and self.source.live and self.read_s > 0

    def _play(self, stop: threading.Event) -> None:
        """Deliver the source's frames until it has no more."""
        source = self.source = self._open_source()
        try:
            due_s = time.perf_counter()  # when the film's frame of time 0 is due
            while not stop.is_set() and (frame := source.read()) is not None:
                self.stream, self.read_s = Stream.PLAYING, time.perf_counter()
                if source.live:
                    if self.paused.is_set():
                        continue  # read on, so that no old picture waits in the driver
                    self._first_grabbed_s = self._first_grabbed_s or frame.grabbed_s
                    # Time and index go on after a loss.
                    time_s = frame.grabbed_s - self._first_grabbed_s
                    frame = replace(frame, index=self._delivered, time_s=time_s)
                else:
                    due_s += self._wait_while_paused(stop)
                    stop.wait(due_s + frame.time_s - time.perf_counter())
                    frame = replace(frame, grabbed_s=time.perf_counter())
                if stop.is_set():
                    return
                self._delivered += 1
                self.rate.tick(time.perf_counter())
                for mailbox in self._frames:
                    mailbox.put(frame)
        finally:
            source.close()

    def _wait_while_paused(self, stop: threading.Event) -> float:
        """Returns how long it took, seconds."""
        started_s = time.perf_counter()
        while self.paused.is_set() and not stop.is_set():
            stop.wait(PAUSE_CHECK_S)
        return time.perf_counter() - started_s
