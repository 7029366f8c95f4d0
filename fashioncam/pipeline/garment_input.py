"""The only code that makes the model's input: the garment as Fashion-MNIST would have pictured it.

Fashion-MNIST's own steps (arXiv:1708.07747, section 2): trim the white background, scale the longest edge to 28,
sharpen, centre on a 28x28 canvas, negate, convert to grey. Its garments are upright, so a tilted one is deskewed first.
"""

from __future__ import annotations

import cv2
import numpy as np

from fashioncam.messages import FloatArray, Image, InputDescription, Segment

from .deskew import deskew

WHITE = 255  # the data set's photographs have a white background


def sharpening_kernel() -> FloatArray:
    """ImageMagick's sharpen operator with radius 1 and sigma 1 (arXiv:1708.07747, section 2): 3 x 3, sum 1.

    A negated 3x3 Gaussian whose centre is twice the Gaussian's sum.
    """
    side = np.exp(-0.5 * np.array((-1.0, 0.0, 1.0)) ** 2)
    kernel = -np.outer(side, side)
    kernel[1, 1] = 2 * -kernel.sum()
    return (kernel / kernel.sum()).astype(np.float32)


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
    matrix, deskewed_wh = deskew(mask)
    if matrix[0, 1]:  # tilted; for the others the warp would cost 0.4 ms and change nothing
        grey = cv2.warpAffine(grey, matrix, deskewed_wh, borderValue=surround)
        mask = cv2.warpAffine(mask, matrix, deskewed_wh)
    width, height = largest_within(deskewed_wh, (description.size, description.size))
    # Sharpened on the canvas, as the data set was.
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
    """Width and height of a picture scaled to fit a place, with its aspect ratio kept; at least 1 each."""
    scale = min(place_wh[0] / size_wh[0], place_wh[1] / size_wh[1])
    return max(1, round(scale * size_wh[0])), max(1, round(scale * size_wh[1]))


def box_to_input(segment: Segment, size: int) -> FloatArray:
    """2 x 3 float32: maps a pixel of the segment's box to its place in the size x size input."""
    matrix, (width, height) = deskew(segment.mask)
    side = max(width, height)
    scale = size / side
    matrix = scale * matrix
    # Whole coordinates are the centres of pixels, so a picture begins at -0.5.
    matrix[:, 2] += scale * (np.array([side - width, side - height]) / 2 + 0.5) - 0.5
    return matrix
