"""Which cameras there are: asking takes a second on some systems, so a thread does."""

from __future__ import annotations

import threading
from collections.abc import Callable

from fashioncam.messages import Camera
from fashioncam.runtime.threads.loop import Loop

from .cameras import enumerated_cameras


class CameraList:
    """Looks for cameras when asked to.

    Args:
        tell: gets a line where that fails.

    Attributes:
        cameras: those found last.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._loop: Loop | None = None
        self.cameras: tuple[Camera, ...] = ()

    def refresh(self) -> None:
        """Start to look, unless this is going on already."""
        if self._loop is None or self._loop.join(0):
            self._loop = Loop("cameras", self._look, lambda failure: self._tell(failure.text))
            self._loop.start()

    def join(self) -> None:
        """Wait until the looking has ended, for two seconds at most."""
        if self._loop is not None:
            self._loop.join()

    def _look(self, stop: threading.Event) -> None:
        self.cameras = enumerated_cameras()
