"""How far each pixel is from the expected background."""

from __future__ import annotations

import cv2

from fashioncam.messages import Image

BURNT_OUT = 245  # grey level; above it a channel is saturated
DARKER = 0.5  # what is darker than this share of the background is no shadow


def deviating_pixels(small_bgr: Image, expected_bgr: Image, tolerance: Image) -> Image:
    """Where the frame is not the expected background: h x w uint8, 255 there and 0 elsewhere."""
    return cv2.compare(deviation(small_bgr, expected_bgr), cv2.add(tolerance, tolerance), cv2.CMP_GT)


def deviation(small_bgr: Image, expected_bgr: Image) -> Image:
    """Largest difference of the three channels to the expected background, grey levels: h x w uint8."""
    # A burnt-out pixel may be brighter than white: it only has to stay near white.
    change = cv2.absdiff(cv2.min(small_bgr, (BURNT_OUT,) * 4), cv2.min(expected_bgr, (BURNT_OUT,) * 4))
    return largest_channel(change)


def beyond_shadow(small_bgr: Image, expected_bgr: Image) -> Image:
    """Where the frame is too dark for a shadow: h x w uint8, 255 there and 0 elsewhere."""
    too_dark = cv2.subtract(cv2.multiply(expected_bgr, (DARKER,) * 4), small_bgr)
    return cv2.compare(largest_channel(too_dark), 0, cv2.CMP_GT)


def largest_channel(picture: Image) -> Image:
    """The largest of the three channels: h x w x 3 uint8 -> h x w uint8."""
    blue, green, red = cv2.split(picture)
    return cv2.max(cv2.max(blue, green), red)
