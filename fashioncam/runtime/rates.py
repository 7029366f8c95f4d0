"""How often something happens, over the last second."""

from __future__ import annotations

import threading
from collections import deque

WINDOW_S = 1.0


class RateMeter:
    """Counts events; the caller brings the time, so tests need no clock. One thread may count, another read."""

    def __init__(self) -> None:
        self._times_s: deque[float] = deque()
        self._lock = threading.Lock()

    def tick(self, now_s: float) -> None:
        """One event, now."""
        with self._lock:
            self._times_s.append(now_s)
            self._forget(now_s)

    def rate(self, now_s: float) -> float:
        """Events in the last second; so it climbs during the first one."""
        with self._lock:
            self._forget(now_s)
            return len(self._times_s) / WINDOW_S

    def _forget(self, now_s: float) -> None:
        while self._times_s and self._times_s[0] <= now_s - WINDOW_S:
            self._times_s.popleft()
