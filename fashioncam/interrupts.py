"""Defers Ctrl+C while a library cannot handle it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Let Ctrl+C wait until the end of the block; raises KeyboardInterrupt there if it came.

    In the middle of an import it makes PySide6 abort and ONNX Runtime fail; other libraries swallow it.
    """
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt
