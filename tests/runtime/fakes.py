"""Sources for tests, behind the same protocol as cameras and files."""

from __future__ import annotations

import threading
import time

from scenes import FPS, room

from fashioncam.messages import Frame
from fashioncam.runtime.sources import SourceError


class FakeSource:
    """Gives `count` frames at once and then ends, fails or blocks."""

    name, device, live, fps, frame_count = "fake", "fake", True, FPS, None

    def __init__(self, count: int, then: str = "end") -> None:
        self.count, self.then = count, then
        self.given = 0
        self.blocked, self.unblock, self.closed = threading.Event(), threading.Event(), threading.Event()
        self.image = room()

    def read(self) -> Frame | None:
        if self.given < self.count:
            self.given += 1
            return Frame(self.given - 1, self.image, (self.given - 1) / FPS, time.monotonic())
        if self.then == "fail":
            raise SourceError("the fake was unplugged")
        if self.then == "crash":
            raise ZeroDivisionError("a defect")
        if self.then == "block":
            self.blocked.set()
            self.unblock.wait(30)
        return None

    def close(self) -> None:
        self.closed.set()
