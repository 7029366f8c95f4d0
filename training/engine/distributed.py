"""Several processes that train as one: the GPUs of a machine, or of several, started by torchrun.

    torchrun --standalone --nproc-per-node 2 -m training.train --recipe teacher

Every process draws the same global batch and learns from its own slice of it. torch's DistributedDataParallel averages
the gradients, and on GPUs BatchNorm takes the statistics of the global batch. So N processes make the steps of one, up
to the order in which numbers are added. All GPUs have to be of one kind, or they draw different batches. Without
torchrun every function here returns what it is given. torchrun takes `--run` for its own option; write
`-m -- training.train --run FOLDER`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from fashioncam.errors import UserError

T = TypeVar("T")
M = TypeVar("M", bound=nn.Module)


@contextmanager
def joined() -> Iterator[None]:
    """Join the processes that torchrun has started, if it has; only the leader prints.

    An exception is let through at once: torchrun then ends the other processes, which may be waiting for this one.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield
        return
    dist.init_process_group("cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo")
    with Path(os.devnull).open("w") as nowhere:
        silent = not is_leader()
        with redirect_stdout(nowhere if silent else sys.stdout), redirect_stderr(nowhere if silent else sys.stderr):
            yield
            from_leader(lambda: None)  # torchrun ends them all when one ends with an error: let the leader say it first
    dist.destroy_process_group()


def count() -> int:
    """How many processes train together."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def is_leader() -> bool:
    """Whether this is the one process that prints and writes."""
    return count() == 1 or dist.get_rank() == 0


def own_device(device: torch.device) -> torch.device:
    """This process's own GPU where the device is "cuda"; UserError if there is none for it."""
    if count() == 1 or device.type == "cpu":
        return device
    index = int(os.environ["LOCAL_RANK"])
    if device.type != "cuda":
        raise UserError(f"several processes cannot train on {device}; give --compute cpu")
    if index >= torch.cuda.device_count():
        raise UserError(f"--nproc-per-node has to be {torch.cuda.device_count()} or less here, one for each GPU")
    torch.cuda.set_device(index)
    return torch.device("cuda", index)


def in_turn(prepare: Callable[[], T]) -> T:
    """Call `prepare` in one process of each machine first: it downloads, and the others find the files.

    Raises:
        UserError: the one that `prepare` has raised in any of the processes.
    """
    if count() == 1:
        return prepare()
    results: list[T] = []
    for my_turn in (os.environ["LOCAL_RANK"] == "0", os.environ["LOCAL_RANK"] != "0"):
        problem = None
        if my_turn:
            try:
                results.append(prepare())
            except UserError as error:
                problem = str(error)
        problems: list[str | None] = [None] * count()
        dist.all_gather_object(problems, problem)
        for line in filter(None, problems):
            raise UserError(line)
    return results[0]


def from_leader(read: Callable[[], T]) -> T:
    """Call `read` in the leader; all get a copy of what it returns, or the UserError that it raises."""
    if count() == 1:
        return read()
    answer: list[Any] = [None]
    if is_leader():
        try:
            answer = [read()]
        except UserError as error:
            answer = [error]
    dist.broadcast_object_list(answer)
    if isinstance(answer[0], UserError):
        raise answer[0]
    return answer[0]


def own_slices(batches: Iterable[tuple[Tensor, Tensor]]) -> Iterator[tuple[Tensor, Tensor]]:
    """This process's share of each batch; the shares' lengths differ by one at most."""
    if count() == 1:
        yield from batches
        return
    for images, targets in batches:
        yield images.tensor_split(count())[dist.get_rank()], targets.tensor_split(count())[dist.get_rank()]


def weighted(loss: Tensor, pictures: int, batch_size: int) -> Tensor:
    """A slice's mean loss, weighted so that the mean over the processes is the mean over the batch, gradients too."""
    return loss if count() == 1 else loss * (count() * pictures / batch_size)


def mean(values: Tensor) -> Tensor:
    """The mean over the processes."""
    if count() == 1:
        return values
    total = values.clone()
    dist.all_reduce(total)
    return total / count()


def in_step(model: nn.Module, device: torch.device) -> nn.Module:
    """What is called in the model's place in training: averages the gradients of all processes."""
    if count() == 1:
        return model
    return DistributedDataParallel(model, device_ids=[device] if device.type == "cuda" else None)


def with_synced_batchnorm(model: M, device: torch.device) -> M:
    """The model, whose BatchNorms on several GPUs take the statistics of the global batch.

    The names in its state dict stay. torch's SyncBatchNorm needs GPUs: on CPUs each process normalises by its slice.
    """
    if count() == 1 or device.type != "cuda":
        return model
    return nn.SyncBatchNorm.convert_sync_batchnorm(model)
