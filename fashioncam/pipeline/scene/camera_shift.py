"""After a bump of the camera while an item is held, the background model is shifted.

It cannot be learned again: that takes a still scene without an item.
"""

from __future__ import annotations

from itertools import product

import cv2
import numpy as np

from fashioncam.messages import Image
from fashioncam.pipeline.segmentation.deviation import deviating_pixels
from fashioncam.pipeline.segmentation.item_mask import away_from
from fashioncam.pipeline.segmentation.segmenter import LIKELY

from .background_model import BackgroundModel, expected_background, light_gain
from .global_change import difference
from .scene_change import share

REACH_PX = 8  # a twentieth of the picture's width
MAX_COST = 0.85  # of the cost without a shift
MAX_DEVIATING, MAX_STILL_DEVIATING = 0.08, 0.9  # of the picture beside the item; of what deviated before


def shifted_background(background: BackgroundModel, small_bgr: Image, likelihood: Image) -> BackgroundModel | None:
    """The background model as the camera sees it now; None when no small shift explains the frame.

    Args:
        small_bgr: the frame at working size, h x w x 3 uint8.
        likelihood: how likely each pixel is item, h x w uint8.
    """
    beside = away_from(cv2.compare(likelihood, LIKELY, cv2.CMP_GE))
    shift = shift_between(expected_background(background, light_gain(small_bgr, background)), small_bgr, beside)
    if shift is None:
        return None
    moves = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
    size_wh = small_bgr.shape[1], small_bgr.shape[0]
    moved = BackgroundModel(
        *(
            cv2.warpAffine(learned, moves, size_wh, borderMode=cv2.BORDER_REPLICATE)
            for learned in (background.median, background.tolerance)
        )
    )
    before, after = (share_deviating(known, small_bgr, beside) for known in (background, moved))
    return moved if after < min(MAX_DEVIATING, MAX_STILL_DEVIATING * before) else None


def shift_between(known_bgr: Image, seen_bgr: Image, beside: Image) -> tuple[float, float] | None:
    """Shift of the known picture to the right and down, in fractions of a pixel; None when it is not clear.

    Args:
        known_bgr, seen_bgr: h x w x 3 uint8.
        beside: where they are compared, h x w uint8.
    """
    known, seen = (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) for picture in (known_bgr, seen_bgr))
    height, width = seen.shape
    if min(height, width) <= 2 * REACH_PX:
        return None
    inner = np.s_[REACH_PX : height - REACH_PX, REACH_PX : width - REACH_PX]
    cost = {}
    for dx, dy in product(range(-REACH_PX, REACH_PX + 1), repeat=2):
        shifted = known[REACH_PX - dy : height - REACH_PX - dy, REACH_PX - dx : width - REACH_PX - dx]
        cost[dx, dy] = difference(seen[inner], shifted, beside[inner])
    dx, dy = min(cost, key=cost.__getitem__)
    if cost[dx, dy] >= MAX_COST * cost[0, 0] or REACH_PX in (abs(dx), abs(dy)):
        return None
    right = lowest_between(cost[dx - 1, dy], cost[dx, dy], cost[dx + 1, dy])
    down = lowest_between(cost[dx, dy - 1], cost[dx, dy], cost[dx, dy + 1])
    return dx + right, dy + down


def lowest_between(left: float, middle: float, right: float) -> float:
    """Where the parabola through three values at -1, 0 and 1 is lowest; `middle` is the least of them."""
    bend = left + right - 2 * middle
    return 0.5 * (left - right) / bend if bend > 0 else 0.0


def share_deviating(background: BackgroundModel, small_bgr: Image, beside: Image) -> float:
    """Share of the picture beside the item that deviates from the background model, 0..1."""
    expected_bgr = expected_background(background, light_gain(small_bgr, background))
    return share(cv2.bitwise_and(deviating_pixels(small_bgr, expected_bgr, background.tolerance), beside), beside)
