"""Explanations of a frame other than an item: a camera that moved, a lamp, a ghost, background that moved.

All pictures are at working size.
"""

from __future__ import annotations

from itertools import product
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from fashioncam.messages import FloatArray, Image
from fashioncam.pipeline.segmentation.deviation import BURNT_OUT, largest_channel
from fashioncam.pipeline.segmentation.segmenter import LIKELY

Places: TypeAlias = NDArray[np.int_]  # rows and columns of pixels, 2 x N

# A camera that moved: the share of the difference that a shift explains is near 0 before items, and above these shares
# after a bump. Where there are two values, the second keeps the answer from flickering.
SHIFT_RADII_PX = (1, 3)
DIRECTIONS = [direction for direction in product((-1, 0, 1), repeat=2) if direction != (0, 0)]
COARSE = 4  # the same shifts are tried on a picture so many times smaller
BUMPED_SHARE, BUMPED_STILL_SHARE = 0.17, 0.12
SHIFT_COST = 0.7  # grey levels; a shift that would change less cannot be seen
DIFFERENCE_LIMIT = 40  # grey levels: an item counts no more than a contour
# A lamp: so much of the picture beside the item is brighter or darker by one factor, in its own colours.
RELIT_AREA = 0.12
RELIT_TINT = 1.3  # how far the channels' factors may lie apart
SHADOW_FACTORS = (0.55, 1.2)  # between them it is a shadow, or light that the model follows
# A lamp that fades over the background has no single factor, but leaves every contour in its place. In a supposed item
# few contours are the background's own; under a lamp most are.
CONTOUR_WINDOW_PX = 7
CONTOUR_LEVELS = 5  # standard deviation in the window, grey levels; noise and compression stay below 2
SAME_CONTOUR = 0.7  # correlation of the two windows
KNOWN_SHARE = 0.8  # of a window that must be free of pixels that burn out now
CONTOUR_AREA = 0.1  # of the supposed item; fewer contours cannot tell
BACKGROUND_CONTOURS, STILL_BACKGROUND_CONTOURS = 0.4, 0.3  # of all contours
# A ghost: something that was learned as background and has gone. Across the outline of what deviates, the step in
# brightness is the model's and not the frame's.
GHOST_SHARE, STILL_GHOST_SHARE = 0.47, 0.49
ACROSS_PX = 2.5  # from the outline to each side
BORDER_PX = 4  # nearer to the edge of the picture the outline has no outside
MIN_OUTLINE_PX = 20
# A part of the background that has moved, such as the head of somebody who sits in it: a shift explains most of it. Of
# an item it explains less.
REACH_PX = 8
MOVED_SHARE = 0.45  # of the supposed item
MOVED_AREA = 0.25  # of the picture: the largest item that is tried
EXPLAINED_LEVELS = 8  # grey levels between a pixel and what explains it


def explained_by_camera_shift(small_bgr: Image, expected_bgr: Image, before: bool = False) -> Image | None:
    """Where a shift of the camera explains the frame, h x w uint8; None when it does not.

    Args:
        before: whether it did at the last check; then a smaller share is enough, so that the answer does not flicker.
    """
    seen, expected = (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) for picture in (small_bgr, expected_bgr))
    # A bump by a few pixels, and one by a few dozen.
    coarse_wh = max(1, seen.shape[1] // COARSE), max(1, seen.shape[0] // COARSE)
    coarse = (cv2.resize(picture, coarse_wh, interpolation=cv2.INTER_AREA) for picture in (seen, expected))
    share, (dx, dy) = best_shift(seen, expected)
    coarse_share, coarse_shift = best_shift(*coarse)
    if coarse_share > share:
        share, (dx, dy) = coarse_share, (COARSE * coarse_shift[0], COARSE * coarse_shift[1])
    if share <= (BUMPED_STILL_SHARE if before else BUMPED_SHARE):
        return None
    size_wh = seen.shape[1], seen.shape[0]
    moves = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    return explained_by(small_bgr, cv2.warpAffine(expected_bgr, moves, size_wh, borderMode=cv2.BORDER_REPLICATE), 2)


def best_shift(seen: Image, expected: Image) -> tuple[float, tuple[int, int]]:
    """The shift that explains most of the difference between two grey pictures, and what share it explains.

    The share is relative to the cost of that shift if nothing had moved: about 1 after exactly that bump, below 0
    without one, whatever an item covers.
    """
    margin = max(SHIFT_RADII_PX)
    height, width = seen.shape
    best = 0.0, (0, 0)
    if min(height, width) <= 2 * margin:
        return best
    inner = np.s_[margin : height - margin, margin : width - margin]
    seen, still = seen[inner], expected[inner]
    unmoved = difference(seen, still)
    for radius, (right, down) in product(SHIFT_RADII_PX, DIRECTIONS):
        dx, dy = radius * right, radius * down
        shifted = expected[margin - dy : height - margin - dy, margin - dx : width - margin - dx]
        gain = unmoved - difference(seen, shifted)
        if gain > 0 and (cost := difference(still, shifted)) > SHIFT_COST:
            best = max(best, (gain / cost, (dx, dy)))
    return best


def difference(a: Image, b: Image, where: Image | None = None) -> float:
    """Mean difference of two grey pictures, grey levels, each pixel limited to `DIFFERENCE_LIMIT`."""
    return cv2.mean(cv2.min(cv2.absdiff(a, b), DIFFERENCE_LIMIT), where)[0]


def explained_by_lamp(small_bgr: Image, expected_bgr: Image, beside: Image) -> Image | None:
    """Where a lamp explains the frame by one more factor on the light, h x w uint8; None when it does not.

    Args:
        beside: what deviates and is not item, h x w uint8; the factor is the median where nothing burns out.
    """
    changed = (beside > 0) & (small_bgr.max(axis=2) < BURNT_OUT)
    if not changed.any():
        return None
    factors = np.median(small_bgr[changed] / np.maximum(expected_bgr[changed], 1), axis=0)
    if factors.max() > RELIT_TINT * factors.min() or SHADOW_FACTORS[0] < factors.mean() < SHADOW_FACTORS[1]:
        return None
    explained = explained_by(small_bgr, cv2.multiply(expected_bgr, (*factors.tolist(), 0.0)), 1)
    area = cv2.countNonZero(cv2.bitwise_and(explained, beside)) / beside.size
    return explained if area > RELIT_AREA else None


def explained_by(small_bgr: Image, supposed_bgr: Image, radius_px: int) -> Image:
    """255 where each channel lies within the values of the other picture around that place, else 0: h x w uint8."""
    around = np.ones((2 * radius_px + 1,) * 2, np.uint8)
    levels = (EXPLAINED_LEVELS,) * 4
    least = cv2.subtract(cv2.erode(supposed_bgr, around), levels)
    most = cv2.add(cv2.dilate(supposed_bgr, around), levels)
    outside = cv2.max(cv2.subtract(least, small_bgr), cv2.subtract(small_bgr, most))
    return cv2.compare(largest_channel(outside), 0, cv2.CMP_EQ)


def explained_both_ways(seen_bgr: Image, supposed_bgr: Image) -> Image:
    """Where each picture explains the other within a pixel, as in `explained_by`.

    One way is not enough before a grid: nearly every grey lies between its wires and the wall, but a plain garment
    shows no wires.
    """
    return cv2.bitwise_and(explained_by(seen_bgr, supposed_bgr, 1), explained_by(supposed_bgr, seen_bgr, 1))


def has_background_contours(item: Image, small_bgr: Image, background_bgr: FloatArray, before: bool = False) -> bool:
    """Whether a supposed item has the background's own contours: then it is background in another light.

    Args:
        before: whether it had at the last check; then a smaller share is enough, so that the answer does not flicker.
    """
    margin = CONTOUR_WINDOW_PX // 2 + 2
    x, y, w, h = cv2.boundingRect(item)
    window = np.s_[max(0, y - margin) : y + h + margin, max(0, x - margin) : x + w + margin]
    supposed = cv2.dilate(cv2.compare(item[window], LIKELY, cv2.CMP_GE), np.ones((5, 5), np.uint8)) > 0
    seen = cv2.cvtColor(small_bgr[window], cv2.COLOR_BGR2GRAY).astype(np.float32)
    known = cv2.cvtColor(background_bgr[window], cv2.COLOR_BGR2GRAY)
    usable = ((seen < BURNT_OUT) | (known >= BURNT_OUT)).astype(np.float32)  # burnt-out pixels hide contours
    seen, known = (np.minimum(picture, BURNT_OUT) * usable for picture in (seen, known))
    share = local_mean(usable) + 1e-6
    mean_seen, mean_known = local_mean(seen) / share, local_mean(known) / share
    seen_variance = np.maximum(local_mean(seen * seen) / share - mean_seen**2, 1)
    known_variance = np.maximum(local_mean(known * known) / share - mean_known**2, 1)
    covariance = local_mean(seen * known) / share - mean_seen * mean_known
    contours = supposed & (share > KNOWN_SHARE) & (np.maximum(seen_variance, known_variance) > CONTOUR_LEVELS**2)
    own = contours & (covariance > SAME_CONTOUR * np.sqrt(seen_variance * known_variance))
    own_px = np.count_nonzero(own)
    least = STILL_BACKGROUND_CONTOURS if before else BACKGROUND_CONTOURS
    return bool(own_px > max(CONTOUR_AREA * np.count_nonzero(supposed), least * np.count_nonzero(contours)))


def is_ghost(item: Image, deviating: Image, small_bgr: Image, expected_bgr: Image, before: bool = False) -> bool:
    """Whether a supposed item is a ghost: the place of something that was learned as background and has gone.

    Args:
        before: whether it was at the last check; then a larger step of the frame is allowed.
    """
    whole = cv2.bitwise_or(deviating, cv2.compare(item, LIKELY, cv2.CMP_GE))
    whole = cv2.morphologyEx(whole, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    whole = component_below(item, cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    outline = cv2.subtract(whole, cv2.erode(whole, np.ones((3, 3), np.uint8)))
    place = np.argwhere(outline[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX]).T + BORDER_PX  # rows, columns
    if place.shape[1] < MIN_OUTLINE_PX:
        return False
    soft = cv2.GaussianBlur(whole.astype(np.float32), (0, 0), 1.5)
    inward = np.stack([cv2.Sobel(soft, cv2.CV_32F, dx, dy)[*place] for dx, dy in ((0, 1), (1, 0))])
    step = np.rint(ACROSS_PX * inward / np.maximum(np.hypot(*inward), 1e-6)).astype(int)
    seen, known = (
        step_across(cv2.blur(picture, (3, 3)), place + step, place - step) for picture in (small_bgr, expected_bgr)
    )
    return bool(seen < (STILL_GHOST_SHARE if before else GHOST_SHARE) * (seen + known))


def is_moved_background(item: Image, small_bgr: Image, expected_bgr: Image) -> bool:
    """Whether a supposed item is a part of the background that has moved a little."""
    x, y, w, h = cv2.boundingRect(item)
    if w * h > MOVED_AREA * item.size:
        return False
    supposed = cv2.compare(item[y : y + h, x : x + w], LIKELY, cv2.CMP_GE)
    seen = np.ascontiguousarray(small_bgr[y : y + h, x : x + w])
    wider = cv2.copyMakeBorder(expected_bgr, *(REACH_PX,) * 4, cv2.BORDER_REPLICATE)
    around = wider[y : y + h + 2 * REACH_PX, x : x + w + 2 * REACH_PX]
    _, _, (left, top), _ = cv2.minMaxLoc(cv2.matchTemplate(around, seen, cv2.TM_SQDIFF, mask=supposed))
    there = np.ascontiguousarray(around[top : top + h, left : left + w])
    explained = explained_both_ways(seen, there)
    return cv2.countNonZero(cv2.bitwise_and(explained, supposed)) > MOVED_SHARE * cv2.countNonZero(supposed)


def component_below(item: Image, mask: Image) -> Image:
    """The component of a mask with most of the item's pixels: h x w uint8, 255 there and 0 elsewhere."""
    count, labels = cv2.connectedComponents(mask)
    shared = np.bincount(labels[item >= LIKELY], minlength=count)
    shared[0] = 0  # the background's own label
    return cv2.compare(labels, int(shared.argmax()), cv2.CMP_EQ) if shared.any() else np.zeros_like(mask)


def step_across(picture_bgr: Image, inside: Places, outside: Places) -> int:
    """Sum over pairs of places of the largest channel's difference, each limited to `DIFFERENCE_LIMIT`."""
    apart = np.abs(picture_bgr[*inside].astype(np.int16) - picture_bgr[*outside]).max(axis=1)
    return int(np.minimum(apart, DIFFERENCE_LIMIT).sum())


def local_mean(picture: FloatArray) -> FloatArray:
    """The mean over a window around each pixel."""
    return cv2.blur(picture, (CONTOUR_WINDOW_PX, CONTOUR_WINDOW_PX))
