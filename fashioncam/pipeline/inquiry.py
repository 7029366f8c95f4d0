"""What the user may ask of a reading: another class's heat map, two classes compared, a part of the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fashioncam.messages import FloatArray, Image, Prediction, Region, Request

from .segmentation import Segmenter

NOTHING_ASKED = Request()


def heat_map_of(
    explain: Callable[[int], FloatArray], top5: tuple[Prediction, ...], classes: tuple[str, ...], request: Request
) -> tuple[FloatArray, str, str]:
    """The heat map that was asked for, the label it speaks for, and the one that it is held against, or "".

    Args:
        explain: class index -> heat map, h x w float32 in 0..1.
        top5: the most probable classes, first first.
        classes: labels by index.
        request: what was asked for.
    """
    first, second = top5[:2]
    if request.contrast:
        return explain(first.index) - explain(second.index), first.label, second.label
    index = first.index if request.explained is None else request.explained
    return explain(index), classes[index], ""


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
