"""The only code that makes the model's input: the garment as Fashion-MNIST would have pictured it.

The data set's own steps (arXiv:1708.07747, section 2): trim the white background, scale the longest edge to
28, sharpen, extend the shorter edge to 28 with the item in the centre, negate, convert to grey. What it pictures is
upright, so before these an item that is held aslant is turned.
"""

from __future__ import annotations

import cv2
import numpy as np

from fashioncam.messages import FloatArray, Image, InputDescription, Segment

from .deskew import upright
from .sharpening import sharpening_kernel

WHITE = 255  # the data set's photographs were taken before a white wall
SHARPEN = sharpening_kernel()


def garment_input(frame_bgr: Image, segment: Segment, description: InputDescription) -> Image:
    """Cut the item out and make the model's input of it.

    Args:
        frame_bgr: H x W x 3 uint8, B G R.
        segment: where the item is in that frame.
        description: size and polarity that the model was trained with.

    Returns:
        size x size uint8; 0 outside the mask. Negated, a dark garment is bright.
    """
    x, y, w, h = segment.box
    grey = cv2.cvtColor(frame_bgr[y : y + h, x : x + w], cv2.COLOR_BGR2GRAY)
    surround = WHITE if description.polarity == "negated" else 0
    grey = np.where(segment.mask > 0, grey, np.uint8(surround))
    mask = segment.mask
    turn, upright_wh = upright(mask)
    if turn[0, 1]:  # not what is upright: 0.4 ms for nothing
        grey = cv2.warpAffine(grey, turn, upright_wh, borderValue=surround)
        mask = cv2.warpAffine(mask, turn, upright_wh)
    width, height = largest_within(upright_wh, (description.size, description.size))
    # Sharpened on the canvas, whose border is the same surround that the data set extends with.
    canvas = np.full((description.size, description.size), surround, np.uint8)
    left, top = (description.size - width) // 2, (description.size - height) // 2
    inside = slice(top, top + height), slice(left, left + width)
    canvas[inside] = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
    canvas = cv2.filter2D(canvas, -1, SHARPEN, borderType=cv2.BORDER_REPLICATE)
    coverage = np.zeros_like(canvas)
    coverage[inside] = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)
    image = WHITE - canvas if description.polarity == "negated" else canvas
    return np.where(coverage > 0, image, np.uint8(0))


def largest_within(size_wh: tuple[int, int], place_wh: tuple[int, int]) -> tuple[int, int]:
    """Width and height of a picture that is made as large as the place allows, in its own shape; at least 1 each."""
    scale = min(place_wh[0] / size_wh[0], place_wh[1] / size_wh[1])
    return max(1, round(scale * size_wh[0])), max(1, round(scale * size_wh[1]))


def box_to_input(segment: Segment, size: int) -> FloatArray:
    """2 x 3: takes a pixel of the segment's box to where it comes to lie in its size x size input."""
    turn, (width, height) = upright(segment.mask)
    side = max(width, height)
    scale = size / side
    matrix = scale * turn
    # Whole coordinates are the centres of pixels, so a picture begins at -0.5.
    matrix[:, 2] += scale * (np.array([side - width, side - height]) / 2 + 0.5) - 0.5
    return matrix
