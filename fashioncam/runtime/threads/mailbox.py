"""One slot between two threads: the newest wins, and nothing is delivered twice."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Holds at most one value. A slow reader loses values, it never makes a queue grow."""

    def __init__(self) -> None:
        self._filled = threading.Condition()
        self._value: T | None = None
        self._dropped = 0

    def put(self, value: T) -> None:
        """Replace whatever is in the slot; never blocks."""
        with self._filled:
            self._dropped += self._value is not None
            self._value = value
            self._filled.notify()

    def take(self, timeout_s: float = 0.0) -> T | None:
        """Empty the slot; None when nothing came within `timeout_s`."""
        with self._filled:
            self._filled.wait_for(lambda: self._value is not None, timeout_s)
            value, self._value = self._value, None
            return value

    @property
    def dropped(self) -> int:
        """How many values were replaced before anybody took them."""
        with self._filled:
            return self._dropped
