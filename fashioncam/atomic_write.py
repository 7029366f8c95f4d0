"""Files that are never left half written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """The place to write a file to; it becomes `path` after the block, unless that was left by an exception."""
    unfinished = path.with_name(path.name + ".part")
    yield unfinished
    unfinished.replace(path)
