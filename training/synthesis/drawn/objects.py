"""Objects that are no garment, drawn at random, so that the model learns to be unsure of what it does not know."""

from __future__ import annotations

import cv2
import numpy as np

from fashioncam.messages import Image
from training.data.cutouts import EDGE_PX, filling_the_square
from training.synthesis.surfaces import random_surface, rotated

SYMMETRIC_SHARE = 0.5
SLAB_SHARE, VESSEL_SHARE = 0.2, 0.15


def draw_object(rng: np.random.Generator, rooms: np.ndarray) -> Image:
    """A slab, a vessel, or shapes heaped up.

    Args:
        rooms: M x H x W x 3 uint8, pictures to fill shapes with, larger than the result.

    Returns:
        128 x 128 x 4 uint8: B, G, R times alpha, alpha; the longest edge fills the square.
    """
    kind = rng.random()
    if kind < SLAB_SHARE:
        return draw_slab(rng, rooms)
    return draw_vessel(rng, rooms) if kind < SLAB_SHARE + VESSEL_SHARE else draw_heap(rng, rooms)


def draw_slab(rng: np.random.Generator, rooms: np.ndarray) -> Image:
    """Four corners, seen a little from the side: printed, packed or with a screen. Lines of text, a frame."""
    size = EDGE_PX / 2 * np.array((rng.uniform(0.35, 1), 1)) * 0.8
    corners = np.array(((-1, -1), (1, -1), (1, 1), (-1, 1))) * size + rng.normal(0, 4, (4, 2))
    turn = rng.choice((0, np.pi / 2)) + rng.normal(0, 0.15)
    outline = (rotated(corners, turn) + EDGE_PX / 2).round().astype(np.int32)
    mask = cv2.fillPoly(np.zeros((EDGE_PX, EDGE_PX), np.uint8), [outline], 255, cv2.LINE_AA)
    colour = random_surface(rng, rooms).copy()
    if rng.random() < 0.5:
        inner = (rotated(corners * rng.uniform(0.6, 0.95), turn) + EDGE_PX / 2).round().astype(np.int32)
        inside = cv2.fillPoly(np.zeros_like(mask), [inner], 255, cv2.LINE_AA)
        colour = np.where(inside[..., None] > 0, random_surface(rng, rooms), colour)
    ink = rng.uniform(0, 255, 3).tolist()
    for row in np.arange(-0.8, 0.8, rng.uniform(0.08, 0.4))[: rng.integers(0, 16)]:
        ends = rotated(np.array(((-0.7, row), (rng.uniform(0.2, 0.75), row))) * size, turn) + EDGE_PX / 2
        start, end = ends.round().astype(int).tolist()
        cv2.line(colour, start, end, ink, int(rng.integers(1, 6)), cv2.LINE_AA)
    return filling_the_square(colour, mask)


def draw_vessel(rng: np.random.Generator, rooms: np.ndarray) -> Image:
    """A silhouette that is its own mirror image, round and lit from one side, often with a handle."""
    levels = np.linspace(-1, 1, 40)
    knots = np.linspace(-1, 1, rng.integers(2, 6))
    half_w = np.interp(levels, knots, rng.uniform(0.15, 0.75) * rng.uniform(0.4, 1.2, len(knots))).clip(0.06)
    points = np.concatenate((np.stack((half_w, levels), 1), np.stack((-half_w, levels), 1)[::-1]))
    outline = (points * EDGE_PX * 0.4 + EDGE_PX / 2).round().astype(np.int32)
    mask = cv2.fillPoly(np.zeros((EDGE_PX, EDGE_PX), np.uint8), [outline], 255, cv2.LINE_AA)
    if rng.random() < 0.5:
        at = EDGE_PX / 2 + EDGE_PX * 0.4 * half_w[20] * rng.choice((-1, 1)), EDGE_PX / 2 + rng.normal(0, 10)
        axes = int(EDGE_PX * rng.uniform(0.1, 0.22)), int(EDGE_PX * rng.uniform(0.12, 0.25))
        centre = int(at[0]), int(at[1])
        cv2.ellipse(mask, centre, axes, 0, 0, 360, 255, int(rng.integers(4, 12)), cv2.LINE_AA)
    colour = random_surface(rng, rooms).astype(np.float32)
    if rng.random() < 0.5:
        band = np.abs(np.arange(EDGE_PX) / EDGE_PX - rng.uniform(0.3, 0.7)) < rng.uniform(0.05, 0.2)
        colour[band] = random_surface(rng, rooms)[band]
    across = np.linspace(-1, 1, EDGE_PX)[None, :, None]
    shade = 1 - rng.uniform(0, 0.8) * (across - rng.uniform(-0.5, 0.5)) ** 2
    return filling_the_square(np.clip(colour * shade, 0, 255).astype(np.uint8), mask)


def draw_heap(rng: np.random.Generator, rooms: np.ndarray) -> Image:
    """Up to six shapes that touch, each with a colour, a pattern or a picture of its own."""
    mask = np.zeros((EDGE_PX, EDGE_PX), np.uint8)
    colour = np.zeros((EDGE_PX, EDGE_PX, 3), np.uint8)
    centre = np.array((EDGE_PX / 2, EDGE_PX / 2))
    symmetric = rng.random() < SYMMETRIC_SHARE
    for _ in range(rng.integers(1, 7)):
        shape = np.zeros_like(mask)
        draw_shape(shape, centre, rng)
        if symmetric:
            shape = np.maximum(shape, shape[:, ::-1])
        colour = np.where(shape[..., None] > 0, random_surface(rng, rooms), colour)
        mask = np.maximum(mask, shape)
        rows, columns = np.nonzero(mask)
        at = rng.integers(len(rows))  # the next shape begins somewhere on what there is
        centre = np.array((columns[at], rows[at]), float)
    return filling_the_square(colour, mask)


def draw_shape(mask: Image, centre: np.ndarray, rng: np.random.Generator) -> None:
    """An ellipse, a ring, a box, a polygon, a blob or a curved band on `mask`, in place."""
    width, height = EDGE_PX * rng.uniform(0.06, 0.42, 2)
    place = tuple(int(value) for value in centre)
    angle = float(rng.choice((0, 90, rng.uniform(0, 180))))
    kind = rng.integers(6)
    if kind < 2:
        line = cv2.FILLED if kind == 0 else int(rng.integers(3, 14))
        cv2.ellipse(mask, place, (int(width) + 2, int(height) + 2), angle, 0, 360, 255, line, cv2.LINE_AA)
    elif kind == 2:
        corners = cv2.boxPoints((place, (2 * width, 2 * height), angle))
        cv2.fillPoly(mask, [corners.astype(np.int32)], 255, cv2.LINE_AA)
    elif kind < 5:
        count = int(rng.integers(3, 9) if kind == 3 else 24)
        turns = np.linspace(0, 2 * np.pi, count, endpoint=False) + rng.uniform(0, 6.28)
        reach = 1 + (0 if kind == 3 else 0.25) * np.sin(turns * rng.integers(2, 6) + rng.uniform(0, 6.28))
        points = centre + np.stack((np.cos(turns) * width * reach, np.sin(turns) * height * reach), axis=1)
        cv2.fillPoly(mask, [points.astype(np.int32)], 255, cv2.LINE_AA)
    else:
        steps = np.cumsum(rng.normal(0, 0.25, 12)) + rng.uniform(0, 6.28)
        path = centre + np.cumsum(np.stack((np.cos(steps), np.sin(steps)), axis=1) * width / 4, axis=0)
        cv2.polylines(mask, [path.astype(np.int32)], False, 255, int(rng.integers(4, 18)), cv2.LINE_AA)
