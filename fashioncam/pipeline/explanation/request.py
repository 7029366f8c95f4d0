"""The heat map that the user asks for: of one class, or of two compared."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from fashioncam.messages import Reading, Request

from .methods import HeatMaps

NOTHING_ASKED = Request()


def frame_heat_maps(heat_maps: HeatMaps, is_mirrored: bool) -> HeatMaps:
    """The heat maps of a frame, mirrored back if its input was; each is computed once, as the next frame asks too."""
    return cache(lambda index: heat_maps(index)[:, ::-1] if is_mirrored else heat_maps(index))


def mean_heat_maps(heat_maps: HeatMaps, before: HeatMaps | None) -> HeatMaps:
    """The mean of two frames' heat maps; those of the first alone when there is no frame before."""
    if before is None:
        return heat_maps
    return lambda index: (heat_maps(index) + before(index)) * np.float32(0.5)


def explained(named: Reading, heat_maps: HeatMaps, classes: tuple[str, ...], request: Request) -> Reading:
    """The reading with the heat map that was asked for.

    Args:
        named: a reading with its classes.
        heat_maps: of all classes.
        classes: labels by index.
        request: a class that this model does not have counts as none: the most probable class is explained.
    """
    first, second = named.top5[:2]
    if request.contrast:
        difference = heat_maps(first.index) - heat_maps(second.index)
        return replace(named, heat_map=difference, explained=first.label, against=second.label)
    index = request.explained
    if index is None or index >= len(classes):
        index = first.index
    return replace(named, heat_map=heat_maps(index), explained=classes[index])
