"""Optimisers, the course of the learning rate, and the moving average of the weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from .muon import Muon
from .recipes import Recipe

Tensors = list[Tensor] | tuple[Tensor, ...]


def moving_average(decay: float) -> Callable[[Tensors, Tensors, Tensor | int], None]:
    """Exponential moving average that starts quickly, so that early epochs are not judged by their initial weights.

    For `AveragedModel`; all its tensors at once, and nothing that waits for a graphics card.
    """

    def average(averaged: Tensors, current: Tensors, count: Tensor | int) -> None:
        if not averaged[0].is_floating_point():  # counts of batches
            torch._foreach_copy_(averaged, current)
            return
        count = torch.as_tensor(count)
        keep = ((1 + count) / (10 + count)).clamp(max=decay)
        moves = torch._foreach_sub(current, averaged)
        torch._foreach_mul_(moves, 1 - keep)
        torch._foreach_add_(averaged, moves)

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
    on_card = next(model.parameters()).is_cuda
    optimizers: list[Optimizer] = [AdamW(groups, lr=recipe.learning_rate, capturable=on_card)]
    if large:
        optimizers.append(Muon(large, lr=recipe.learning_rate, weight_decay=recipe.weight_decay))
    return optimizers


def learning_rates_to_card(optimizers: Sequence[Optimizer], card: torch.device) -> None:
    """Lay them where a captured step reads them anew each time: numbers would be in it for good."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = torch.as_tensor(group["lr"], device=card)


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
