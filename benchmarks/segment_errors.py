"""How far a segment is from the true one."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from statistics import fmean, median

import numpy as np

from fashioncam.messages import Box, Image, Segment

from .clip_footage import ON_ITEM


def mask_errors(segment: Segment | None, alpha: Image | None) -> tuple[float, float, float]:
    """IoU of the masks; the item's part that is missing; what is no item, relative to the item's area."""
    if segment is None or alpha is None:
        return 0.0, 1.0, 0.0
    x, y, width, height = segment.box
    claimed = np.zeros(alpha.shape, bool)
    claimed[y : y + height, x : x + width] = segment.mask > 0
    true = alpha >= ON_ITEM
    area, common = np.count_nonzero(true), np.count_nonzero(true & claimed)
    added = np.count_nonzero(claimed) - common
    return common / (area + added), 1 - common / area, added / area


def box_iou(a: Box | None, b: Box | None) -> float:
    """Intersection over union of two boxes; 0 where one is missing."""
    if a is None or b is None:
        return 0.0
    width = max(0, min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0]))
    height = max(0, min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1]))
    return width * height / (a[2] * a[3] + b[2] * b[3] - width * height)


def jitter(boxes: Iterable[Box | None]) -> float | None:
    """Median movement of the four edges from frame to frame, as a share of their mean length."""
    changes = [
        np.abs(np.subtract(edges(after), edges(before))).mean() / fmean(before[2:])
        for before, after in pairwise(boxes)
        if before is not None and after is not None
    ]
    return float(median(changes)) if changes else None


def edges(box: Box) -> Box:
    """Left, top, right and bottom."""
    x, y, width, height = box
    return x, y, x + width, y + height
