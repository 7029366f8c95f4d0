"""Optimisers, the course of the learning rate, and the moving average of the weights."""

from __future__ import annotations

import math
import platform
from collections.abc import Callable, Sequence
from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from .muon import Muon
from .recipe import Recipe


class MovingAverage(nn.Module):
    """Exponential moving average of a model's weights and buffers.

    It starts quickly, so that early epochs are not judged by their initial weights. torch's `AveragedModel` counts in a
    tensor, and so waits for the graphics card at each update.

    Attributes:
        module: the average, a model like the one that is averaged.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        super().__init__()
        self.module = deepcopy(model)
        self._decay = decay
        self._updates = 0

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Take the model's weights in."""
        keep = min(self._decay, (1 + self._updates) / (10 + self._updates)) if self._updates else 0.0
        averaged, current = self.module.state_dict(), model.state_dict()
        learned = [name for name, tensor in current.items() if tensor.is_floating_point()]
        torch._foreach_lerp_([averaged[name] for name in learned], [current[name] for name in learned], 1 - keep)
        for name in current.keys() - set(learned):  # counts of batches
            averaged[name].copy_(current[name])
        self._updates += 1

    def get_extra_state(self) -> int:
        return self._updates

    def set_extra_state(self, state: int) -> None:
        self._updates = state


def fastest_precision(device: torch.device) -> str:
    """bf16 where it is native: on newer graphics cards, and on CPUs with the instructions (1.1 to 1.6 times as fast).

    A CPU with AVX-512 alone can do it too, but a training step then takes 1.7 times as long as in fp32.
    """
    native = False
    if device.type == "cuda":
        native = torch.cuda.is_bf16_supported(including_emulation=False)
    elif device.type == "cpu" and torch.ops.mkldnn._is_mkldnn_bf16_supported():
        native = platform.machine() not in ("x86_64", "AMD64") or torch.cpu._is_avx512_bf16_supported()
    return "bf16" if native else "fp32"


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
    # Fused, a step over SimpleCNN's weights takes a seventh of the time on a CPU core.
    optimizers: list[Optimizer] = [AdamW(groups, lr=recipe.learning_rate, capturable=on_card, fused=not on_card)]
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
        return 0.5 + 0.5 * math.cos(math.pi * min(1.0, (step / max(1, steps) - warmup) / (1 - warmup)))

    return share
