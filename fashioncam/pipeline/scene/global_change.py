"""What changes a whole scene at once: a camera that moves, a lamp. Pure; pictures at working size."""

from __future__ import annotations

from itertools import product
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from fashioncam.messages import FloatArray, Image
from fashioncam.pipeline.segmentation.deviation import largest_channel
from fashioncam.pipeline.segmentation.segmenter import LIKELY

from .background_model import BURNT_OUT

Places: TypeAlias = NDArray[np.int_]  # rows and columns of pixels, 2 x N

# On 60 clips with items, shadows, arms and a camera that trembles, the share that a shift explained was 0.01 at most
# in 99 of 100 frames, and 0.19 and more in 99 of 100 after a bump by 12 pixels of 640 in any direction.
SHIFT_RADII_PX = (1, 3)
DIRECTIONS = [direction for direction in product((-1, 0, 1), repeat=2) if direction != (0, 0)]
COARSE = 4  # the same shifts on a picture so many times smaller
BUMPED_SHARE, BUMPED_STILL_SHARE = 0.17, 0.12
SHIFT_COST = 0.7  # grey levels; a shift that would change less cannot be seen
DIFFERENCE_LIMIT = 40  # grey levels: what an item changes counts no more than a contour
# A lamp: so much of the picture beside the item, brighter or darker by one factor, in its own colours.
RELIT_AREA = 0.12
RELIT_TINT = 1.3  # how far the channels' factors may lie apart
SHADOW_FACTORS = (0.55, 1.2)  # between them a shadow, or a change of light that needs no learning anew
# A lamp that fades over the room has no one factor, but leaves each contour where it was. Of the contours in a claim
# and along its outline, the room's own were 20 % at most on items (80 clips, 380 composites), over 50 % in 27 of 31
# lamps.
CONTOUR_WINDOW_PX = 7
CONTOUR_LEVELS = 5  # grey levels of standard deviation in the window; noise and compression come to 2
SAME_CONTOUR = 0.7  # correlation of the two windows
KNOWN_SHARE = 0.8  # of a window that has to be free of pixels that have burnt out since
CONTOUR_AREA = 0.1  # of a claim; with fewer contours it cannot be told from a lamp
ROOMS_CONTOURS, STILL_ROOMS_CONTOURS = 0.4, 0.3  # the share from which on it is one, and stays one
# Something that was learned and has gone: across the outline of what deviates, the step in brightness is the learned
# picture's and not the frame's. Of the two steps the frame's was 0.46 at most where items and people had been, and 0.5
# and more on items; of hard clips in one of a hundred checks 0.47 to 0.49.
GHOST_SHARE, STILL_GHOST_SHARE = 0.47, 0.49
ACROSS_PX = 2.5  # from the outline to either side
BORDER_PX = 4  # of the picture; nearer to its edge the outline has no outside
LEAST_OUTLINE_PX = 20
# Part of the learned room that has moved, such as the head of somebody who sits in it. Of things that had moved by 2 to
# 8 pixels, turned by 6 degrees and grown by 3 % (standard deviations), a shift explained more in 253 of 255; of items
# 26 % at most, on 120 clips and where they had the wall's own colour.
REACH_PX = 8
MOVED_SHARE = 0.45  # of a claim
MOVED_AREA = 0.25  # of the picture: the largest claim that is tried
ROOM_LEVELS = 8  # grey levels between a pixel and what explains it


def bumped(small_bgr: Image, expected_bgr: Image, before: bool = False) -> Image | None:
    """Where a camera that looks a little elsewhere would explain the frame; None where it does not.

    Args:
        before: whether it did at the last check; then a smaller share is enough, lest it comes and goes.
    """
    seen, expected = (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) for picture in (small_bgr, expected_bgr))
    # A bump of a few pixels, and one of a few dozen.
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

    The share is measured by what the same shift would cost if nothing had moved: about 1 after just that bump, less
    than 0 without one, whatever an item covers.
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
    """Mean difference of two grey pictures, there or all over; grey levels, of a pixel at most `DIFFERENCE_LIMIT`."""
    return cv2.mean(cv2.min(cv2.absdiff(a, b), DIFFERENCE_LIMIT), where)[0]


def relit(small_bgr: Image, expected_bgr: Image, beside: Image) -> Image | None:
    """Where a lamp would explain the frame: one more factor on the light; None where it does not.

    Args:
        beside: what deviates and is no item, h x w uint8; the factor is the median of what has not burnt out.
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
    """Where each channel lies between what is supposed there and around it: h x w uint8, 255 there and 0 elsewhere."""
    around = np.ones((2 * radius_px + 1,) * 2, np.uint8)
    levels = (ROOM_LEVELS,) * 4
    least = cv2.subtract(cv2.erode(supposed_bgr, around), levels)
    most = cv2.add(cv2.dilate(supposed_bgr, around), levels)
    outside = cv2.max(cv2.subtract(least, small_bgr), cv2.subtract(small_bgr, most))
    return cv2.compare(largest_channel(outside), 0, cv2.CMP_EQ)


def explained_both_ways(seen_bgr: Image, supposed_bgr: Image) -> Image:
    """Where each explains the other, as in `explained_by`, within a pixel.

    One way says little before a grid: between its wires and the wall nearly every grey lies, but a plain garment shows
    no wires.
    """
    return cv2.bitwise_and(explained_by(seen_bgr, supposed_bgr, 1), explained_by(supposed_bgr, seen_bgr, 1))


def shows_the_room(item: Image, small_bgr: Image, reference_bgr: FloatArray, before: bool = False) -> bool:
    """Whether a supposed item has the room's own contours rather than others: then it is the room in another light.

    Args:
        before: whether the room explained it already; then a smaller share is enough, lest it comes and goes.
    """
    margin = CONTOUR_WINDOW_PX // 2 + 2
    x, y, w, h = cv2.boundingRect(item)
    window = np.s_[max(0, y - margin) : y + h + margin, max(0, x - margin) : x + w + margin]
    claim = cv2.dilate(cv2.compare(item[window], LIKELY, cv2.CMP_GE), np.ones((5, 5), np.uint8)) > 0
    seen = cv2.cvtColor(small_bgr[window], cv2.COLOR_BGR2GRAY).astype(np.float32)
    known = cv2.cvtColor(reference_bgr[window], cv2.COLOR_BGR2GRAY)
    usable = ((seen < BURNT_OUT) | (known >= BURNT_OUT)).astype(np.float32)  # what burns out now hides its contours
    seen, known = (np.minimum(picture, BURNT_OUT) * usable for picture in (seen, known))
    share = local_mean(usable) + 1e-6
    mean_seen, mean_known = local_mean(seen) / share, local_mean(known) / share
    seen_variance = np.maximum(local_mean(seen * seen) / share - mean_seen**2, 1)
    known_variance = np.maximum(local_mean(known * known) / share - mean_known**2, 1)
    covariance = local_mean(seen * known) / share - mean_seen * mean_known
    contours = claim & (share > KNOWN_SHARE) & (np.maximum(seen_variance, known_variance) > CONTOUR_LEVELS**2)
    rooms = contours & (covariance > SAME_CONTOUR * np.sqrt(seen_variance * known_variance))
    own_px = np.count_nonzero(rooms)
    least = STILL_ROOMS_CONTOURS if before else ROOMS_CONTOURS
    return bool(own_px > max(CONTOUR_AREA * np.count_nonzero(claim), least * np.count_nonzero(contours)))


def is_ghost(item: Image, deviating: Image, small_bgr: Image, expected_bgr: Image, before: bool = False) -> bool:
    """Whether a supposed item is a ghost: the room where something had been that was learned, and has gone.

    Args:
        before: whether it was at the last check; then a larger share of the outline may be the frame's.
    """
    whole = cv2.bitwise_or(deviating, cv2.compare(item, LIKELY, cv2.CMP_GE))
    whole = cv2.morphologyEx(whole, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    whole = component_below(item, cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    outline = cv2.subtract(whole, cv2.erode(whole, np.ones((3, 3), np.uint8)))
    place = np.argwhere(outline[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX]).T + BORDER_PX  # rows, columns
    if place.shape[1] < LEAST_OUTLINE_PX:
        return False
    soft = cv2.GaussianBlur(whole.astype(np.float32), (0, 0), 1.5)
    inward = np.stack([cv2.Sobel(soft, cv2.CV_32F, dx, dy)[*place] for dx, dy in ((0, 1), (1, 0))])
    step = np.rint(ACROSS_PX * inward / np.maximum(np.hypot(*inward), 1e-6)).astype(int)
    seen, known = (
        step_across(cv2.blur(picture, (3, 3)), place + step, place - step) for picture in (small_bgr, expected_bgr)
    )
    return bool(seen < (STILL_GHOST_SHARE if before else GHOST_SHARE) * (seen + known))


def has_moved(item: Image, small_bgr: Image, expected_bgr: Image) -> bool:
    """Whether a supposed item is a part of the learned room that lies a little elsewhere now."""
    x, y, w, h = cv2.boundingRect(item)
    if w * h > MOVED_AREA * item.size:
        return False
    claim = cv2.compare(item[y : y + h, x : x + w], LIKELY, cv2.CMP_GE)
    seen = np.ascontiguousarray(small_bgr[y : y + h, x : x + w])
    wider = cv2.copyMakeBorder(expected_bgr, *(REACH_PX,) * 4, cv2.BORDER_REPLICATE)
    around = wider[y : y + h + 2 * REACH_PX, x : x + w + 2 * REACH_PX]
    _, _, (left, top), _ = cv2.minMaxLoc(cv2.matchTemplate(around, seen, cv2.TM_SQDIFF, mask=claim))
    there = np.ascontiguousarray(around[top : top + h, left : left + w])
    explained = explained_both_ways(seen, there)
    return cv2.countNonZero(cv2.bitwise_and(explained, claim)) > MOVED_SHARE * cv2.countNonZero(claim)


def component_below(item: Image, mask: Image) -> Image:
    """The component of a mask that has most of the item's pixels, 255 there and 0 elsewhere; h x w uint8 all."""
    count, labels = cv2.connectedComponents(mask)
    shared = np.bincount(labels[item >= LIKELY], minlength=count)
    shared[0] = 0  # the background's own label
    return cv2.compare(labels, int(shared.argmax()), cv2.CMP_EQ) if shared.any() else np.zeros_like(mask)


def step_across(picture_bgr: Image, inside: Places, outside: Places) -> int:
    """Sum of the differences between places in pairs, in the channel where each is largest, none above the limit."""
    apart = np.abs(picture_bgr[*inside].astype(np.int16) - picture_bgr[*outside]).max(axis=1)
    return int(np.minimum(apart, DIFFERENCE_LIMIT).sum())


def local_mean(picture: FloatArray) -> FloatArray:
    """The mean of a window around each pixel."""
    return cv2.blur(picture, (CONTOUR_WINDOW_PX, CONTOUR_WINDOW_PX))
