"""Turns a tilted garment upright by its axis of symmetry, since Fashion-MNIST shows every garment upright.

Clothes are nearly symmetric, so the axis of the mask tells the tilt. Shoes have no axis and stay as they are held.
"""

from __future__ import annotations

import cv2
import numpy as np

from fashioncam.messages import FloatArray, Image

DIRECTIONS, RADII = 288, 32
MIN_SYMMETRY = 0.85  # IoU of a mask with its mirror image; lower values turn shoes too
MAX_TILT_DEGREES = 30
COST_PER_DEGREE = 0.001  # in symmetry: a square or round bag has many axes and stays as it is held


def deskew(mask: Image) -> tuple[FloatArray, tuple[int, int]]:
    """The rotation by the smallest angle that makes an item most symmetric.

    Args:
        mask: h x w uint8, 255 on the item, which reaches all four edges.

    Returns:
        A 2 x 3 float32 matrix that maps a pixel of the mask to the deskewed picture, and that picture's width and
        height; the item fills it. The identity when the item has no axis of symmetry.
    """
    height, width = mask.shape
    degrees = tilt_degrees(mask)
    if degrees == 0:
        return np.eye(2, 3, dtype=np.float32), (width, height)
    matrix = cv2.getRotationMatrix2D((0, 0), degrees, 1)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    turned = cv2.transform(np.concatenate(outlines).astype(np.float32), matrix)
    left, top, width, height = cv2.boundingRect(turned)
    matrix[:, 2] = -left, -top
    return matrix.astype(np.float32), (width, height)


def tilt_degrees(mask: Image) -> float:
    """How far an item leans to the right, in degrees; 0 when it has no axis of symmetry through its centre.

    In polar coordinates about the centre, mirroring at an axis reverses the directions about twice the axis's angle. So
    the overlap of a mask with its mirror image is the circular convolution of its directions with themselves, for all
    axes at once.
    """
    moments = cv2.moments(mask, binaryImage=True)
    centre = moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
    height, width = mask.shape
    radius = max(np.hypot(x - centre[0], y - centre[1]) for x in (0, width) for y in (0, height))
    flags = cv2.INTER_LINEAR | cv2.WARP_FILL_OUTLIERS
    polar = cv2.warpPolar(mask, (RADII, DIRECTIONS), centre, radius, flags).astype(np.float32) / 255
    spectrum = np.fft.rfft(polar, axis=0)
    area = np.arange(RADII) + 0.5
    overlap = np.fft.irfft(spectrum**2, DIRECTIONS, axis=0) @ area
    iou = overlap / (2 * polar.sum(axis=0) @ area - overlap + 1e-6)  # a thin ring may lie between the radii
    # An upright axis is at a quarter of the directions, and axes are half a direction apart.
    most = MAX_TILT_DEGREES * DIRECTIONS // 180
    steps = np.arange(-most, most + 1)
    degrees = steps * 180 / DIRECTIONS
    symmetry = iou[DIRECTIONS // 2 + steps]
    best = (symmetry - COST_PER_DEGREE * np.abs(degrees)).argmax()
    return float(degrees[best]) if symmetry[best] >= MIN_SYMMETRY else 0.0
