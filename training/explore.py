"""Look at the data: examples, mean pictures, grey values, pictures that come twice, and a map of the classes.

    python -m training.explore

Writes a folder: exploration.html to read (it holds its pictures), exploration.json, and each picture as PNG.
The test split is not read, so that no choice depends on it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from sklearn.decomposition import PCA
from torch import Tensor

from training.base.output_files import make_folder
from training.data import fashion_mnist
from training.reports.pages import write_json, write_page, write_pictures

from .command import add_data, command

EXAMPLES = 12
SCATTERED = 300  # of each class; more hide each other


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=Path("reports/data"), help="default: %(default)s")
    add_data(parser)


def run(args: argparse.Namespace) -> str:
    """Measure and write the report; returns a line of figures."""
    make_folder(args.out, "--out")
    dataset = fashion_mnist.load(args.data)
    places, explained = principal_map(dataset.train.images)
    found = {**measure(dataset), "explained": explained}
    pictures = write_pictures(
        {
            "examples": examples(dataset.train),
            "means": mean_pictures(dataset.train),
            "grey-values": grey_values(dataset.train.images),
            "map": scatter(places, dataset.train.labels),
        },
        args.out,
    )
    write_json(found, args.out / "exploration.json")
    write_page(
        "exploration.html.j2",
        args.out / "exploration.html",
        found=found,
        pictures=pictures,
        classes=fashion_mnist.CLASSES,
    )
    mean_std = f"mean {dataset.input.mean:.4f}, standard deviation {dataset.input.std:.4f}"
    return f"{mean_std}, {found['shared']} pictures in both splits; {args.out / 'exploration.html'}"


def measure(dataset: fashion_mnist.FashionMnist) -> dict[str, Any]:
    """Figures of the training and the validation split.

    Returns:
        counts: pictures by split and class.
        mean, std, background, clipped: of the training split's grey values, 0..1; the last two are the shares of
            pixels that are 0 and 255.
        repeated: pictures of a split that are equal, pixel for pixel, to an earlier one of it.
        shared: pictures of the validation split that are in the training split too.
        relabelled: pairs of equal pictures, in both splits, of different classes.
    """
    splits = {"train": dataset.train, "validation": dataset.validation}
    keys = {name: [picture.tobytes() for picture in split.images.numpy()] for name, split in splits.items()}
    classes_of: dict[bytes, list[int]] = {}
    for name, split in splits.items():
        for key, label in zip(keys[name], split.labels.tolist(), strict=True):
            classes_of.setdefault(key, []).append(label)
    train_keys = set(keys["train"])
    return {
        "counts": {
            name: dict(zip(fashion_mnist.CLASSES, torch.bincount(split.labels, minlength=10).tolist(), strict=True))
            for name, split in splits.items()
        },
        "mean": dataset.input.mean,
        "std": dataset.input.std,
        "background": (dataset.train.images == 0).float().mean().item(),
        "clipped": (dataset.train.images == 255).float().mean().item(),
        "repeated": {name: len(found) - len(set(found)) for name, found in keys.items()},
        "shared": sum(key in train_keys for key in keys["validation"]),
        "relabelled": sum(a != b for same in classes_of.values() for i, a in enumerate(same) for b in same[:i]),
    }


def principal_map(images: Tensor) -> tuple[Tensor, tuple[float, float]]:
    """The first two principal components of N x 1 x H x W pictures, N x 2, and their shares of the variance."""
    components = PCA(2, svd_solver="covariance_eigh")  # a second, where a decomposition of all pictures takes minutes
    places = components.fit_transform((images.flatten(1).float() / 255).numpy())
    first, second = components.explained_variance_ratio_.tolist()
    return torch.from_numpy(places), (first, second)


def examples(split: fashion_mnist.Split) -> Figure:
    """The first pictures of each class, a row each, as the data set shows them."""
    rows = [split.images[split.labels == index, 0][:EXAMPLES] for index in range(len(fashion_mnist.CLASSES))]
    figure = Figure(figsize=(9.6, 7.2), layout="compressed")
    axes = figure.subplots()
    whole = torch.cat([torch.cat([*row, *row.new_zeros(EXAMPLES - len(row), *row.shape[1:])], dim=1) for row in rows])
    axes.imshow(whole.numpy(), cmap="gray_r", vmin=0, vmax=255)
    size = split.images.shape[-1]
    axes.set_yticks([size * (index + 0.5) for index in range(len(rows))], fashion_mnist.CLASSES)
    axes.set_xticks([])
    return figure


def mean_pictures(split: fashion_mnist.Split) -> Figure:
    """The mean picture of each class above, and below it how much its pixels vary."""
    classes = [split.images[split.labels == index, 0].float() for index in range(len(fashion_mnist.CLASSES))]
    means = torch.cat([pictures.mean(dim=0) for pictures in classes], dim=1)
    spreads = torch.cat([pictures.std(dim=0, correction=0) for pictures in classes], dim=1)
    figure = Figure(figsize=(11, 2.9), layout="constrained")
    above, below = figure.subplots(2)
    above.imshow(means.numpy(), cmap="gray_r", vmin=0, vmax=255)
    below.imshow(spreads.numpy(), cmap="viridis", vmin=0, vmax=128)
    size = split.images.shape[-1]
    above.set_xticks([size * (index + 0.5) for index in range(len(classes))], fashion_mnist.CLASSES)
    above.xaxis.tick_top()
    below.set_xticks([])
    for axes in (above, below):
        axes.set_yticks([])
    return figure


def grey_values(images: Tensor) -> Figure:
    """How often each grey value occurs; most are background, so on a logarithmic axis."""
    counts = torch.bincount(images.flatten().int(), minlength=256).numpy()
    figure = Figure(figsize=(7.4, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.bar(np.arange(256), counts / counts.sum(), width=1.0, color="#1b6ca8")
    axes.set(yscale="log", xlabel="grey value, 0 is background", ylabel="share of pixels")
    return figure


def scatter(places: Tensor, labels: Tensor) -> Figure:
    """A point for each of some pictures of each class, at N x 2 places."""
    figure = Figure(figsize=(8.4, 6), layout="constrained")
    axes = figure.subplots()
    for index, label in enumerate(fashion_mnist.CLASSES):
        x, y = places[labels == index][:SCATTERED].T.numpy()
        axes.scatter(x, y, s=6, color=f"C{index}", label=label, linewidths=0)
    axes.set(xlabel="first principal component", ylabel="second principal component")
    axes.legend(fontsize=8, markerscale=3, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


main = command("training.explore", __doc__, add_options, run)

if __name__ == "__main__":
    sys.exit(main())
