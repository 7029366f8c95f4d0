"""Background subtraction: frame + reference -> where the one item is.

In order: compensate the light, measure each pixel's difference in units of its tolerance, threshold with
hysteresis, close gaps, take the component that is largest and most central, fill its holes.
"""

from __future__ import annotations

import cv2
import numpy as np

from fashioncam.messages import FloatArray, Image, Segment

from .reference_background import Reference

LOW, HIGH = 1.6, 3.2  # difference in tolerances: part of an item next to a sure part; surely an item
SEED_PIXELS = 12  # sure pixels that a component needs
AREA_LIMITS = (0.012, 0.70)  # of the picture; less is no item, more is another scene
BURNT_OUT = 245  # grey levels; from here on a channel says no more than "bright"
# A small pixel counts as item even if a tenth of it is, so the mask is half a small pixel too wide on each
# side; after a blur by one small pixel, this level (instead of 127) takes 0.4 of that back.
EDGE_LEVEL = 165
# A shadow darkens a surface and keeps its colour, so a difference of that kind counts for less.
SHADOW_RATIO = (0.5, 1.0)
SHADOW_WEIGHT = 0.12


def difference(small_bgr: Image, reference: Reference) -> FloatArray:
    """How far each pixel is from the reference, in units of its tolerance: h x w float32, from 0."""
    expected = np.minimum(reference.median * light_gain(small_bgr, reference.median), 255)
    change = small_bgr - expected
    # What was burnt out may have been brighter than white: it only has to stay near white.
    change[(reference.median > BURNT_OUT) & (change > 0)] = 0
    energy = np.einsum("hwc,hwc->hw", expected, expected) + 1.0
    along = np.einsum("hwc,hwc->hw", change, expected) / energy  # brightness ratio minus 1
    total = np.einsum("hwc,hwc->hw", change, change)
    brightness_part = np.minimum(along * along * energy, total)
    shadow_like = (along > SHADOW_RATIO[0] - 1) & (along < SHADOW_RATIO[1] - 1)
    weight = np.where(shadow_like, np.float32(1 - SHADOW_WEIGHT**2), np.float32(0))
    distance: FloatArray = np.sqrt(total - weight * brightness_part) / reference.tolerance
    return distance


def light_gain(small_bgr: Image, median: FloatArray) -> FloatArray:
    """How much brighter than the reference the light is, one factor a channel: 3 float32.

    The median ratio is an item's as long as the item covers less than half of the picture, but not
    without bias; a second median over the pixels near the first removes most of it.
    """
    seen = small_bgr[::3, ::3].reshape(-1, 3).astype(np.float32)
    known = median[::3, ::3].reshape(-1, 3)
    usable = ((known > 20) & (known < BURNT_OUT) & (seen > 4) & (seen < BURNT_OUT)).all(axis=1)
    if usable.sum() < 30:  # a black or burnt-out picture says nothing about the light
        return np.ones(3, np.float32)
    ratios = seen[usable] / known[usable]
    gain = np.median(ratios, axis=0)
    near = (np.abs(ratios - gain) < 0.12 * gain).all(axis=1)
    if near.sum() >= 30:
        gain = np.median(ratios[near], axis=0)
    return gain.astype(np.float32)


def item_mask(distance: FloatArray) -> Image | None:
    """The most sensible component as h x w uint8, 255 on the item; None where there is none."""
    low = (distance > LOW).astype(np.uint8)
    low = cv2.medianBlur(low, 3)
    low = cv2.morphologyEx(low, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7)))
    count, labels, stats, centroids = cv2.connectedComponentsWithStats(low, connectivity=8)
    if count < 2:
        return None
    seeds = np.bincount(labels[distance > HIGH], minlength=count)
    area = stats[:, cv2.CC_STAT_AREA] / low.size
    height, width = low.shape
    off_centre = np.hypot(centroids[:, 0] / width - 0.5, centroids[:, 1] / height - 0.5)
    sensible = (seeds >= SEED_PIXELS) & (area >= AREA_LIMITS[0]) & (area <= AREA_LIMITS[1])
    sensible[0] = False  # the background's own label
    if not sensible.any():
        return None
    best = int(np.argmax(np.where(sensible, area * (1.2 - off_centre), -1.0)))
    outlines, _ = cv2.findContours((labels == best).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(np.zeros_like(low), outlines, -1, 255, cv2.FILLED)


def is_another_scene(distance: FloatArray) -> bool:
    """More of the picture differs than an item held up can cover: the light or the camera moved."""
    return float((distance > HIGH).mean()) > AREA_LIMITS[1]


def to_segment(mask: Image, frame_wh: tuple[int, int]) -> Segment | None:
    """A mask at working size -> box in frame pixels, and the mask of that box at full size.

    None for an item that is only a line at working size, such as a cable, and vanishes with the blur.
    """
    scale_x, scale_y = frame_wh[0] / mask.shape[1], frame_wh[1] / mask.shape[0]
    x, y, w, h = cv2.boundingRect(mask)
    left, top = round(x * scale_x), round(y * scale_y)
    right, bottom = round((x + w) * scale_x), round((y + h) * scale_y)
    # Blurred before it is enlarged, or the outline shows the steps of the small picture.
    soft = cv2.GaussianBlur(mask, (5, 5), 1.0)[y : y + h, x : x + w]
    enlarged = cv2.resize(soft, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
    _, full = cv2.threshold(enlarged, EDGE_LEVEL, 255, cv2.THRESH_BINARY)
    x, y, w, h = cv2.boundingRect(full)
    if w == 0:
        return None
    return Segment((left + x, top + y, w, h), full[y : y + h, x : x + w])
