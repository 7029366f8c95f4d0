"""Recipes: a named function each, returning every choice that makes a set of weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from training.engine.recipe import Recipe


def quick() -> Recipe:
    """The hybrid in a few minutes on two CPU cores."""
    return Recipe(model="hybrid", epochs=8, muon=1)


def untaught() -> Recipe:
    """The best for the data set without a teacher: more erasing, a long cosine, smoothed labels."""
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

    The teacher's probabilities take the smoothed labels' place; of pictures mixed by CutMix it has memorised none.
    """
    return replace(untaught(), epochs=109, label_smoothing=0.0, cutmix_probability=0.5, distill_weight=0.7)


def hybrid() -> Recipe:
    """The hybrid as the quickest way to good weights on CPU cores."""
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


def webcam_taught() -> Recipe:
    """`webcam` with teachers, earlier results of it among them: see --teacher and --webcam-teachers."""
    return replace(webcam(), distill_weight=0.5, distill_temperature=2.0)


def teacher() -> Recipe:
    """WRN-28-4, for a GPU; the small models learn from it with `distill_weight`.

    The run is short and most pictures are mixed, so that it does not memorise them. Labels are not smoothed: smoothing
    makes better teachers and worse students (arXiv:1906.02629).
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
    """SimpleCNN; learns from weights/hybrid-benchmark.pth, see --teacher.

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


ALL = (quick, benchmark, untaught, teacher, hybrid, webcam, webcam_taught, simplecnn, webcam_simplecnn)
RECIPES: dict[str, Callable[[], Recipe]] = {recipe.__name__: recipe for recipe in ALL}

# The file in weights/ that a recipe makes unless another is named; the others' are called as they are.
FILES = {
    "benchmark": "hybrid-benchmark",
    "hybrid": "hybrid-plain",
    "simplecnn": "simplecnn-plain",
    "teacher": "wide_resnet",
    "webcam": "hybrid",
    "webcam_taught": "hybrid",
    "webcam_simplecnn": "simplecnn",
}
