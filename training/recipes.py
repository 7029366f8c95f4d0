"""Recipes: a named function each, returning every choice that makes a set of weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything but the data and the machine.

    Attributes:
        model, config: name in `fashioncam.models.MODELS`, and its arguments.
        epochs, batch_size: length of the run, pictures a step.
        learning_rate: AdamW's peak; it rises over the first `warmup` share of the steps and falls
            to 0 along a cosine (one-cycle, arXiv:1708.07120).
        weight_decay: decoupled (arXiv:1711.05101), on matrices and kernels only.
        ema_decay: of the moving average of the weights that is kept; 0 keeps the last weights.
        crop_padding: largest shift, pixels.
        erase_probability, erase_area: random erasing's share of pictures and largest share of a picture.
    """

    model: str
    config: dict[str, Any] = field(default_factory=dict)
    epochs: int = 30
    batch_size: int = 256
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    warmup: float = 0.2
    ema_decay: float = 0.998
    crop_padding: int = 2
    erase_probability: float = 0.4
    erase_area: float = 0.25


def hybrid() -> Recipe:
    """The hybrid on two CPU cores, under two minutes an epoch."""
    return Recipe(model="hybrid")


def simplecnn() -> Recipe:
    """SimpleCNN on two CPU cores, under a minute an epoch.

    Nearly all of its weights are one 4096 x 4096 matrix, hence the lower rate and the stronger decay.
    """
    return Recipe(model="simplecnn", epochs=16, learning_rate=1e-3, weight_decay=0.1, erase_probability=0.25)


RECIPES: dict[str, Callable[[], Recipe]] = {recipe.__name__: recipe for recipe in (hybrid, simplecnn)}
