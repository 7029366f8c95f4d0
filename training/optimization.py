"""Optimisers, the course of the learning rate, and the moving average of the weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from .muon import Muon
from .recipes import Recipe


def moving_average(decay: float) -> Callable[[Tensor, Tensor, Tensor | int], Tensor]:
    """Exponential moving average that starts quickly, so that early epochs are not judged by their initial weights."""

    def average(averaged: Tensor, current: Tensor, count: Tensor | int) -> Tensor:
        keep = min(decay, (1 + int(count)) / (10 + int(count)))
        return torch.lerp(current, averaged, keep) if current.is_floating_point() else current

    return average


def make_optimizers(model: nn.Module, recipe: Recipe) -> list[Optimizer]:
    """AdamW (arXiv:1711.05101), which decays matrices and kernels, not gains and biases.

    With `muon`, matrices and kernels that have 16 rows and columns or more are left to Muon.
    """
    large = [p for p in model.parameters() if recipe.muon and min(p.shape[0], p[0].numel()) >= 16]
    others = [p for p in model.parameters() if not any(p is one for one in large)]
    groups = [
        {"params": [p for p in others if p.ndim > 1], "weight_decay": recipe.weight_decay},
        {"params": [p for p in others if p.ndim <= 1], "weight_decay": 0.0},
    ]
    optimizers: list[Optimizer] = [AdamW(groups, lr=recipe.learning_rate)]
    if large:
        optimizers.append(Muon(large, lr=recipe.learning_rate, weight_decay=recipe.weight_decay))
    return optimizers


def descend(loss: Tensor, model: nn.Module, optimizers: Sequence[Optimizer]) -> None:
    """One step down the gradient of the loss, whose norm is cut to 1."""
    model.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimizer in optimizers:
        optimizer.step()


def one_cycle(steps: int, warmup: float) -> Callable[[int], float]:
    """The learning rate's share of its peak at each step: up along a line, down to 0 along a cosine."""

    def share(step: int) -> float:
        if step < warmup * steps:
            return (step + 1) / (warmup * steps + 1)
        return 0.5 + 0.5 * math.cos(math.pi * min(1.0, (step / steps - warmup) / (1 - warmup)))

    return share
