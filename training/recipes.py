"""Recipes: a named function each, returning every choice that makes a set of weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
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
    ema_decay: float = option(0.998, (0, 0.99999), "decay of the moving average that is kept; 0 is off")
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


def quick() -> Recipe:
    """The hybrid in one coffee break on two CPU cores."""
    return Recipe(model="hybrid", epochs=8, muon=1)


def untaught() -> Recipe:
    """The best for the data set without a teacher: more erasing, a long cosine, smoothed labels.

    On one CPU core it takes 2.4 hours.
    """
    return Recipe(
        model="hybrid",
        epochs=80,
        warmup=0.05,
        ema_decay=0.999,
        erase_probability=0.5,
        erase_area=0.4,
        label_smoothing=0.1,
        muon=1,
    )


def benchmark() -> Recipe:
    """The best for the data set, for a GPU: learns from the weights of `teacher`, see --teacher.

    The teacher's doubts take the smoothed labels' place; of pictures mixed by CutMix it knows none by heart. 109 epochs
    were what the time allowed when the shipped weights were made.
    """
    return replace(untaught(), epochs=109, label_smoothing=0.0, cutmix_probability=0.5, distill_weight=0.7)


def hybrid() -> Recipe:
    """The hybrid on two CPU cores, under two minutes an epoch."""
    return Recipe(model="hybrid")


def webcam() -> Recipe:
    """The hybrid for the camera: from weights/hybrid-benchmark.pth, on Fashion-MNIST and photographs of garments."""
    return Recipe(
        model="hybrid",
        epochs=14,
        learning_rate=2e-3,
        warmup=0.05,
        ema_decay=0.999,
        photo_share=0.2,
        cutout_share=0.3,
        webcam_share=0.4,
        background_weight=0.1,
        muon=1,
    )


def webcam56() -> Recipe:
    """`webcam` for the hybrid that sees 56x56 pixels, from weights/hybrid-benchmark.pth too."""
    return replace(webcam(), model="hybrid56")


def webcam_taught() -> Recipe:
    """`webcam` with teachers, which it has made: see --teacher and --webcam-teachers."""
    return replace(webcam(), distill_weight=0.5, distill_temperature=2.0)


def teacher() -> Recipe:
    """WRN-28-4, for a GPU; the small models learn from it with `distill_weight`.

    A short run, most of its pictures mixed: after twice the epochs, with fewer of them mixed, it knew 99.9 % of the
    training pictures by heart, and said of them little but their labels. These are not smoothed: smoothing makes better
    teachers and worse students (arXiv:1906.02629).
    """
    return Recipe(
        model="wide_resnet",
        epochs=30,
        warmup=0.05,
        ema_decay=0.999,
        erase_probability=0.5,
        erase_area=0.4,
        cutmix_probability=0.75,
        muon=1,
    )


def simplecnn() -> Recipe:
    """SimpleCNN on two CPU cores, 42 s an epoch in bf16; learns from weights/hybrid-benchmark.pth, see --teacher.

    Nearly all of its weights are one 4096 x 4096 matrix, hence the lower rate and the stronger decay.
    """
    return Recipe(
        model="simplecnn",
        epochs=150,
        learning_rate=1e-3,
        weight_decay=0.1,
        erase_probability=0.5,
        cutmix_probability=0.5,
        distill_weight=0.7,
    )


def webcam_simplecnn() -> Recipe:
    """SimpleCNN for the camera, from the weights of `simplecnn`; the shipped hybrids are its teachers."""
    return replace(
        simplecnn(),
        epochs=6,
        learning_rate=5e-4,
        warmup=0.05,
        erase_probability=0.25,
        cutmix_probability=0.0,
        photo_share=0.2,
        cutout_share=0.3,
        webcam_share=0.4,
        distill_weight=0.5,
        distill_temperature=2.0,
    )


RECIPES: dict[str, Callable[[], Recipe]] = {
    recipe.__name__: recipe
    for recipe in (
        quick,
        benchmark,
        untaught,
        teacher,
        hybrid,
        webcam,
        webcam56,
        webcam_taught,
        simplecnn,
        webcam_simplecnn,
    )
}

# The file in weights/ that a recipe makes unless another is named; the others' are called as they are.
FILES = {
    "benchmark": "hybrid-benchmark",
    "hybrid": "hybrid-plain",
    "simplecnn": "simplecnn-plain",
    "teacher": "wide_resnet",
    "webcam": "hybrid",
    "webcam56": "hybrid56",
    "webcam_taught": "hybrid",
    "webcam_simplecnn": "simplecnn",
}
