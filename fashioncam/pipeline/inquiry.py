"""What the user may ask of a reading: another class's heat map, two classes compared, a part of the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np

from fashioncam.messages import FloatArray, Image, Prediction, Region, Request

from .segmentation import Segmenter

NOTHING_ASKED = Request()
HeatMaps: TypeAlias = Callable[[int], FloatArray]  # by class index, h x w float32 in 0..1 each


@dataclass(frozen=True, slots=True)
class Explanation:
    """A heat map and what it speaks for.

    Attributes:
        heat_map: h x w float32; in 0..1, or in -1..1 where it is held against another class.
        explained: the class's label.
        against: the label of the class that it is held against, or "".
    """

    heat_map: FloatArray
    explained: str
    against: str = ""


def of_one_frame(heat_maps: HeatMaps, is_mirrored: bool) -> HeatMaps:
    """The heat maps of a frame the right way round; each is computed once, though the next frame asks too."""
    return cache(lambda index: heat_maps(index)[:, ::-1] if is_mirrored else heat_maps(index))


def mean_of(heat_maps: HeatMaps, before: HeatMaps | None) -> HeatMaps:
    """The heat maps of two frames together; of the first alone where there was none before."""
    if before is None:
        return heat_maps
    return lambda index: (heat_maps(index) + before(index)) * np.float32(0.5)


def explanation_of(
    heat_maps: HeatMaps, top5: tuple[Prediction, ...], classes: tuple[str, ...], request: Request
) -> Explanation:
    """The explanation that was asked for.

    Args:
        heat_maps: of all classes.
        top5: the most probable classes, first first.
        classes: labels by index.
        request: what was asked for.
    """
    first, second = top5[:2]
    if request.contrast:
        return Explanation(heat_maps(first.index) - heat_maps(second.index), first.label, second.label)
    index = first.index if request.explained is None else request.explained
    return Explanation(heat_maps(index), classes[index])


def limited_to(segmenter: Segmenter, region: Region | None) -> Segmenter:
    """A segmenter that finds nothing outside a region; None is the whole picture."""
    return segmenter if region is None else RegionSegmenter(segmenter, region)


@dataclass(frozen=True, slots=True)
class RegionSegmenter:
    """Another segmenter's answer inside a region, given in shares of the picture, and no item outside."""

    whole: Segmenter
    region: Region

    def likelihood(self, small_bgr: Image, expected_bgr: Image, tolerance: Image) -> Image:
        likelihood = self.whole.likelihood(small_bgr, expected_bgr, tolerance).copy()
        height, width = likelihood.shape
        x, y, w, h = self.region
        left, top, right, bottom = round(x * width), round(y * height), round((x + w) * width), round((y + h) * height)
        likelihood[:top], likelihood[bottom:], likelihood[:, :left], likelihood[:, right:] = 0, 0, 0, 0
        return likelihood
