"""What classical methods reach on the same pictures: the bar that a network has to clear.

    python -m training.classical

Each learns from the training pictures as they are, 784 grey values, and is measured on the validation split.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from training.base.metrics import wilson_interval
from training.base.output_files import make_place_for
from training.data import fashion_mnist
from training.reports.pages import write_json

from .command import add_data, at_least, command

SEED = 0
GAMMA = 0.02  # at grey values of 0..1; a quarter of it does nearly as well
COMPONENTS = 50
# Each is made for a number of training pictures.
METHODS: dict[str, Callable[[int], Any]] = {
    "logistic regression": lambda pictures: LogisticRegression(C=0.02, max_iter=200, tol=1e-3),
    "5 nearest neighbours": lambda pictures: KNeighborsClassifier(5, weights="distance", algorithm="brute"),
    f"5 nearest, {COMPONENTS} components": lambda pictures: make_pipeline(
        PCA(COMPONENTS, random_state=SEED), KNeighborsClassifier(5, weights="distance", algorithm="brute")
    ),
    "random forest": lambda pictures: RandomForestClassifier(100, n_jobs=-1, random_state=SEED),
    "RBF kernel ridge": lambda pictures: make_pipeline(
        Nystroem(gamma=GAMMA, n_components=min(3000, pictures), random_state=SEED), RidgeClassifier(alpha=0.1)
    ),
}


def add_options(parser: argparse.ArgumentParser) -> None:
    named = ", ".join(f'"{name}"' for name in METHODS)
    parser.add_argument("--methods", nargs="+", choices=METHODS, metavar="NAME", help=f"of {named}; default: all")
    parser.add_argument(
        "--pictures", type=at_least(COMPONENTS), help="number of training pictures; default: all 55,000"
    )
    add_data(parser)
    parser.add_argument("--out", type=Path, help="JSON file for the figures; default: none")


def run(args: argparse.Namespace) -> str:
    """Measure each method and print a line for each; returns the last line."""
    if args.out is not None:
        make_place_for(args.out, "--out")
    dataset = fashion_mnist.load(args.data)
    # Stored as they came, so the first ones are a sample.
    train = fashion_mnist.Split(dataset.train.images[: args.pictures], dataset.train.labels[: args.pictures])
    found: list[dict[str, Any]] = []
    for name in args.methods or METHODS:
        figures = measure(METHODS[name](len(train)), train, dataset.validation)
        found.append({"method": name, **figures})
        reached = "{accuracy:.2%} ({low:.2%} to {high:.2%}), learned in {fit_s:.1f} s, {picture_ms:.3f} ms a picture"
        print(f"{name:26s} {reached.format(**figures)}", flush=True)
    if args.out is not None:
        write_json({"pictures": len(train), "methods": found}, args.out)
    best = max(found, key=lambda one: one["accuracy"])
    return f"of {len(train)} pictures the most is learned by {best['method']}"


def measure(method: Any, train: fashion_mnist.Split, validation: fashion_mnist.Split) -> dict[str, float]:
    """Fit a method, and name the validation pictures with it.

    Returns:
        The accuracy, 0..1; `low` and `high` of its 95 % interval; seconds to learn; and milliseconds to name one
        picture, of many named together.
    """
    started_s = time.perf_counter()
    method.fit(grey_values(train), train.labels.numpy())
    fitted_s = time.perf_counter()
    named = torch.from_numpy(method.predict(grey_values(validation)))
    ended_s = time.perf_counter()
    right, count = int((named == validation.labels).sum()), len(validation)
    low, high = wilson_interval(right, count)
    picture_ms = 1000 * (ended_s - fitted_s) / count
    figures = {"accuracy": right / count, "low": low, "high": high}
    return {**figures, "fit_s": fitted_s - started_s, "picture_ms": picture_ms}


def grey_values(split: fashion_mnist.Split) -> Any:
    """N x 784 float32 numpy array, 0..1."""
    return (split.images.flatten(1).float() / 255).numpy()


main = command("training.classical", __doc__, add_options, run)

if __name__ == "__main__":
    sys.exit(main())
