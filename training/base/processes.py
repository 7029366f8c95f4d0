"""The same function on many arguments, a process a core."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import starmap
from multiprocessing import get_context
from typing import Any, TypeVar

import torch

from .progress import progress

T = TypeVar("T")


def on_all_cores(function: Callable[..., T], jobs: Sequence[tuple[Any, ...]], what: str) -> list[T]:
    """What the function makes of each of the jobs, its arguments; a bar says `what` it makes."""
    processes = min(os.cpu_count() or 1, len(jobs))
    if processes == 1:
        return list(progress(starmap(function, jobs), what, len(jobs)))
    # Spawned and not forked: torch's threads do not survive a fork.
    with ProcessPoolExecutor(processes, get_context("spawn"), torch.set_num_threads, (1,)) as pool:
        return list(progress(pool.map(function, *zip(*jobs, strict=True)), what, len(jobs)))
