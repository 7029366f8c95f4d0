"""Muon: every step of a weight matrix is made orthogonal, so that rare directions learn as quickly as common ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

# Quintic Newton-Schulz iteration; five steps bring singular values between 0.01 and 1 to about 0.7..1.2.
COEFFICIENTS = (3.4445, -4.7750, 2.0315)
STEPS = 5


class Muon(Optimizer):
    """Muon (kellerjordan.github.io/posts/muon) for matrices and convolution kernels.

    torch's own takes matrices only; a kernel of shape out x in x h x w counts as an out x (in h w) matrix here. Steps
    have the root mean square of AdamW's, about 0.2 (arXiv:2502.16982, equation 4), so both take one learning rate.

    Args:
        parameters: with two axes or more.
        lr: learning rate.
        momentum: of the gradient, Nesterov's.
        weight_decay: decoupled.
    """

    def __init__(
        self, parameters: Iterable[Any], lr: float = 3e-3, momentum: float = 0.95, weight_decay: float = 0.0
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> None:  # type: ignore[override]
        """One step along the gradients; `closure` is not supported."""
        assert closure is None
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if not state:
                    state["momentum"] = torch.zeros_like(parameter)
                state["momentum"].lerp_(parameter.grad, 1 - group["momentum"])
                direction = parameter.grad.lerp(state["momentum"], group["momentum"])
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.add_(orthogonal(direction), alpha=-group["lr"])


def orthogonal(direction: Tensor) -> Tensor:
    """The matrix nearest to `direction` with all singular values about equal, of root mean square 0.2."""
    matrix = direction.flatten(1)
    wide = matrix.T if matrix.shape[0] > matrix.shape[1] else matrix
    x = wide / (wide.norm() + 1e-7)  # bf16 would do; where a processor emulates it, it takes 13 times as long
    a, b, c = COEFFICIENTS
    for _ in range(STEPS):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    x = x.T if wide is not matrix else x
    return (0.2 * max(matrix.shape) ** 0.5 * x).view_as(direction)
