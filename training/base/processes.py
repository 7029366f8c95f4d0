"""The same function on many arguments, a process a core."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import starmap
from multiprocessing import get_context
from typing import Any, TypeVar

import torch
from tqdm import tqdm

T = TypeVar("T")
progress = partial(tqdm, leave=False, disable=None)  # a bar, on a terminal only


def workers_for(jobs: int) -> int:
    """How many processes to start for so many jobs, 0 for none: one a core that this process may use.

    `joblib.cpu_count` says how many those are. Like `os.process_cpu_count` of Python 3.13 it knows this process's
    affinity; it also knows the limit of a container (Linux cgroups) and that Windows cannot wait for more than 61.
    """
    import joblib  # type: ignore[import-untyped]  # the training itself does without

    return min(joblib.cpu_count(), jobs)


def on_all_cores(function: Callable[..., T], jobs: Sequence[tuple[Any, ...]], what: str) -> list[T]:
    """What the function makes of each of the jobs, its arguments; a bar says `what` it makes."""
    processes = workers_for(len(jobs))
    if processes <= 1:
        return list(progress(starmap(function, jobs), what, len(jobs)))
    # Spawned and not forked: torch's threads do not survive a fork.
    with ProcessPoolExecutor(processes, get_context("spawn"), torch.set_num_threads, (1,)) as pool:
        return list(progress(pool.map(function, *zip(*jobs, strict=True)), what, len(jobs)))
