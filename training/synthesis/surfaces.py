"""What drawn and rendered pictures share: surfaces, and paths to draw along."""

from __future__ import annotations

import numpy as np

from fashioncam.messages import Image
from training.data.cutouts import EDGE_PX

PICTURE_SHARE = 0.25  # of surfaces: a part of a room instead of a pattern


def rotated(points: np.ndarray, turn: float) -> np.ndarray:
    """Points, K x 2, turned about the origin by an angle in radians."""
    rotation = np.array(((np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))))
    return points @ rotation


def curve(ends: np.ndarray) -> np.ndarray:
    """Through the middle one of three points, 3 x D -> 24 x D."""
    start, middle, end = ends
    control = 2 * middle - (start + end) / 2
    return bezier(np.array((start, start + (control - start) * 2 / 3, end + (control - end) * 2 / 3, end)))


def bezier(points: np.ndarray) -> np.ndarray:
    """A cubic from the first to the last of four points, 4 x D -> 24 x D."""
    t = np.linspace(0, 1, 24)[:, None]
    weights = np.hstack(((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3))
    return weights @ points


def random_surface(rng: np.random.Generator, rooms: np.ndarray) -> Image:
    """One colour, a gradient, stripes or checks, or a part of a room: 128 x 128 x 3 uint8.

    Args:
        rooms: M x H x W x 3 uint8, larger than the result.
    """
    if rng.random() < PICTURE_SHARE:
        room = rooms[rng.integers(len(rooms))]
        top, left = (rng.integers(0, edge - EDGE_PX + 1) for edge in room.shape[:2])
        return room[top : top + EDGE_PX, left : left + EDGE_PX]
    rows, columns = np.mgrid[:EDGE_PX, :EDGE_PX] / EDGE_PX
    angle, frequency = rng.uniform(0, 3.14), rng.uniform(1, 60)
    along = columns * np.cos(angle) + rows * np.sin(angle)
    across = rows * np.cos(angle) - columns * np.sin(angle)
    stripes = np.sin(along * frequency + rng.uniform(0, 6.28))
    if rng.random() < 0.3:
        stripes = stripes * np.sign(np.sin(across * frequency))
    pattern = np.clip(stripes * rng.uniform(0.5, 5), -1, 1) * rng.choice((0, rng.uniform(0, 90)))
    base, tint = rng.uniform(5, 250), rng.normal(0, 30, 3)
    return np.clip(base + tint + pattern[..., None] * rng.uniform(0.6, 1.4, 3), 0, 255).astype(np.uint8)
