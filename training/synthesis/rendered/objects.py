"""Objects that are no garment, rendered: not everything that looks solid is a shoe or a bag."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from fashioncam.messages import Image

from .renderer import Cloth, Viewpoint, painted, render
from .shapes import Noise, Union, capsule, ellipsoid, ring, rotation, rounded_box, vector

VESSEL_SHARE = 0.35
MOST_PARTS = 6


def render_object(rng: np.random.Generator, rooms: np.ndarray) -> Image:
    """A vessel, or simple solids heaped up, as `renderer.render`; `rooms` as `random_surface`."""
    if rng.random() < VESSEL_SHARE:
        view = Viewpoint(rng.uniform(-0.1, 0.8), rng.uniform(-1.5, 1.5), rng.normal(0, 0.3))
        return render(Vessel(rng, rooms), view, rng)
    view = Viewpoint(rng.uniform(-0.5, 1.5), rng.uniform(-np.pi, np.pi), rng.uniform(-np.pi, np.pi))
    return render(Heap(rng, rooms), view, rng)


class SolidObject(ABC):
    """Parts with a cloth each, a little uneven."""

    middle = (0.0, 0.0, 0.0)
    span = 2.6

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray, parts: int) -> None:
        self.gloss = float(rng.choice((0, rng.uniform(0, 1))))
        self.cloths = [Cloth(rng, rooms) for _ in range(parts)]
        self.noise, self.grain = Noise(rng), rng.uniform(3, 30)
        self.rough = rng.uniform(0, 0.004) * (rng.random() < 0.4)

    @abstractmethod
    def parts(self, points: np.ndarray) -> Union:
        """The parts, whole and even."""

    def surface(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `renderer.Body`."""
        thing = self.parts(points)
        return thing.distance + self.rough * self.noise(points * self.grain), thing.part

    def colours(self, points: np.ndarray, part: np.ndarray, normals: np.ndarray) -> np.ndarray:
        """As `renderer.Body`."""
        colours = self.cloths[0].at(points)
        for number, cloth in enumerate(self.cloths[1:], 1):
            colours = painted(colours, part == number, cloth.at(points))
        return colours


class Vessel(SolidObject):
    """A body of revolution, often hollow, with a handle, or with a band around it."""

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        super().__init__(rng, rooms, 3)
        self.half_h = rng.uniform(0.3, 0.7)
        self.levels = np.linspace(-1, 1, rng.integers(2, 6)) * self.half_h
        self.radii = rng.uniform(0.1, 0.5) * rng.uniform(0.5, 1.3, len(self.levels))
        self.is_hollow, self.has_handle, self.has_band = rng.random(3) < (0.6, 0.4, 0.5)
        self.handle = rng.uniform(0.12, 0.3), rng.uniform(0.02, 0.05)
        self.band_from, self.band_to = np.sort(rng.uniform(-1, 1, 2)) * self.half_h

    def parts(self, points: np.ndarray) -> Union:
        x, y, z = points.T
        radius = np.interp(y, self.levels, self.radii).astype(np.float32)
        across = np.sqrt(x * x + z * z) - radius
        body = 0.6 * np.maximum(across, np.abs(y) - self.half_h)
        if self.is_hollow:
            body = np.maximum(body, -0.6 * np.maximum(across + 0.04, -0.8 * self.half_h - y))
        thing = Union(body)
        thing.part[(y > self.band_from) & (y < self.band_to)] = int(self.has_band)
        if self.has_handle:
            place = vector(self.radii.mean(), 0, 0)
            outside = np.maximum(ring(points - place, *self.handle), -0.6 * (across + 0.02))
            thing.add(outside, 2)
        return thing


class Heap(SolidObject):
    """Boxes, ellipsoids, rods and rings near each other, each turned at random; half of them symmetric."""

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        count = int(rng.integers(1, MOST_PARTS + 1))
        super().__init__(rng, rooms, count)
        self.is_symmetric = rng.random() < 0.5
        self.smooth = rng.uniform(0.01, 0.1) * (rng.random() < 0.5)
        at, self.solids = np.zeros(3), []
        for _ in range(count):
            turn = rotation(rng.uniform(-3, 3), 0) @ rotation(rng.uniform(-3, 3), 1) @ rotation(rng.uniform(-3, 3), 2)
            self.solids.append((int(rng.integers(4)), vector(*at), turn, vector(*rng.uniform(0.05, 0.4, 3))))
            at = (at + rng.normal(0, 0.25, 3)).clip(-0.5, 0.5)

    def parts(self, points: np.ndarray) -> Union:
        if self.is_symmetric:
            points = np.abs(points) * vector(1, 0, 0) + points * vector(0, 1, 1)
        thing = Union(np.full(len(points), 9, np.float32))
        for number, (kind, at, turn, size) in enumerate(self.solids):
            thing.add(0.8 * solid(kind, (points - at) @ turn, size), number, self.smooth)
        return thing


def solid(kind: int, points: np.ndarray, size: np.ndarray) -> np.ndarray:
    """The distance from a box, an ellipsoid, a rod or a ring (0 to 3); `size` is 3 float32."""
    if kind == 0:
        return rounded_box(points, size, float(0.3 * size.min()))
    if kind == 1:
        return ellipsoid(points, size)
    if kind == 2:
        end = vector(0, size.max(), 0)
        return capsule(points, -end, end, float(0.5 * size.min()))
    return ring(points, float(size.max()), float(0.4 * size.min()))
