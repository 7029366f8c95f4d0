"""How often something happens over the last second, and how long it takes over the last seconds."""

from __future__ import annotations

import threading
from collections import deque

import numpy as np

from fashioncam.view import StreamRates

WINDOW_S = 1.0
LATENCY_WINDOW_S = 3.0
RATES_INTERVAL_S = 0.25


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
        """Events a second over the last second.

        It is computed from the time between the events, which is exact for slow streams too; in the first half second,
        and when more than one event is overdue, from their count.
        """
        with self._lock:
            self._forget(now_s)
            count = len(self._times_s)
            span_s = self._times_s[-1] - self._times_s[0] if count > 1 else 0.0
            is_steady = span_s >= WINDOW_S / 2 and (now_s - self._times_s[-1]) * (count - 1) < 2 * span_s
            return (count - 1) / span_s if is_steady else count / WINDOW_S

    def _forget(self, now_s: float) -> None:
        while self._times_s and self._times_s[0] <= now_s - WINDOW_S:
            self._times_s.popleft()


class DisplayMeter:
    """How often pictures reach the screen and how late; the caller brings the time."""

    def __init__(self) -> None:
        self._rate = RateMeter()
        self._latencies: deque[tuple[float, float]] = deque()  # when a picture was painted, and how late, seconds
        self._rates, self._made_s = StreamRates(), float("-inf")

    def painted(self, now_s: float, grabbed_s: float) -> None:
        """The picture of the frame that was grabbed at `grabbed_s` is on the screen now."""
        self._rate.tick(now_s)
        self._latencies.append((now_s, now_s - grabbed_s))

    def rates(self, now_s: float, capture: RateMeter, inference: RateMeter, dropped: int) -> StreamRates:
        """All rates together; the same object for some time, as numbers that change all the time cannot be read."""
        if now_s - self._made_s >= RATES_INTERVAL_S:
            self._made_s = now_s
            while self._latencies and self._latencies[0][0] <= now_s - LATENCY_WINDOW_S:
                self._latencies.popleft()
            latencies_ms = [1000 * latency_s for _, latency_s in self._latencies] or [0.0]
            median, p95 = map(float, np.percentile(latencies_ms, (50, 95)))
            rates = capture.rate(now_s), inference.rate(now_s), self._rate.rate(now_s)
            self._rates = StreamRates(*rates, dropped, median, p95)
        return self._rates
