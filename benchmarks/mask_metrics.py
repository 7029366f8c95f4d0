"""How far a mask and a box are from the true ones."""

from __future__ import annotations

import numpy as np

from fashioncam.messages import Box, Image, Segment

from .webcam_simulation import ON_ITEM

FOUND_BOX_IOU = 0.6  # from this IoU of the boxes on a garment counts as found


def mask_errors(segment: Segment | None, alpha: Image | None) -> tuple[float, float, float]:
    """IoU of the masks; share of the garment that is missing; what is added, as a share of the garment's area."""
    if segment is None or alpha is None:
        return 0.0, 1.0, 0.0
    x, y, width, height = segment.box
    found = np.zeros(alpha.shape, bool)
    found[y : y + height, x : x + width] = segment.mask > 0
    true = alpha >= ON_ITEM
    area, common = np.count_nonzero(true), np.count_nonzero(true & found)
    added = np.count_nonzero(found) - common
    return common / (area + added), 1 - common / area, added / area


def box_iou(a: Box | None, b: Box | None) -> float:
    """Intersection over union of two boxes; 0 where one is missing."""
    if a is None or b is None:
        return 0.0
    width = max(0, min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0]))
    height = max(0, min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1]))
    return width * height / (a[2] * a[3] + b[2] * b[3] - width * height)
