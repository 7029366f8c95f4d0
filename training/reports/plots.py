"""Pictures of a report, with matplotlib; each function returns a figure of its own and changes nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from sklearn.metrics import roc_curve
from torch import Tensor

from training.base.metrics import BINS
from training.data.fashion_mnist import Split

from .evaluation import Evaluation

MISTAKES = 40
LINE, BAR, DIAGONAL = "#1b6ca8", "#7fb3d5", "#999999"


def of_evaluation(found: Evaluation, logits: Tensor, test: Split) -> dict[str, Figure]:
    """All pictures of an evaluation, by name; N x classes logits of the N test pictures."""
    labels = [entry["label"] for entry in found.classes]
    probabilities = (logits / found.temperature).softmax(dim=1)
    confidence, named = probabilities.max(dim=1)
    right = named == test.labels
    shirt = named == labels.index("Shirt")
    curves = {
        "as trained": (logits.softmax(dim=1).max(dim=1).values, right),
        "after temperature scaling": (confidence, right),
        'named "Shirt"': (confidence[shirt], right[shirt]),
    }
    return {
        "confusion": confusion(found.confusion, labels, normalised=False),
        "confusion-normalised": confusion(found.confusion, labels, normalised=True),
        "roc": roc(probabilities, test.labels, labels, [entry["auc"] for entry in found.classes]),
        "reliability": reliability(curves),
        "mistakes": most_confident_mistakes(test.images, test.labels, probabilities, labels),
    }


def confusion(counts: Sequence[Sequence[int]], labels: Sequence[str], normalised: bool) -> Figure:
    """True classes down, named classes across; normalised: percent of the true class."""
    table = np.asarray(counts, float)
    if normalised:
        table = 100 * table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(7.4, 6.6), layout="constrained")
    axes = figure.subplots()
    mistakes = table * (1 - np.eye(len(labels)))
    # What matters are the mistakes: the diagonal would leave them all one colour.
    image = axes.imshow(np.where(np.eye(len(labels)) > 0, np.nan, mistakes), cmap="viridis")
    brightest = max(float(mistakes.max()), 1e-9)
    for (row, column), value in np.ndenumerate(table):
        on_dark = row != column and mistakes[row, column] < 0.6 * brightest
        text = f"{value:.1f}" if normalised else f"{value:.0f}"
        axes.text(column, row, text, ha="center", va="center", fontsize=8, color="white" if on_dark else "black")
    axes.set_xticks(range(len(labels)), labels, rotation=45, ha="right")
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlabel="named", ylabel="is", title="Percent of each class" if normalised else "Pictures")
    figure.colorbar(image, ax=axes, shrink=0.8, label="mistakes")
    return figure


def roc(probabilities: Tensor, truth: Tensor, labels: Sequence[str], aucs: Sequence[float]) -> Figure:
    """Each class against all others; false positives on a logarithmic axis, or all curves hug the corner."""
    figure = Figure(figsize=(7.4, 5.6), layout="constrained")
    axes = figure.subplots()
    for index, (label, auc) in enumerate(zip(labels, aucs, strict=True)):
        false, true, _ = roc_curve(truth == index, probabilities[:, index])
        axes.plot(np.maximum(false, 1e-5), true, label=f"{label} {auc:.4f}", color=f"C{index}", linewidth=1.4)
    axes.set(xscale="log", xlim=(1e-4, 1), ylim=(0.5, 1.005), xlabel="false positives", ylabel="true positives")
    axes.set_title("One class against all others (area under the curve)")
    axes.legend(fontsize=8, loc="lower right")
    axes.grid(alpha=0.3)
    return figure


def reliability(curves: Mapping[str, tuple[Tensor, Tensor]]) -> Figure:
    """How often answers of each confidence are right, one panel for each name.

    Args:
        curves: name -> N confidences in 0..1, N bool whether the answer was right.
    """
    figure = Figure(figsize=(3.7 * len(curves), 4.2), layout="constrained")
    for axes, (name, (confidence, right)) in zip(
        np.atleast_1d(figure.subplots(1, len(curves))), curves.items(), strict=True
    ):
        bin_of = (confidence * BINS).long().clamp(max=BINS - 1)
        count = torch.bincount(bin_of, minlength=BINS).numpy()
        hits = torch.bincount(bin_of, weights=right.double(), minlength=BINS).numpy()
        confidence_sum = torch.bincount(bin_of, weights=confidence.double(), minlength=BINS).numpy()
        filled = count > 0
        centres = (np.arange(BINS) + 0.5) / BINS
        right_share = hits[filled] / count[filled]
        axes.bar(centres[filled], right_share, width=0.9 / BINS, color=BAR)
        axes.plot((0, 1), (0, 1), color=DIAGONAL, linestyle="--")
        axes.plot(confidence_sum[filled] / count[filled], right_share, "o", color=LINE, markersize=4)
        for x, n in zip(centres[filled], count[filled], strict=True):
            axes.text(x, 0.02, str(n), rotation=90, ha="center", fontsize=7)
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="mean confidence", ylabel="share that is right", title=name)
    return figure


def most_confident_mistakes(images: Tensor, truth: Tensor, probabilities: Tensor, labels: Sequence[str]) -> Figure:
    """The most confident mistakes among N x 1 x 28 x 28 uint8 pictures, as the data set shows them."""
    confidence, named = probabilities.max(dim=1)
    wrong = (named != truth).nonzero().flatten()
    shown = wrong[confidence[wrong].argsort(descending=True)[:MISTAKES]]
    rows = max(1, -(-len(shown) // 8))
    figure = Figure(figsize=(9.6, 1.75 * rows), layout="constrained")
    for axes in np.atleast_1d(figure.subplots(rows, 8)).flat:
        axes.axis("off")
    for axes, index in zip(figure.axes, shown.tolist(), strict=False):
        axes.imshow(images[index, 0].numpy(), cmap="gray_r", vmin=0, vmax=255)
        is_really, is_named = labels[int(truth[index])], labels[int(named[index])]
        axes.set_title(f"is {is_really}\nnamed {is_named}\n{100 * confidence[index]:.0f} % sure", fontsize=7)
    return figure


def accuracy_and_latency(measured: Sequence[Evaluation]) -> Figure:
    """Accuracy with its interval over the time of a picture, a point for each checkpoint."""
    figure = Figure(figsize=(7.4, 4.2), layout="constrained")
    axes = figure.subplots()
    for index, one in enumerate(measured):
        (low, high), share = one.interval, one.accuracy
        around = [[100 * (share - low)], [100 * (high - share)]]
        label = f"{one.weights}, {one.parameters:,} parameters"
        axes.errorbar(one.latency_ms, 100 * share, around, fmt="o", capsize=3, color=f"C{index}", label=label)
    axes.set(xlabel="ms a picture with its heat map, one thread", ylabel="validation accuracy, %", xscale="log")
    axes.legend(fontsize=8)
    axes.grid(alpha=0.3, which="both")
    return figure


def training_curve(rows: Sequence[Mapping[str, str]], title: str) -> Figure:
    """Loss and validation accuracy over minutes, from a run's log.csv."""
    minutes = np.cumsum([float(row["seconds"]) for row in rows]) / 60
    figure = Figure(figsize=(7.4, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.plot(minutes, [100 * float(row["validation_accuracy"]) for row in rows], color=LINE, marker="o", markersize=3)
    axes.set(xlabel="minutes", ylabel="validation accuracy, %", title=title)
    axes.set_xlim(left=0)
    axes.grid(alpha=0.3)
    return figure
