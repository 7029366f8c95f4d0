"""How far each pixel is from the expected background."""

from __future__ import annotations

import cv2

from fashioncam.messages import Image
from fashioncam.pipeline.scene.background_model import BURNT_OUT

# The network doubts parts of an item that are plainly no room, such as a black toe. What is darker than half of the
# room is no shadow: next to a surer part it counts GROWTH times as likely. Alone it makes no item: then a quarter more
# people and things were claimed with a former network.
DARKER = 0.5


def deviating_pixels(small_bgr: Image, expected_bgr: Image, tolerance: Image) -> Image:
    """Where the frame is not the expected background: h x w uint8, 255 there and 0 elsewhere."""
    return cv2.compare(deviation(small_bgr, expected_bgr), cv2.add(tolerance, tolerance), cv2.CMP_GT)


def deviation(small_bgr: Image, expected_bgr: Image) -> Image:
    """How far each pixel is from the expected background in the channel where it is farthest, grey levels: h x w."""
    # What is burnt out may be brighter than white: it only has to stay near white.
    change = cv2.absdiff(cv2.min(small_bgr, (BURNT_OUT,) * 4), cv2.min(expected_bgr, (BURNT_OUT,) * 4))
    return largest_channel(change)


def beyond_shadow(small_bgr: Image, expected_bgr: Image) -> Image:
    """Where the frame is too dark for a shadow: h x w uint8, 255 there and 0 elsewhere."""
    too_dark = cv2.subtract(cv2.multiply(expected_bgr, (DARKER,) * 4), small_bgr)
    return cv2.compare(largest_channel(too_dark), 0, cv2.CMP_GT)


def largest_channel(picture: Image) -> Image:
    """h x w x 3 -> h x w, of each pixel the largest value."""
    blue, green, red = cv2.split(picture)
    return cv2.max(cv2.max(blue, green), red)
