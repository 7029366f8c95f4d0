"""A progress bar on a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tqdm import tqdm


def progress(items: Iterable[Any], description: str, total: int) -> Iterable[Any]:
    """`items`, with a progress bar on a terminal."""
    return tqdm(items, desc=description, total=total, leave=False, disable=None)
