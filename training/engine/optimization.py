"""Optimisers, the course of the learning rate, and the moving average of the weights."""

from __future__ import annotations

import math
import platform
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Muon, Optimizer
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from .recipe import Recipe


def moving_average(model: nn.Module, decay: float) -> AveragedModel:
    """Exponential moving average of a model's weights and buffers; the average itself is its `module`.

    After n updates the decay is min(`decay`, (1 + n) / (10 + n)), so that early epochs are not judged by the
    initial weights. The count of updates stays on the CPU: a GPU need not be waited for.
    """

    def update(averaged: Any, current: Any, updates: Tensor | int) -> None:
        count = int(updates)
        get_ema_multi_avg_fn(min(decay, (1 + count) / (10 + count)))(averaged, current, updates)

    return AveragedModel(model, multi_avg_fn=update, use_buffers=True)


def fastest_precision(device: torch.device) -> str:
    """bf16 where it is native: on newer GPUs, and on CPUs with the instructions for it.

    A CPU with AVX-512 alone can do it too, but is slower in it than in fp32.
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
    # Fused: much quicker where there are many weights, as in SimpleCNN.
    optimizers: list[Optimizer] = [AdamW(groups, lr=recipe.learning_rate, fused=True)]
    return [*optimizers, make_muon(large, recipe)] if large else optimizers


def make_muon(weights: Sequence[nn.Parameter], recipe: Recipe) -> Muon:
    """torch's Muon (kellerjordan.github.io/posts/muon), for convolution kernels too.

    torch's takes matrices only, so each kernel, out x in x h x w, is given to it as an out x (in h w) matrix that
    shares its memory. Steps have the root mean square of AdamW's (arXiv:2502.16982, equation 4), so both take one
    learning rate. Its Newton-Schulz iteration is in bfloat16, also where the processor has no instructions for it.
    """
    matrices = [nn.Parameter(as_matrix(weight.detach(), weight)) for weight in weights]
    optimizer = Muon(
        matrices, lr=recipe.learning_rate, weight_decay=recipe.weight_decay, adjust_lr_fn="match_rms_adamw"
    )

    def pass_gradients_on(*call: Any) -> None:
        for matrix, weight in zip(matrices, weights, strict=True):
            matrix.grad = None if weight.grad is None else as_matrix(weight.grad, weight)

    optimizer.register_step_pre_hook(pass_gradients_on)
    return optimizer


def as_matrix(values: Tensor, weight: Tensor) -> Tensor:
    """Values of `weight`'s shape as a matrix of as many rows, without a copy if they lie in memory as `weight` does."""
    return (values if weight.is_contiguous() else values.movedim(1, -1)).flatten(1)  # else channels_last


def backpropagate(loss: Tensor, model: nn.Module) -> None:
    """Give the model the gradient of the loss, its norm cut to 1."""
    model.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)


def descend(loss: Tensor, model: nn.Module, optimizers: Sequence[Optimizer]) -> None:
    """One step down the gradient of the loss."""
    backpropagate(loss, model)
    for optimizer in optimizers:
        optimizer.step()


def one_cycle(steps: int, warmup: float) -> Callable[[int], float]:
    """The learning rate's share of its peak at each step: up along a line, down to 0 along a cosine."""

    def share(step: int) -> float:
        if step < warmup * steps:
            return (step + 1) / (warmup * steps + 1)
        return 0.5 + 0.5 * math.cos(math.pi * min(1.0, (step / max(1, steps) - warmup) / (1 - warmup)))

    return share
