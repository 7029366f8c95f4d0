"""What garments and other things are drawn with: surfaces, a picture that grows part by part, paths to draw along."""

from __future__ import annotations

import cv2
import numpy as np

from fashioncam.messages import Image

from .cutouts import EDGE_PX, filling_the_square

SIDE = 2 * EDGE_PX  # drawn larger, since parts reach beyond the body, and scaled down
MIDDLE = SIDE // 2
PICTURE_SHARE = 0.25  # of surfaces: a part of a room instead of a pattern


class Drawing:
    """A garment being drawn: 256 x 256 pixels, B, G, R, and what is garment.

    Args:
        rooms: M x H x W x 3 uint8, pictures that its cloth may be printed with.
    """

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        self.rng = rng
        self.mask = np.zeros((SIDE, SIDE), np.uint8)
        cloth = cv2.resize(random_surface(rng, rooms), (SIDE, SIDE)).astype(np.float32)
        # Mostly of one colour: leather, canvas, nylon.
        plain = cloth.mean(axis=(0, 1)) + (cloth - cloth.mean(axis=(0, 1))) * rng.choice((0.1, 0.3, 1))
        self.cloth = plain * rounded_light(rng)
        self.second = self.cloth * rng.choice((1, rng.uniform(0.5, 1.6))) + rng.choice((0, rng.normal(0, 50)))
        self.colour = np.zeros_like(self.cloth)

    def part(self, shape: Image, cloth: np.ndarray, relief: float = 0.3) -> None:
        """A piece of cloth on top of what there is, its edge darker or lighter than its middle."""
        soft = cv2.GaussianBlur(shape, (0, 0), 3)[..., None] / 255.0
        edge = 1 + self.rng.uniform(-relief, relief / 2) * 2 * (1 - soft)
        self.colour = np.where(shape[..., None] > 127, cloth * edge, self.colour)
        self.mask = np.maximum(self.mask, shape)

    def seam(self, points: np.ndarray, width: int) -> None:
        """A zip, a seam or a buckle's edge: a line darker or lighter than the cloth, on the garment alone."""
        line = strip(points, width)[..., None] / 255.0 * (self.mask[..., None] > 127)
        self.colour = self.colour + line * self.rng.uniform(-70, 60)

    def cutout(self) -> Image:
        """128 x 128 x 4 uint8: B, G, R times alpha, alpha; the longest edge fills the square."""
        return filling_the_square(np.clip(self.colour, 0, 255).astype(np.uint8), self.mask)


def rotated(points: np.ndarray, turn: float) -> np.ndarray:
    """Points, K x 2, turned about the origin by an angle in radians."""
    rotation = np.array(((np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))))
    return points @ rotation


def curve(ends: np.ndarray) -> np.ndarray:
    """Through the middle one of three points, 3 x 2 -> K x 2."""
    start, middle, end = ends
    control = 2 * middle - (start + end) / 2
    return bezier(np.array((start, start + (control - start) * 2 / 3, end + (control - end) * 2 / 3, end)))


def bezier(points: np.ndarray) -> np.ndarray:
    """A cubic from the first to the last of four points, 4 x 2 -> 24 x 2."""
    t = np.linspace(0, 1, 24)[:, None]
    weights = np.hstack(((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3))
    return weights @ points


def filled(points: np.ndarray) -> Image:
    """What is inside a polygon around the middle, 256 x 256 uint8."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    return cv2.fillPoly(mask, [(points + MIDDLE).round().astype(np.int32)], 255, cv2.LINE_AA)


def strip(points: np.ndarray, width: int) -> Image:
    """A band along a path, 256 x 256 uint8."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    return cv2.polylines(mask, [(points + MIDDLE).round().astype(np.int32)], False, 255, width, cv2.LINE_AA)


def rounded_light(rng: np.random.Generator) -> np.ndarray:
    """Light on something round: brighter at one place, darker towards the edges; 256 x 256 x 1."""
    rows, columns = (np.mgrid[:SIDE, :SIDE] - MIDDLE) / MIDDLE
    x, y = rng.normal(0, 0.3, 2)
    return (1 + rng.uniform(0, 0.3) - rng.uniform(0, 0.9) * ((rows - y) ** 2 + (columns - x) ** 2))[..., None].clip(0.2)


def random_surface(rng: np.random.Generator, rooms: np.ndarray) -> Image:
    """One colour, a gradient, stripes or checks, or a part of a room: 128 x 128 x 3 uint8."""
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
