"""Short films for tests: the room in dim light, what happens in it, and what is said of it."""

from __future__ import annotations

import cv2
import numpy as np
from scenes import FPS, SIZE_WH, hold_up, room, seen_by_camera

BOX = (220, 100, 200, 240)
WIDTH, HEIGHT = SIZE_WH
SECOND = int(FPS)
ROWS, COLUMNS = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
LAMP_RIGHT = 1 + 1 / (1 + np.exp((0.55 * WIDTH - COLUMNS) / 20))


def dim(gain=0.75):
    """The room in light that leaves room for more."""
    return np.clip(room() * gain, 0, 255).astype(np.uint8)


def film(images, sigma=3.0):
    return [seen_by_camera(image, 100 + index, sigma) for index, image in enumerate(images)]


def states(readings):
    return [reading.state for reading in readings]


def moved(image, dx, dy):
    return cv2.warpAffine(image, np.float32([[1, 0, dx], [0, 1, dy]]), SIZE_WH, borderMode=cv2.BORDER_REPLICATE)


def patterned(image, box, seed=0):
    """A T-shirt of the wall's own brightness with a print that the wall has not."""
    x, y, w, h = box
    print_ = np.random.default_rng(seed).normal(0, 40, (h // 12, w // 12, 1)).repeat(3, axis=2)
    shirt = image[y : y + h, x : x + w].mean(axis=(0, 1)) + cv2.resize(print_, (w, h))
    outline = hold_up(np.zeros_like(image), box, (255, 255, 255))[..., :1] > 0
    full = image.astype(np.float64)
    full[y : y + h, x : x + w] = shirt
    return np.where(outline, np.clip(full, 0, 255), image).astype(np.uint8)
