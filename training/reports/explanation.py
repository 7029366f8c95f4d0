"""Figures of a checkpoint's heat maps: each compared, picture by picture, with maps that know less than the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from fashioncam.checkpoint import LoadedModel
from fashioncam.models.base import to_input
from training.engine.class_maps import class_maps

from . import saliency_metrics
from .saliency_metrics import Randomised, enlarged

SEED = 0
MODEL, RANDOM, SILHOUETTE = "the model's map", "random map", "silhouette"
OCCLUSION = "occlusion map"  # what can be reached: made of 49 answers of the model instead of one
LOWER_IS_BETTER = {"deletion"}
BY_DEFINITION = {("energy_inside", SILHOUETTE)}  # the silhouette lies on the garment: nothing can beat it


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """The model's maps against a baseline on the same pictures, by one figure.

    Attributes:
        baseline: kind of map, `RANDOM` or `SILHOUETTE`.
        advantage: mean of what the model's is better by, in the figure's own unit.
        margin: half the 95 % interval of that mean, from the spread over the pictures.
        won: share of pictures on which the model's is better, 0..1; equals count half.
    """

    figure: str
    baseline: str
    advantage: float
    margin: float
    won: float

    @property
    def outcome(self) -> str:
        """Is "better", "worse", or "open" where the interval holds 0."""
        if abs(self.advantage) <= self.margin:
            return "open"
        return "better" if self.advantage > 0 else "worse"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Figures of a checkpoint's maps, each made for the class that the model names.

    Attributes:
        pictures, right: how many were scored, and how many of them are named right.
        of_photographs: whether they are photographs of garments and not of Fashion-MNIST.
        means: kind of map -> figure -> mean over the pictures; areas and energy 0..1, correlations -1..1.
        curves: kind of map -> "deletion" or "insertion" -> mean probability of the class after each step.
        comparisons: the model's maps against random ones and silhouettes, figure by figure.
        randomised: layer -> Spearman's correlation with the trained model's map once that layer and all after it are
            shuffled, mean over the pictures; from the last layer to the first.
        silhouette_correlation: the same between the trained model's map and the silhouette.
    """

    weights: str
    model: str
    pictures: int
    right: int
    of_photographs: bool
    means: dict[str, dict[str, float]]
    curves: dict[str, dict[str, list[float]]]
    comparisons: list[PairedComparison]
    randomised: dict[str, float]
    silhouette_correlation: float

    def score(self) -> dict[str, tuple[int, int]]:
        """By baseline: comparisons that the model's maps win, and all."""
        won = Counter(one.baseline for one in self.comparisons if one.outcome == "better")
        return {name: (won[name], count) for name, count in Counter(one.baseline for one in self.comparisons).items()}


def measure(
    path: Path, loaded: LoadedModel, images: Tensor, named: Tensor, labels: Tensor, of_photographs: bool = False
) -> tuple[Explanation, list[Randomised]]:
    """All figures of N pictures, and what the weight randomisation left of their maps.

    Args:
        images: N x 1 x H x W uint8, garment on 0.
        named: N int64, the class that the model names, which its map is about.
        labels: N int64, what they are.
    """
    generator = torch.Generator().manual_seed(SEED)
    falls = saliency_metrics.occlusion_maps(loaded, images, named)
    kinds = kinds_of_map(loaded, images, named, falls, generator)
    curves, figures = {}, {}
    for kind, maps in kinds.items():
        curves[kind], figures[kind] = saliency_metrics.score(loaded, images, named, maps, falls, generator)
    cascade = list(saliency_metrics.cascading_randomisation(loaded, images, named, SEED))
    silhouettes = F.adaptive_avg_pool2d(kinds[SILHOUETTE], cascade[0].maps.shape[-1])
    found = Explanation(
        weights=str(path),
        model=loaded.info.model_name,
        pictures=len(images),
        right=int((named == labels).sum()),
        of_photographs=of_photographs,
        means={kind: {name: v.mean().item() for name, v in own.items()} for kind, own in figures.items()},
        curves={kind: {name: v.mean(dim=0).tolist() for name, v in own.items()} for kind, own in curves.items()},
        comparisons=compared(figures),
        randomised={step.layer: step.correlation.mean().item() for step in cascade[1:]},
        silhouette_correlation=saliency_metrics.rank_correlations(cascade[0].maps, silhouettes).mean().item(),
    )
    return found, cascade


def kinds_of_map(
    loaded: LoadedModel, images: Tensor, named: Tensor, falls: Tensor, generator: torch.Generator
) -> dict[str, Tensor]:
    """The model's maps, the baselines, and what can be reached, each N x H x W, not below 0.

    The random maps have the grid of the model's and are enlarged as they are, so that smoothness alone wins nothing.
    """
    size = images.shape[-1]
    maps = class_maps(loaded.model, to_input(images, loaded.input), named)
    return {
        MODEL: enlarged(maps, size),
        RANDOM: enlarged(torch.rand(maps.shape, generator=generator), size),
        SILHOUETTE: (images[:, 0] > 0).float(),
        OCCLUSION: enlarged(falls, size),
    }


def compared(figures: Mapping[str, Mapping[str, Tensor]]) -> list[PairedComparison]:
    """Of kind of map -> figure -> N values: the model's against each baseline, picture by picture."""
    found = []
    for figure, own in figures[MODEL].items():
        for baseline in (RANDOM, SILHOUETTE):
            if (figure, baseline) in BY_DEFINITION:
                continue
            ahead = figures[baseline][figure] - own if figure in LOWER_IS_BETTER else own - figures[baseline][figure]
            margin = 1.96 * ahead.std(correction=0).item() / len(ahead) ** 0.5
            won = ((ahead > 0).float() + 0.5 * (ahead == 0).float()).mean().item()
            found.append(PairedComparison(figure, baseline, ahead.mean().item(), margin, won))
    return found
