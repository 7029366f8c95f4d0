"""Ctrl+C at a time when a library cannot bear it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Let Ctrl+C wait until the end of the block; raises KeyboardInterrupt there if it came.

    In the middle of an import PySide6 aborts the process by it, ONNX Runtime fails otherwise, and some lose it.
    """
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt
