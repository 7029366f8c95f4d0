"""`training.train` on sample pictures, for one process or, started by torchrun, for several.

Each of several leaves what `run` returns in FOLDER/process-RANK.pt.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fashioncam import checkpoint
from fashioncam.messages import InputDescription
from fashioncam.models import build
from training import train
from training.command import exit_code
from training.data import fashion_mnist
from training.engine import distributed, loop
from training.engine.recipe import Recipe
from training.recipes import RECIPES

CONFIG = {"dim": 16, "depth": 1, "heads": 2, "dim_head": 8, "mlp_dim": 32}
# 35 pictures are no whole number for each of two processes. Both optimisers make steps of one size however small the
# gradient is, so a rounding of it can turn a weight's step round: with small steps losses stay comparable.
TINY = Recipe(
    model="hybrid",
    config=CONFIG,
    epochs=2,
    batch_size=35,
    learning_rate=1e-4,
    warmup=0.0,
    ema_decay=0.9,
    cutmix_probability=0.5,
)
COMMANDS: dict[str, list[str]] = {
    "whole": [],
    "resumed": [],  # the state of another process's first epoch lies there
    "muon": ["--muon", "1", "--background-weight", "0.1", "--epochs", "1"],
    "refused": ["--teacher", "missing.pth", "--distill-weight", "0.5"],
}


def run(folder: Path, names: tuple[str, ...] = tuple(COMMANDS)) -> dict[str, Any]:
    """Run the commands, each in FOLDER/NAME; returns their exit codes, losses of steps, and gradients by name."""
    losses: list[Tensor] = []
    step = loop.forward_backward

    def noted(*arguments: Any) -> Tensor:
        losses.append(step(*arguments))
        return losses[-1]

    codes, found = {}, {}
    with pytest.MonkeyPatch.context() as patch, plain_convolutions(), distributed.joined():
        # Of a slice, BatchNorm takes other statistics than of the batch; on CPUs torch cannot take them together.
        patch.setattr(nn, "BatchNorm2d", partial(nn.GroupNorm, 4))
        patch.setattr(fashion_mnist, "load", lambda wanted: sample())
        patch.setattr(loop, "forward_backward", noted)
        patch.setattr(train, "save_with_twin", checkpoint.save)
        patch.setitem(RECIPES, "tiny", lambda: TINY)
        for name in names:
            places = ["--run", str(folder / name), "--out", str(folder / f"{name}.pth")]
            fixed = ["--recipe", "tiny", "--compute", "cpu", "--precision", "fp32"]
            args = train.parse_arguments([*fixed, *places, *COMMANDS[name]])
            losses.clear()
            codes[name] = exit_code("training.train", partial(train.run, args))
            found[name] = torch.tensor(losses)
        return {"codes": codes, "losses": found, "gradients": gradients()}


@contextmanager
def plain_convolutions() -> Iterator[None]:
    """Without oneDNN, by whose rounding gradients are off by 6 % here; so they are as in double precision to 1e-4."""
    before = torch.backends.mkldnn.set_flags(False)
    try:
        yield
    finally:
        torch.backends.mkldnn.set_flags(before[0])


def gradients() -> dict[str, Tensor]:
    """Of a new model's first batch."""
    torch.manual_seed(0)
    dataset, device = sample(), torch.device("cpu")
    model = build("hybrid", CONFIG)
    batches = loop.epoch_batches(loop.Materials(dataset.train, dataset.validation, dataset.input), TINY, 0, 0)
    images, targets = next(iter(batches))
    in_step = distributed.in_step(model, device)
    loss = F.cross_entropy(in_step(images), targets)
    distributed.weighted(loss, len(images), TINY.batch_size).backward()
    return {name: p.grad for name, p in model.named_parameters() if p.grad is not None}


def sample() -> fashion_mnist.FashionMnist:
    with np.load(Path(__file__).parents[1] / "fashion_mnist_sample.npz") as arrays:
        images, labels = torch.from_numpy(arrays["images"]).unsqueeze(1), torch.from_numpy(arrays["labels"]).long()
    train_part, held_out, none = (
        fashion_mnist.Split(images[p], labels[p]) for p in (slice(70), slice(70, 90), slice(0))
    )
    return fashion_mnist.FashionMnist(train_part, held_out, none, InputDescription(28, 0.2861, 0.3531), "digest")


if __name__ == "__main__":
    torch.set_num_threads(1)
    place = Path(sys.argv[1])
    torch.save(run(place), place / f"process-{os.environ['RANK']}.pt")
