"""Does a heat map show what the class rests on? Figures for many pictures at once, for any kind of map.

Everything goes by ranks, never by the map's values or percentiles: on a map with many exact zeros a percentile is 0
and "all pixels at or above it" is the whole picture. Pixels of equal heat come in random order.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

import torch
from scipy.stats import rankdata
from torch import Tensor
from torch.nn import functional as F
from torchvision.transforms.functional import gaussian_blur

from fashioncam.checkpoint import LoadedModel
from fashioncam.models.base import to_input
from training.engine.class_maps import class_maps
from training.engine.prediction import predict

STEPS = 14  # of the curves, 56 pixels of 28x28 each: twice as many move the areas by 0.002 or less
PATCHES = 7  # along an edge, as many as the hybrid has tokens
# Of the edge. On pictures this blurred the first hybrid gives its own class 10 % at the mean, half as much 19 %.
BLUR_SIGMA = 1 / 7


@dataclass(frozen=True, slots=True)
class Scores:
    """How well one kind of map explains N pictures, one value a picture.

    Attributes:
        deletion, insertion: N x (STEPS + 1) probabilities of the class while pixels go or come, the hottest first.
        occlusion: Spearman's correlation over all patches between a patch's heat and what the class loses without it.
        occlusion_on_garment: the same over the patches that hold some of the garment.
        energy_inside: share of the heat that lies on the garment, 0..1; 0 for a map without heat.
    """

    deletion: Tensor
    insertion: Tensor
    occlusion: Tensor
    occlusion_on_garment: Tensor
    energy_inside: Tensor

    def figures(self) -> dict[str, Tensor]:
        """Name -> N values; of the curves, the areas under them."""
        return {
            "deletion": area(self.deletion),
            "insertion": area(self.insertion),
            "occlusion": self.occlusion,
            "occlusion_on_garment": self.occlusion_on_garment,
            "energy_inside": self.energy_inside,
        }


@dataclass(frozen=True, slots=True)
class Randomised:
    """What is left of the maps once a layer and all after it have forgotten what they learned.

    Attributes:
        layer: its name; "" before the first one.
        correlation: Spearman's between each of these maps and the trained model's, N values.
        maps: N x h x w.
    """

    layer: str
    correlation: Tensor
    maps: Tensor


def enlarged(maps: Tensor, size: int) -> Tensor:
    """N x h x w -> N x size x size, smoothly, as the program lays a map over a picture."""
    return F.interpolate(maps[:, None], (size, size), mode="bilinear", align_corners=False)[:, 0]


def score(
    loaded: LoadedModel, images: Tensor, classes: Tensor, maps: Tensor, drops: Tensor, generator: torch.Generator
) -> Scores:
    """All figures of one kind of map.

    Args:
        images: N x 1 x H x W uint8, garment on 0.
        classes: N int64, the class that each map is about.
        maps: N x H x W, not below 0.
        drops: what `occlusion_drops` gives for these pictures and classes.
        generator: orders pixels of equal heat.
    """
    order = hottest_first(maps, generator)
    size = images.shape[-1]
    blurred = gaussian_blur(images, [2 * size - 1] * 2, [BLUR_SIGMA * size] * 2)
    garment = images[:, 0] > 0
    heat = F.adaptive_avg_pool2d(maps[:, None], PATCHES).flatten(1)
    covered = F.adaptive_max_pool2d(garment[:, None].float(), PATCHES).flatten(1) > 0
    drops = drops.flatten(1)
    pairs = list(zip(heat, drops, covered, strict=True))
    return Scores(
        deletion=curve(loaded, images, torch.zeros_like(images), order, classes),
        insertion=curve(loaded, blurred, images, order, classes),
        occlusion=torch.tensor([rank_correlation(a, b) for a, b, _ in pairs]),
        occlusion_on_garment=torch.tensor([rank_correlation(a[on], b[on]) for a, b, on in pairs]),
        energy_inside=(maps * garment).sum(dim=(1, 2)) / maps.sum(dim=(1, 2)).clamp(min=1e-12),
    )


def hottest_first(maps: Tensor, generator: torch.Generator) -> Tensor:
    """The pixels of each map by falling heat, N x (h w) int64; equals in random order."""
    flat = maps.flatten(1)
    shuffled = torch.rand(flat.shape, generator=generator).argsort(dim=1)
    return shuffled.gather(1, flat.gather(1, shuffled).argsort(dim=1, descending=True, stable=True))


def curve(loaded: LoadedModel, before: Tensor, after: Tensor, order: Tensor, classes: Tensor) -> Tensor:
    """Probability of each picture's class while one picture turns into another, N x (STEPS + 1) in 0..1.

    Deletion and insertion of RISE (arXiv:1806.07421, section 4.3): from the picture to black, which is this data set's
    nothing, and to the picture from a blurred one, on which coming pixels make no edges of their own.

    Args:
        before, after: N x 1 x H x W uint8.
        order: N x (H W), which pixel turns first.
    """
    turn = order.argsort(dim=1).view_as(before)
    probabilities = []
    for step in range(STEPS + 1):
        mixed = torch.where(turn * STEPS < step * order.shape[1], after, before)
        logits = predict(loaded.model, mixed, loaded.input) / loaded.temperature
        probabilities.append(logits.softmax(dim=1).gather(1, classes[:, None])[:, 0])
    return torch.stack(probabilities, dim=1)


def area(curves: Tensor) -> Tensor:
    """Under each of N curves over 0..1."""
    return torch.trapezoid(curves, dx=1 / (curves.shape[1] - 1))


def occlusion_drops(loaded: LoadedModel, images: Tensor, classes: Tensor) -> Tensor:
    """By how much the logit of each picture's class falls when a patch is black (arXiv:1311.2901, section 4.2).

    Args:
        images: N x 1 x H x W uint8.

    Returns:
        N x PATCHES x PATCHES float32.
    """

    def logit_of(pictures: Tensor) -> Tensor:
        return predict(loaded.model, pictures, loaded.input).gather(1, classes[:, None])[:, 0]

    whole = logit_of(images)
    patch = images.shape[-1] // PATCHES
    drops = []
    for row in range(0, PATCHES * patch, patch):
        for column in range(0, PATCHES * patch, patch):
            occluded = images.clone()
            occluded[:, :, row : row + patch, column : column + patch] = 0
            drops.append(whole - logit_of(occluded))
    return torch.stack(drops, dim=1).view(-1, PATCHES, PATCHES)


def rank_correlation(first: Tensor, second: Tensor) -> float:
    """Spearman's, -1..1; equals share their mean rank, and a constant correlates with nothing."""
    a, b = (torch.from_numpy(rankdata(values.numpy())) for values in (first.flatten(), second.flatten()))
    a, b = a - a.mean(), b - b.mean()
    norms = a.norm() * b.norm()
    return (a @ b / norms).item() if norms > 0 else 0.0


def cascading_randomisation(loaded: LoadedModel, images: Tensor, classes: Tensor, seed: int) -> Iterator[Randomised]:
    """The sanity check of arXiv:1810.03292, section 3.1: from the logits down, layer after layer loses what it learned.

    A layer's weights are shuffled among themselves, so their distribution stays. A map that looks the same afterwards
    shows the picture, not the model. What belongs to no layer, such as the hybrid's `pos_emb`, comes last.

    Args:
        images: N x 1 x H x W uint8.
    """
    model = deepcopy(loaded.model)
    normalised = to_input(images, loaded.input)
    trained = class_maps(model, normalised, classes)
    yield Randomised("", torch.ones(len(trained)), trained)
    layers: dict[str, list[Tensor]] = {}
    for name, parameter in model.named_parameters():
        layers.setdefault(".".join(name.split(".")[:-1][:2]) or name, []).append(parameter.data)
    generator = torch.Generator().manual_seed(seed)
    for layer, weights in reversed(layers.items()):
        for weight in weights:
            weight.copy_(weight.flatten()[torch.randperm(weight.numel(), generator=generator)].view_as(weight))
        maps = class_maps(model, normalised, classes)
        correlation = [rank_correlation(now, then) for now, then in zip(maps, trained, strict=True)]
        yield Randomised(layer, torch.tensor(correlation), maps)
