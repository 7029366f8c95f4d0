"""Does a heat map show what the class rests on? Figures for many pictures at once, for any kind of map.

Everything goes by ranks, never by the map's values or percentiles: on a map with many exact zeros a percentile is 0
and "all pixels at or above it" is the whole picture. Pixels of equal heat come in random order.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from scipy.stats import spearmanr
from torch import Tensor
from torch.nn import functional as F
from torchvision.transforms.functional import gaussian_blur

from fashioncam.checkpoint import LoadedModel
from fashioncam.models.base import to_input
from fashioncam.pipeline.recognition.torch_recogniser import torch_recogniser
from training.engine.class_maps import class_maps
from training.engine.prediction import predict

STEPS = 14  # of the curves, 56 pixels of 28x28 each
BLUR_SIGMA = 1 / 7  # of the edge: so blurred, a picture leaves its class no more than chance


@dataclass(frozen=True, slots=True)
class Randomised:
    """The maps once the weights of a layer and of all after it are shuffled.

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
    loaded: LoadedModel, images: Tensor, classes: Tensor, maps: Tensor, falls: Tensor, generator: torch.Generator
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """How well one kind of map explains N pictures.

    Args:
        images: N x 1 x H x W uint8, garment on 0.
        classes: N int64, the class that each map is about.
        maps: N x H x W, not below 0.
        falls: what `occlusion_maps` gives for these pictures and classes.
        generator: orders pixels of equal heat.

    Returns:
        The curves "deletion" and "insertion", N x (STEPS + 1) probabilities of the class while pixels go or come, the
        hottest first. And figures, one value a picture: the areas under the two curves; "occlusion", Spearman's
        correlation over all patches between a patch's heat and what the class loses without it;
        "occlusion_on_garment", the same over the patches that hold some of the garment; and "energy_inside", the
        share of the heat that lies on the garment, 0..1, 0 for a map without heat.
    """
    order = hottest_first(maps, generator)
    size = images.shape[-1]
    blurred = gaussian_blur(images, [2 * size - 1] * 2, [BLUR_SIGMA * size] * 2)
    garment = images[:, 0] > 0
    patches = falls.shape[-1]
    heat = F.adaptive_avg_pool2d(maps[:, None], patches)[:, 0]
    covered = F.adaptive_max_pool2d(garment[:, None].float(), patches)[:, 0] > 0
    on_garment = [rank_correlation(a[on], b[on]) for a, b, on in zip(heat, falls, covered, strict=True)]
    curves = {
        "deletion": curve(loaded, images, torch.zeros_like(images), order, classes),
        "insertion": curve(loaded, blurred, images, order, classes),
    }
    return curves, {
        **{name: area(values) for name, values in curves.items()},
        "occlusion": rank_correlations(heat, falls),
        "occlusion_on_garment": torch.tensor(on_garment),
        "energy_inside": (maps * garment).sum(dim=(1, 2)) / maps.sum(dim=(1, 2)).clamp(min=1e-12),
    }


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
    """Area under each of N curves over 0..1."""
    return torch.trapezoid(curves, dx=1 / (curves.shape[1] - 1))


def occlusion_maps(loaded: LoadedModel, images: Tensor, classes: Tensor) -> Tensor:
    """The program's occlusion maps: how far the logit of each picture's class falls when a patch is black.

    Args:
        images: N x 1 x H x W uint8.

    Returns:
        N x 7 x 7 float32, 0..1.
    """
    recogniser = torch_recogniser(loaded, "occlusion")
    pairs = zip(images[:, 0].numpy(), classes.tolist(), strict=True)
    return torch.from_numpy(np.stack([recogniser.classify(picture).heat_map(index) for picture, index in pairs]))


def rank_correlations(first: Tensor, second: Tensor) -> Tensor:
    """Spearman's of each pair of maps, N x ... both: N float32, -1..1; a constant correlates with nothing, 0."""
    return torch.tensor([rank_correlation(a, b) for a, b in zip(first, second, strict=True)])


def rank_correlation(first: Tensor, second: Tensor) -> float:
    """Spearman's, -1..1; 0 if one of the two is constant, or empty."""
    if any(not len(values) or values.min() == values.max() for values in (first, second)):
        return 0.0
    return float(spearmanr(first.flatten(), second.flatten()).statistic)


def cascading_randomisation(loaded: LoadedModel, images: Tensor, classes: Tensor, seed: int) -> Iterator[Randomised]:
    """Sanity check of arXiv:1810.03292, section 3.1: shuffle the weights of layer after layer, beginning at the logits.

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
        yield Randomised(layer, rank_correlations(maps, trained), maps)
