"""A recipe: everything that makes a set of weights, but the data and the machine."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from fashioncam.errors import UserError


def option(default: Any, allowed: tuple[float, float], text: str) -> Any:
    """A field that the command line can override: its default, smallest and largest value, and help text."""
    return field(default=default, metadata={"allowed": allowed, "help": text})


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything but the data and the machine; UserError where a value is out of its range.

    Every picture is mirrored in every other epoch; the learning rate rises along a line and falls along a cosine.

    Attributes:
        model, config: name in `fashioncam.models.MODELS`, and its arguments.
    """

    model: str
    config: dict[str, Any] = field(default_factory=dict)
    epochs: int = option(30, (0, 100_000), "length of the run; 0 only calibrates --initial")
    batch_size: int = option(256, (1, 60_000), "pictures a step")
    learning_rate: float = option(3e-3, (0, 10), "its peak; falls to 0 along a cosine")
    weight_decay: float = option(0.05, (0, 10), "decoupled, on matrices and kernels only")
    warmup: float = option(0.2, (0, 0.99), "share of the steps in which the learning rate rises")
    ema_decay: float = option(0.998, (0, 0.99999), "decay of the weights' moving average, which is saved; 0 is off")
    crop_padding: int = option(2, (0, 27), "largest shift, pixels; 0 is off")
    erase_probability: float = option(0.4, (0, 1), "share of pictures that lose a rectangle; 0 is off")
    erase_area: float = option(0.25, (0.02, 1), "largest part of the picture that is erased")
    cutmix_probability: float = option(0.0, (0, 1), "share of pictures that get a rectangle of another one; 0 is off")
    label_smoothing: float = option(0.0, (0, 0.9), "share of the target that is spread over all classes; 0 is off")
    photo_share: float = option(0.0, (0, 0.9), "share of each batch that are photographs seen by a webcam; 0 is off")
    cutout_share: float = option(0.0, (0, 0.9), "share of each batch that are photographs cut out, varied; 0 is off")
    webcam_share: float = option(0.0, (0, 1), "share of the others that simulate a webcam; 0 is off")
    background_weight: float = option(0.0, (0, 10), "in the loss, of evidence beside the garment; 0 is off")
    distill_weight: float = option(0.0, (0, 1), "share of the loss that a teacher gives, see --teacher; 0 is off")
    distill_temperature: float = option(3.0, (0.1, 100), "at which teacher and student are compared")
    muon: int = option(0, (0, 1), "1: large matrices and kernels learn by Muon, the rest by AdamW; 0: all by AdamW")

    def __post_init__(self) -> None:
        for name, overridable in OVERRIDABLE.items():
            low, high = overridable.metadata["allowed"]
            if not low <= getattr(self, name) <= high:
                raise UserError(f"{name} has to be from {low:g} to {high:g}, not {getattr(self, name)}")


OVERRIDABLE = {f.name: f for f in fields(Recipe) if f.metadata}
