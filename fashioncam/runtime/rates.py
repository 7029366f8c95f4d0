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
        """Events a second over the last second: intervals divided by the time they took; 0 below two events."""
        with self._lock:
            self._forget(now_s)
            if len(self._times_s) < 2:
                return 0.0
            return (len(self._times_s) - 1) / max(self._times_s[-1] - self._times_s[0], 1e-9)

    def _forget(self, now_s: float) -> None:
        while self._times_s and self._times_s[0] < now_s - WINDOW_S:
            self._times_s.popleft()
