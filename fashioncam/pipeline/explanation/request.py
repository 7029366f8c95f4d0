"""What the user may ask of a reading: another class's heat map, two classes compared, a part of the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np

from fashioncam.messages import FloatArray, Image, Prediction, Region, Request

NOTHING_ASKED = Request()
HeatMaps: TypeAlias = Callable[[int], FloatArray]  # by class index, h x w float32 in 0..1 each


@dataclass(frozen=True, slots=True)
class Answer:
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
    """The mean of two frames' heat maps; the first's alone where there is no frame before."""
    if before is None:
        return heat_maps
    return lambda index: (heat_maps(index) + before(index)) * np.float32(0.5)


def answer_to(heat_maps: HeatMaps, top5: tuple[Prediction, ...], classes: tuple[str, ...], request: Request) -> Answer:
    """What was asked for.

    Args:
        heat_maps: of all classes.
        top5: the most probable classes, first first.
        classes: labels by index.
        request: may name a class that this model lacks; then the most probable one is explained.
    """
    first, second = top5[:2]
    if request.contrast:
        return Answer(heat_maps(first.index) - heat_maps(second.index), first.label, second.label)
    index = request.explained
    if index is None or index >= len(classes):
        index = first.index
    return Answer(heat_maps(index), classes[index])


def searched(region: Region | None, size_hw: tuple[int, int]) -> Image:
    """Where to look for an item and for changes of the scene: h x w uint8, 255 or 0; None is the whole picture."""
    if region is None:
        return np.full(size_hw, 255, np.uint8)
    height, width = size_hw
    x, y, w, h = region
    inside = np.zeros(size_hw, np.uint8)
    inside[round(y * height) : round((y + h) * height), round(x * width) : round((x + w) * width)] = 255
    return inside
