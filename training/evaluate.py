"""Measure a checkpoint on the test split of Fashion-MNIST, once, when everything has been chosen.

    python -m training.evaluate weights/hybrid.pth --record

--record writes the figures into the checkpoint, beside those that the training measured.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fashioncam import checkpoint

from . import data, metrics
from .command import exit_code
from .export import save_with_twin
from .loop import predict


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=Path, help="checkpoint to measure")
    parser.add_argument("--data", type=Path, help="folder of the four IDX files; default: found or downloaded")
    parser.add_argument("--record", action="store_true", help="write the figures into the checkpoint; default: off")
    args = parser.parse_args(arguments)
    return exit_code("evaluate", lambda: run(args))


def run(args: argparse.Namespace) -> str:
    """Measure, and record where that was asked for; returns a line a class and one of figures."""
    loaded = checkpoint.load(args.weights)
    figures, recalls = measure(loaded, data.load(args.data).test)
    if args.record:
        record(loaded, figures, args.weights)
    lines = [f"{label:12s} {100 * recall:6.2f} %" for label, recall in zip(loaded.classes, recalls, strict=True)]
    lines.append(f"{args.weights}: " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()))
    return "\n".join(lines)


def measure(loaded: checkpoint.LoadedModel, test: data.Split) -> tuple[dict[str, float], list[float]]:
    """Figures over the whole split, and the share of each class's pictures that are named right."""
    logits = predict(loaded.model, test.images, loaded.input)
    probabilities = (logits / loaded.temperature).softmax(dim=1)
    accepted = probabilities.max(dim=1).values >= loaded.reject_below
    figures = {
        "test_accuracy": metrics.accuracy(logits, test.labels),
        "test_calibration_error": metrics.expected_calibration_error(probabilities, test.labels),
        "test_accepted_share": accepted.float().mean().item(),
    }
    if accepted.any():
        figures["test_accepted_accuracy"] = metrics.accuracy(logits[accepted], test.labels[accepted])
    return figures, metrics.per_class_recall(logits, test.labels)


def record(loaded: checkpoint.LoadedModel, figures: dict[str, float], path: Path) -> None:
    """Write the checkpoint again with these figures added, in the precision it was stored in."""
    half = next(iter(checkpoint.read_dict(path)["state_dict"].values())).dtype.itemsize == 2
    info = replace(loaded.info, figures={**loaded.info.figures, **figures})
    save_with_twin(replace(loaded, info=info), path, half=half)


if __name__ == "__main__":
    sys.exit(main())
