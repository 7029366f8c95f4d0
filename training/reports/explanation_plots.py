"""Pictures of a report on heat maps, with matplotlib; each function returns figures of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from fashioncam.checkpoint import LoadedModel
from fashioncam.models.base import to_input
from training.data.fashion_mnist import Split
from training.engine.class_maps import class_maps

from .saliency_metrics import Randomised, enlarged

SHOWN = 8  # right and wrong ones of each class
SHOWN_RANDOMISED = 6
KIND_COLOURS = ("#1b6ca8", "#999999", "#d1750c", "#1a7f37")


def galleries(loaded: LoadedModel, split: Split, logits: Tensor) -> dict[str, Figure]:
    """A figure for each class in the split: its first pictures named right, and its first named wrong."""
    confidence, named = (logits / loaded.temperature).softmax(dim=1).max(dim=1)
    figures = {}
    for index in split.labels.unique().tolist():
        of_class = split.labels == index
        right, wrong = (
            (of_class & part).nonzero()[:SHOWN, 0] for part in (named == split.labels, named != split.labels)
        )
        figures[f"class-{index}"] = gallery(loaded, split, index, right, wrong, named, confidence)
    return figures


def gallery(
    loaded: LoadedModel, split: Split, index: int, right: Tensor, wrong: Tensor, named: Tensor, confidence: Tensor
) -> Figure:
    """Pictures above their maps; of those named wrong, first the map for the name given, then for the true one.

    Args:
        index: the class.
        right, wrong: places in the split, at most SHOWN each.
        named, confidence: of the whole split.
    """
    rows = 5 if len(wrong) else 2
    figure = Figure(figsize=(10.4, 1.42 * rows + 0.3), layout="constrained")
    grid = figure.subplots(rows, SHOWN, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for first_row, places, about in ((0, right, (named,)), (2, wrong, (named, split.labels))):
        if not len(places):
            continue
        for axes, place in zip(grid[first_row], places.tolist(), strict=False):
            show(axes, split.images[place, 0])
            axes.set_title(f"{loaded.classes[int(named[place])]}\n{confidence[place]:.2f}", fontsize=8)
        for row, classes in enumerate(about, first_row + 1):
            maps = maps_for(loaded, split.images[places], classes[places])
            for axes, place, heat in zip(grid[row], places.tolist(), maps, strict=False):
                show(axes, split.images[place, 0], heat)
                axes.set_title(f"why {loaded.classes[int(classes[place])]}", fontsize=8)
    lower = "Lower three: named wrong" if len(wrong) else "None is named wrong"
    figure.suptitle(f"{loaded.classes[index]}. Upper two rows: named right. {lower}", fontsize=11)
    return figure


def maps_for(loaded: LoadedModel, images: Tensor, classes: Tensor) -> Tensor:
    """Heat maps on the program's own scale, N x H x W in 0..1, of N x 1 x H x W uint8 pictures."""
    maps = class_maps(loaded.model, to_input(images, loaded.input), classes)
    return (enlarged(maps, images.shape[-1]) / loaded.info.figures["class_map_scale"]).clamp(0, 1)


def show(axes: Any, picture: Tensor, heat: Tensor | None = None) -> None:
    """Draw one H x W uint8 picture as the data set shows it, under heat in 0..1 as the program lays it on."""
    axes.imshow(picture.numpy(), cmap="gray_r", vmin=0, vmax=255)
    if heat is not None:
        axes.imshow(heat.numpy(), cmap="inferno", vmin=0, vmax=1, alpha=0.8 * heat.sqrt().numpy())


def curves(of_kinds: Mapping[str, Mapping[str, Sequence[float]]]) -> Figure:
    """Deletion and insertion, kind of map -> curve -> mean probabilities after equal steps."""
    figure = Figure(figsize=(9.6, 4.2), layout="constrained")
    panels = (("deletion", "hottest pixels taken away, %"), ("insertion", "hottest pixels put back, %"))
    for axes, (name, label) in zip(figure.subplots(1, 2), panels, strict=True):
        for (kind, of_kind), colour in zip(of_kinds.items(), KIND_COLOURS, strict=True):
            values = of_kind[name]
            area = np.trapezoid(values, dx=1 / (len(values) - 1))
            axes.plot(np.linspace(0, 100, len(values)), values, color=colour, label=f"{kind}: area {area:.2f}")
        better = "lower is better" if name == "deletion" else "higher is better"
        axes.set(xlim=(0, 100), ylim=(0, 1), xlabel=label, title=f"{name.capitalize()}, {better}")
        axes.set_ylabel("probability of the class")
        axes.legend(fontsize=8)
        axes.grid(alpha=0.3)
    return figure


def cascade(images: Tensor, steps: Sequence[Randomised]) -> Figure:
    """A row for some of the pictures, N x 1 x H x W uint8: their maps while layer after layer is shuffled.

    Each map is on a scale of its own: shuffled weights know no common one, and the question is where, not how much.
    """
    places = torch.linspace(0, len(images) - 1, min(SHOWN_RANDOMISED, len(images))).long()
    figure = Figure(figsize=(1.3 * (len(steps) + 1), 1.25 * len(places) + 0.6), layout="constrained")
    grid = figure.subplots(len(places), len(steps) + 1, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for axes, place in zip(grid[:, 0], places.tolist(), strict=True):
        show(axes, images[place, 0])
    for column, step in enumerate(steps, 1):
        title = f"{step.layer}\n{step.correlation.mean():.2f}" if step.layer else "trained\n1.00"
        grid[0, column].set_title(title, fontsize=8)
        maps = enlarged(step.maps[places], images.shape[-1])
        peaks = maps.amax(dim=(1, 2), keepdim=True).clamp(min=1e-12)
        for axes, place, heat in zip(grid[:, column], places.tolist(), maps / peaks, strict=True):
            show(axes, images[place, 0], heat.clamp(0, 1))
    return figure
