"""Sources for tests, behind the same protocol as cameras and files."""

from __future__ import annotations

import threading
import time

from scenes import FPS, room

from fashioncam.messages import Frame
from fashioncam.runtime.sources.source import SourceError


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
            return Frame(self.given - 1, self.image, (self.given - 1) / FPS, time.perf_counter())
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


class SteadySource:
    """A camera with a clock of its own: notes when each frame was grabbed."""

    name, device, live, fps, frame_count = "steady", "steady", True, 25.0, None

    def __init__(self):
        self.pause = threading.Event()
        self.started_s, self.grabbed_s = time.perf_counter(), []

    def read(self):
        due_s = self.started_s + len(self.grabbed_s) / self.fps
        self.pause.wait(max(0.0, due_s - time.perf_counter()))
        self.grabbed_s.append(time.perf_counter())
        image = room()
        image[0, 0] = len(self.grabbed_s) - 1  # to be recognised by on the screen
        return Frame(len(self.grabbed_s) - 1, image, 0.0, self.grabbed_s[-1])

    def close(self):
        self.pause.set()
