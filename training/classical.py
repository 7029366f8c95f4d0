"""What classical methods reach on the same pictures: the bar that a network has to clear.

    python -m training.classical

Each learns from the training pictures as they are, 784 grey values, and is measured on the validation split.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
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

from .command import add_data, at_least, exit_code

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


@dataclass(frozen=True, slots=True)
class Reached:
    """One method on the validation split.

    Attributes:
        accuracy, interval: 0..1; the interval is Wilson's, 95 %.
        fit_s: seconds to learn from the training pictures.
        picture_ms: milliseconds to name one picture, of many named together.
    """

    method: str
    accuracy: float
    interval: tuple[float, float]
    fit_s: float
    picture_ms: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.classical", description=__doc__.splitlines()[0])
    named = ", ".join(f'"{name}"' for name in METHODS)
    parser.add_argument("--methods", nargs="+", choices=METHODS, metavar="NAME", help=f"of {named}; default: all")
    parser.add_argument(
        "--pictures", type=at_least(COMPONENTS), help="number of training pictures; default: all 55,000"
    )
    add_data(parser)
    parser.add_argument("--out", type=Path, help="JSON file for the figures; default: none")
    args = parser.parse_args(arguments)
    return exit_code("training.classical", lambda: run(args))


def run(args: argparse.Namespace) -> str:
    """Measure each method and print a line for each; returns the last line."""
    if args.out is not None:
        make_place_for(args.out, "--out")
    dataset = fashion_mnist.load(args.data)
    # Stored as they came, so the first ones are a sample.
    train = fashion_mnist.Split(dataset.train.images[: args.pictures], dataset.train.labels[: args.pictures])
    found = []
    for name in args.methods or METHODS:
        found.append(measure(name, train, dataset.validation))
        print(line(found[-1]), flush=True)
    if args.out is not None:
        write_json({"pictures": len(train), "methods": [asdict(one) for one in found]}, args.out)
    best = max(found, key=lambda one: one.accuracy)
    return f"of {len(train)} pictures the most is learned by {best.method}"


def measure(name: str, train: fashion_mnist.Split, validation: fashion_mnist.Split) -> Reached:
    """Fit the method of this name, and classify the validation pictures with it."""
    method = METHODS[name](len(train))
    started_s = time.perf_counter()
    method.fit(grey_values(train), train.labels.numpy())
    fitted_s = time.perf_counter()
    named = torch.from_numpy(method.predict(grey_values(validation)))
    ended_s = time.perf_counter()
    right = int((named == validation.labels).sum())
    return Reached(
        method=name,
        accuracy=right / len(validation),
        interval=wilson_interval(right, len(validation)),
        fit_s=fitted_s - started_s,
        picture_ms=1000 * (ended_s - fitted_s) / len(validation),
    )


def grey_values(split: fashion_mnist.Split) -> Any:
    """N x 784 float32 numpy array, 0..1."""
    return (split.images.flatten(1).float() / 255).numpy()


def line(one: Reached) -> str:
    low, high = (100 * bound for bound in one.interval)
    return (
        f"{one.method:26s} {100 * one.accuracy:6.2f} %  ({low:.2f} to {high:.2f})"
        f"  learned in {one.fit_s:6.1f} s, {one.picture_ms:7.3f} ms a picture"
    )


if __name__ == "__main__":
    sys.exit(main())
