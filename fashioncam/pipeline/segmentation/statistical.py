"""Background subtraction by each pixel's own statistics; nothing is learned."""

from __future__ import annotations

import cv2
import numpy as np

from fashioncam.messages import FloatArray, Image

from .deviation import BURNT_OUT
from .segmenter import LIKELY, SURE_PIXELS


class StatisticalSegmenter:
    """Each pixel's difference in units of its tolerance, thresholds with hysteresis, gaps closed."""

    # Hysteresis, in tolerances: LOW is item next to a part of at least HIGH.
    LOW, HIGH = 1.6, 3.2
    # A shadow darkens a surface and keeps its colour: such a difference counts less.
    SHADOW_RATIO = (0.5, 1.0)
    SHADOW_WEIGHT = 0.12
    # A pixel at working size counts as item even if a tenth of it is. A level above 127 makes the mask smaller again.
    EDGE_LEVEL = 146

    def likelihood(self, small_bgr: Image, expected_bgr: Image, tolerance: Image) -> Image:
        distance = self.difference(small_bgr, expected_bgr.astype(np.float32)) / tolerance
        low = cv2.medianBlur((distance > self.LOW).astype(np.uint8), 3)
        low = cv2.morphologyEx(low, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7)))
        count, labels = cv2.connectedComponents(low, connectivity=8)
        seeds = np.bincount(labels[distance > self.HIGH], minlength=count)
        seeds[0] = 0  # the background's own label
        mask = np.where(seeds >= SURE_PIXELS, np.uint8(255), np.uint8(0))[labels]
        soft = cv2.GaussianBlur(mask, (5, 5), 1.0)
        return cv2.multiply(soft, 1.0, scale=LIKELY / self.EDGE_LEVEL)

    def difference(self, small_bgr: Image, expected: FloatArray) -> FloatArray:
        """Distance to the expected background, grey levels, shadows discounted: h x w float32, not negative."""
        change = small_bgr - expected
        # A burnt-out pixel may have been brighter than white: it only has to stay near white.
        change[(expected > BURNT_OUT) & (change > 0)] = 0
        energy = np.einsum("hwc,hwc->hw", expected, expected) + 1.0
        along = np.einsum("hwc,hwc->hw", change, expected) / energy  # brightness ratio minus 1
        total = np.einsum("hwc,hwc->hw", change, change)
        brightness_part = np.minimum(along * along * energy, total)
        shadow_like = (along > self.SHADOW_RATIO[0] - 1) & (along < self.SHADOW_RATIO[1] - 1)
        weight = np.where(shadow_like, np.float32(1 - self.SHADOW_WEIGHT**2), np.float32(0))
        return np.sqrt(total - weight * brightness_part)
