"""Muon: every step of a weight matrix is made orthogonal, so that rare directions learn as quickly as common ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
    have the root mean square of AdamW's, about 0.2 (arXiv:2502.16982, equation 4), so both take one learning rate. They
    are made orthogonal in bf16 on a graphics card, whatever the precision of the training.

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
            learning = [parameter for parameter in group["params"] if parameter.grad is not None]
            directions = [self._direction(parameter, group["momentum"]) for parameter in learning]
            for parameter, direction in zip(learning, orthogonal(directions), strict=True):
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.sub_(group["lr"] * direction)

    def _direction(self, parameter: Tensor, momentum: float) -> Tensor:
        """Where Nesterov's momentum leads, the new gradient in it."""
        assert parameter.grad is not None
        state = self.state[parameter]
        if not state:
            state["momentum"] = torch.zeros_like(parameter)
        state["momentum"].lerp_(parameter.grad, 1 - momentum)
        return parameter.grad.lerp(state["momentum"], momentum)


def orthogonal(directions: Sequence[Tensor]) -> list[Tensor]:
    """The matrices nearest to `directions` with all singular values about equal, each of root mean square 0.2.

    Those of one shape are made orthogonal together, which gives a graphics card fewer kernels to start.
    """
    matrices = [direction.flatten(1) for direction in directions]
    wide = [matrix.T if matrix.shape[0] > matrix.shape[1] else matrix for matrix in matrices]
    found: list[Tensor] = list(directions)
    for shape in {matrix.shape for matrix in wide}:
        places = [place for place, matrix in enumerate(wide) if matrix.shape == shape]
        x = torch.stack([wide[place] for place in places])
        x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
        if x.is_cuda:
            x = x.bfloat16()  # does as well; where a processor emulates it, it takes 13 times as long
        a, b, c = COEFFICIENTS
        for _ in range(STEPS):
            gram = x @ x.mT
            x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
        for place, matrix in zip(places, 0.2 * max(shape) ** 0.5 * x.float(), strict=True):
            found[place] = (matrix if wide[place] is matrices[place] else matrix.T).reshape(directions[place].shape)
    return found
