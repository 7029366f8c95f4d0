"""Photographs of garments as tests draw them, B G R."""

import cv2
import numpy as np


def shirt_photograph(colour=(170, 60, 30), size_wh=(90, 120), seed=0):
    """A shirt in B, G, R before a noisy wall, h x w x 3 uint8, and where it is, h x w bool."""
    width, height = size_wh
    outline = np.array(
        [(35, 20), (65, 20), (90, 45), (80, 58), (70, 50), (70, 85), (30, 85), (30, 50), (20, 58), (10, 45)]
    )
    shirt = cv2.fillPoly(np.zeros((height, width), np.uint8), [(outline * (width, height) / 100).astype(np.int32)], 1)
    picture = np.where(shirt[..., None] > 0, colour, (190, 200, 205))
    noise = np.random.default_rng(seed).normal(0, 5, picture.shape)
    return (picture + noise).clip(0, 255).astype(np.uint8), shirt > 0


def wall():
    return np.random.default_rng(0).normal(180, 5, (120, 90, 3)).astype(np.uint8)
