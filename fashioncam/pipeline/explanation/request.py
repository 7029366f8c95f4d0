"""What the user can ask of a reading: the heat map of one class, or two classes compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np

from fashioncam.messages import FloatArray, Prediction, Request

NOTHING_ASKED = Request()
HeatMaps: TypeAlias = Callable[[int], FloatArray]  # class index -> h x w float32 in 0..1


@dataclass(frozen=True, slots=True)
class Answer:
    """A heat map and the class it is for.

    Attributes:
        heat_map: h x w float32; in 0..1, or in -1..1 when two classes are compared.
        explained: the class's label.
        against: the label of the class it is compared with, or "".
    """

    heat_map: FloatArray
    explained: str
    against: str = ""


def frame_heat_maps(heat_maps: HeatMaps, is_mirrored: bool) -> HeatMaps:
    """The heat maps of a frame, mirrored back if its input was; each is computed once, as the next frame asks too."""
    return cache(lambda index: heat_maps(index)[:, ::-1] if is_mirrored else heat_maps(index))


def mean_heat_maps(heat_maps: HeatMaps, before: HeatMaps | None) -> HeatMaps:
    """The mean of two frames' heat maps; those of the first alone when there is no frame before."""
    if before is None:
        return heat_maps
    return lambda index: (heat_maps(index) + before(index)) * np.float32(0.5)


def answer_to(heat_maps: HeatMaps, top5: tuple[Prediction, ...], classes: tuple[str, ...], request: Request) -> Answer:
    """The heat map that was asked for.

    Args:
        heat_maps: of all classes.
        top5: the most probable classes, most probable first.
        classes: labels by index.
        request: a class that this model does not have counts as none: the most probable class is explained.
    """
    first, second = top5[:2]
    if request.contrast:
        return Answer(heat_maps(first.index) - heat_maps(second.index), first.label, second.label)
    index = request.explained
    if index is None or index >= len(classes):
        index = first.index
    return Answer(heat_maps(index), classes[index])
