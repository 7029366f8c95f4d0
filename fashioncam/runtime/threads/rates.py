"""How often something happens over the last second, and how long it takes over the last seconds."""

from __future__ import annotations

import threading
from collections import deque

import numpy as np

WINDOW_S = 1.0
LATENCY_WINDOW_S = 3.0


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
        """Events a second, from the time between those of the last second, exact for slow streams too; from their
        count in the first half second and when more than one is overdue."""
        with self._lock:
            self._forget(now_s)
            count = len(self._times_s)
            span_s = self._times_s[-1] - self._times_s[0] if count > 1 else 0.0
            is_steady = span_s >= WINDOW_S / 2 and (now_s - self._times_s[-1]) * (count - 1) < 2 * span_s
            return (count - 1) / span_s if is_steady else count / WINDOW_S

    def _forget(self, now_s: float) -> None:
        while self._times_s and self._times_s[0] <= now_s - WINDOW_S:
            self._times_s.popleft()


class LatencyMeter:
    """Median and 95th percentile of durations over the last seconds; the caller brings the time."""

    def __init__(self) -> None:
        self._durations: deque[tuple[float, float]] = deque()

    def add(self, now_s: float, duration_s: float) -> None:
        """One duration, which ended now."""
        self._durations.append((now_s, duration_s))

    def percentiles_ms(self, now_s: float) -> tuple[float, float]:
        """Median and 95th percentile, milliseconds; 0 where nothing was measured."""
        while self._durations and self._durations[0][0] <= now_s - LATENCY_WINDOW_S:
            self._durations.popleft()
        if not self._durations:
            return 0.0, 0.0
        median, p95 = np.percentile([duration_s for _, duration_s in self._durations], (50, 95))
        return 1000 * float(median), 1000 * float(p95)
