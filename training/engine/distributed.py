"""Several processes that train as one: the graphics cards of a machine, or of several, started by torchrun.

    torchrun --standalone --nproc-per-node 2 -m training.train --recipe teacher

Every process draws the same global batch and learns from its own slice of it. Gradients are averaged by torch's
DistributedDataParallel, and BatchNorm takes the statistics of the global batch, so that N processes make the steps
that one would make, up to the order in which numbers are added. All cards have to be of one kind, or they draw
different batches. Without torchrun every function here hands back what it is given. torchrun takes `--run` for its own;
with `-m -- training.train --run FOLDER` it does not.
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


@contextmanager
def joined() -> Iterator[None]:
    """Be one of the processes that torchrun has started, if it has; only the leader's prints are seen.

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
    """This process's own card, where the device is "cuda"; UserError where there is none for it."""
    if count() == 1 or device.type == "cpu":
        return device
    index = int(os.environ["LOCAL_RANK"])
    if device.type != "cuda":
        raise UserError(f"several processes cannot train on {device}; give --compute cpu")
    if index >= torch.cuda.device_count():
        raise UserError(f"--nproc-per-node has to be {torch.cuda.device_count()} or less here, one for each card")
    torch.cuda.set_device(index)
    return torch.device("cuda", index)


def in_turn(prepare: Callable[[], T]) -> T:
    """What `prepare` returns, called in one process of each machine first: it downloads, and the others find the files.

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
    """What `read` returns in the leader, or the UserError that it raises there; the others get a copy."""
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
    """Of each batch this process's share; the shares' lengths differ by one at most."""
    if count() == 1:
        yield from batches
        return
    for images, targets in batches:
        yield images.tensor_split(count())[dist.get_rank()], targets.tensor_split(count())[dist.get_rank()]


def weighted(loss: Tensor, pictures: int, batch_size: int) -> Tensor:
    """A slice's mean loss, such that the mean over the processes is the mean over the batch, gradients too."""
    return loss if count() == 1 else loss * (count() * pictures / batch_size)


def mean(values: Tensor) -> Tensor:
    """The mean over the processes."""
    if count() == 1:
        return values
    total = values.clone()
    dist.all_reduce(total)
    return total / count()


def in_step(model: nn.Module, device: torch.device) -> nn.Module:
    """The model on its device, to be called in its place while it trains: averages the gradients of all processes."""
    if count() == 1:
        return model
    return DistributedDataParallel(model, device_ids=[device] if device.type == "cuda" else None)


def with_synced_batchnorm(model: nn.Module, device: torch.device) -> None:
    """Let each BatchNorm of the model take the statistics of the global batch; names in the state dict stay."""
    if count() == 1:
        return
    for module in list(model.modules()):
        for name, norm in module.named_children():
            if isinstance(norm, nn.BatchNorm2d):
                # torch's own is fused and quick, and works on graphics cards alone.
                kind = nn.SyncBatchNorm if device.type == "cuda" else GlobalBatchNorm
                other = kind(norm.num_features, norm.eps, norm.momentum)
                other.load_state_dict(norm.state_dict())
                setattr(module, name, other)


class GlobalBatchNorm(nn.BatchNorm2d):
    """BatchNorm (arXiv:1502.03167) over the slices of all processes together, on any device."""

    def forward(self, input: Tensor) -> Tensor:
        """N x C x h x w to the same, in its dtype; N may differ from process to process."""
        if not self.training:
            return super().forward(input)
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        x = input.float()
        places = x.new_tensor([x.numel() / self.num_features])
        sums = SumOverProcesses.apply(torch.cat((x.sum(dim=(0, 2, 3)), places)))
        mean, total = sums[:-1] / sums[-1], sums[-1]
        centred = x - mean[:, None, None]
        # From the deviations, not from the squares' mean less the mean's square, which cancels in single precision.
        variance = SumOverProcesses.apply(centred.square().sum(dim=(0, 2, 3))) / total
        with torch.no_grad():
            self.num_batches_tracked.add_(1)
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * total / (total - 1), self.momentum)
        scale = self.weight * (variance + self.eps).rsqrt()
        return (centred * scale[:, None, None] + self.bias[:, None, None]).to(input.dtype)


class SumOverProcesses(torch.autograd.Function):
    """The sum over the processes; so its gradient is the sum of theirs."""

    @staticmethod
    def forward(context: Any, values: Tensor) -> Tensor:
        total = values.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> Tensor:
        return SumOverProcesses.forward(context, gradient.contiguous())
