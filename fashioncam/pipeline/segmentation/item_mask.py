"""From likelihoods to the mask and box of the one item.

A `Segmenter` says how likely each pixel is item. The rest is the same for all segmenters: likelihoods are smoothed over
time, the largest and most central component is taken, and its outline is found to a fraction of a pixel.
"""

from __future__ import annotations

import cv2
import numpy as np

from fashioncam.messages import Image, Segment
from fashioncam.pipeline.segmentation.deviation import beyond_shadow, deviating_pixels
from fashioncam.pipeline.segmentation.segmenter import LIKELY, SURE, SURE_PIXELS

# Where it is too dark for a shadow, next to a surer part, a pixel counts so many times as likely: networks doubt black
# parts of an item, such as a toe.
GROWTH = 8
AREA_LIMITS = (0.012, 0.70)  # of the picture
STAY_BONUS = 1.6  # an item in view outweighs a rival by this factor
# A hole up to this share of the item is filled. A larger one is filled only if the background is not seen in it: it is
# seen through the handle of a bag, but not where a hand covers the item.
SMALL_HOLE = 0.04
# Weight of a new frame while the item is held still, so that noise does not move its outline.
STILL_SHARE = 0.12


def away_from(*covered: Image | None) -> Image:
    """255 where all of these masks are 0, with a margin, else 0: h x w uint8; None counts as an empty mask."""
    masks = [mask for mask in covered if mask is not None]
    union = masks[0] if len(masks) == 1 else cv2.bitwise_or(*masks)
    return cv2.compare(cv2.dilate(union, np.ones((9, 9), np.uint8)), 0, cv2.CMP_EQ)


def smoothed_likelihood(before: Image | None, now: Image) -> Image:
    """Likelihoods averaged with those before: strongly while nothing moves, not at all when much does; h x w uint8."""
    if before is None:
        return now
    changed = cv2.countNonZero(cv2.compare(cv2.absdiff(before, now), 100, cv2.CMP_GT))
    outline = np.sqrt(cv2.countNonZero(cv2.compare(now, LIKELY, cv2.CMP_GE)) + 1)
    share = min(1.0, STILL_SHARE + changed / outline)
    return cv2.addWeighted(now, share, before, 1 - share, 0.0)


def found_item(
    likelihood: Image, small_bgr: Image, expected_bgr: Image, tolerance: Image, before: Image | None = None
) -> tuple[Image | None, Image]:
    """The item as `item_mask` returns it, and where the frame deviates from the expected background, h x w uint8.

    Args:
        likelihood: of item, h x w uint8.
        small_bgr, expected_bgr, tolerance: as a `Segmenter` takes them.
        before: the item of the frame before.
    """
    deviating = deviating_pixels(small_bgr, expected_bgr, tolerance)
    return item_mask(likelihood, deviating, before, beyond_shadow(small_bgr, expected_bgr)), deviating


def item_mask(likelihood: Image, deviating: Image, before: Image | None, no_shadow: Image) -> Image | None:
    """The likelihood of the best item alone, 0 elsewhere, h x w uint8; None when there is no item.

    Args:
        likelihood: h x w uint8.
        deviating: where the frame deviates from the expected background, h x w uint8.
        before: the result for the frame before; an item in view is preferred to others.
        no_shadow: where the frame is too dark for a shadow, h x w uint8; there a smaller likelihood is enough.
    """
    grown = cv2.max(likelihood, cv2.bitwise_and(cv2.multiply(likelihood, 1.0, scale=GROWTH), no_shadow))
    likely = cv2.compare(grown, LIKELY, cv2.CMP_GE)
    count, labels, stats, centroids = cv2.connectedComponentsWithStats(likely, connectivity=8, ltype=cv2.CV_16U)
    if count < 2:
        return None
    area = np.bincount(labels[likelihood >= LIKELY], minlength=count) / likely.size
    height, width = likely.shape
    off_centre = np.hypot(centroids[:, 0] / width - 0.5, centroids[:, 1] / height - 0.5)
    whole = stats[:, cv2.CC_STAT_AREA] / likely.size
    score = np.where((area >= AREA_LIMITS[0]) & (whole <= AREA_LIMITS[1]), area * (1.2 - off_centre), 0.0)
    score[0] = 0  # the background's own label
    if before is not None and np.count_nonzero(score) > 1:
        score[np.unique(labels[before >= LIKELY])] *= STAY_BONUS
    for label in np.argsort(-score)[: np.count_nonzero(score)]:
        component = cv2.compare(labels, int(label), cv2.CMP_EQ)
        if cv2.countNonZero(cv2.bitwise_and(component, cv2.compare(likelihood, SURE, cv2.CMP_GE))) >= SURE_PIXELS:
            break
    else:
        return None
    around = cv2.dilate(component, np.ones((3, 3), np.uint8))  # the outline lies between two pixels
    return fill_holes(cv2.bitwise_and(grown, around), component, deviating)


def fill_holes(likelihood: Image, component: Image, deviating: Image) -> Image:
    """Fill, in place, the holes of the component through which the background is not seen.

    The pixels around a hole count as part of it, so slits up to seven pixels wide close.
    """
    outlines, tree = cv2.findContours(component, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    small_px = SMALL_HOLE * cv2.countNonZero(component)
    for outline, (_, _, _, parent) in zip(outlines, tree[0], strict=True):
        if parent < 0:
            continue
        x, y, w, h = cv2.boundingRect(outline)
        hole = np.zeros((h, w), np.uint8)
        cv2.drawContours(hole, [outline], -1, 255, cv2.FILLED, offset=(-x, -y))
        seen = cv2.countNonZero(cv2.bitwise_and(hole, deviating[y : y + h, x : x + w]))
        if cv2.contourArea(outline) <= small_px or 2 * seen > cv2.countNonZero(hole):
            likelihood[y : y + h, x : x + w] = cv2.max(likelihood[y : y + h, x : x + w], hole)
    return likelihood


def to_segment(item: Image, frame_wh: tuple[int, int]) -> Segment | None:
    """An item's likelihood at working size -> its box in frame pixels, and its mask at full size.

    None for an item as thin as a line, such as a cable, which vanishes.
    """
    scale_x, scale_y = frame_wh[0] / item.shape[1], frame_wh[1] / item.shape[0]
    x, y, w, h = cv2.boundingRect(item)
    left, top = round(x * scale_x), round(y * scale_y)
    right, bottom = max(left + 1, round((x + w) * scale_x)), max(top + 1, round((y + h) * scale_y))
    enlarged = cv2.resize(item[y : y + h, x : x + w], (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
    _, full = cv2.threshold(enlarged, LIKELY - 1, 255, cv2.THRESH_BINARY)
    x, y, w, h = cv2.boundingRect(full)
    if w == 0:
        return None
    return Segment((left + x, top + y, w, h), full[y : y + h, x : x + w])


def cut_share(segment: Segment, frame_wh: tuple[int, int]) -> float:
    """Share of the item's width or height that lies on an edge of the picture, which may hide the rest: 0..1."""
    x, y, w, h = segment.box
    width, height = frame_wh
    edges = (
        (x <= 1, segment.mask[:, 0]),
        (x + w >= width - 1, segment.mask[:, -1]),
        (y <= 1, segment.mask[0]),
        (y + h >= height - 1, segment.mask[-1]),
    )
    return max((np.count_nonzero(line) / line.size for touches, line in edges if touches), default=0.0)
