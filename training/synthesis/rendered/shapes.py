"""Signed distances of simple shapes, how they are put together, and noise to make them uneven.

All take points, N x 3 float32, and give N float32, negative inside: iquilezles.org/articles/distfunctions.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

CORNERS = np.indices((2, 2, 2), np.int32).reshape(3, 8).T  # of a cube


def vector(*values: float) -> np.ndarray:
    """A point, or a box's half edges: float32, since float64 is slower."""
    return np.array(values, np.float32)


class Union:
    """Parts put together: each point's distance from the nearest one, and which that is."""

    def __init__(self, distance: np.ndarray, part: int = 0) -> None:
        self.distance = distance
        self.part = np.full(distance.shape, part, np.int8)

    def add(self, distance: np.ndarray, part: int, smooth: float = 0.0) -> None:
        """One part more, its edge rounded over `smooth`."""
        self.part[distance < self.distance] = part
        if smooth:
            self.distance = smooth_union(self.distance, distance, smooth)
        else:
            self.distance = np.minimum(self.distance, distance)


def smooth_union(first: np.ndarray, second: np.ndarray, smooth: float) -> np.ndarray:
    """The lesser distance, less yet where they differ by less than `smooth`: a polynomial smooth minimum."""
    share = (0.5 + 0.5 * (second - first) / smooth).clip(0, 1)
    return second + (first - second) * share - smooth * share * (1 - share)


def rounded_box(points: np.ndarray, half: np.ndarray, radius: float) -> np.ndarray:
    """`half`: 3 float32, to the faces; `radius` of edges and corners, at most the least of these."""
    beyond = np.abs(points) - (half - np.float32(radius))
    return np.linalg.norm(beyond.clip(0), axis=-1) + beyond.max(axis=-1).clip(max=0) - np.float32(radius)


def capsule(
    points: np.ndarray, start: np.ndarray, end: np.ndarray, first: float, last: float | None = None
) -> np.ndarray:
    """A rod with round ends, whose radius goes from `first` to `last`."""
    start, way = start.astype(np.float32), (end - start).astype(np.float32)
    along = ((points - start) @ way / (way @ way)).clip(0, 1)
    radius = first if last is None else first + (last - first) * along
    return np.linalg.norm(points - start - along[:, None] * way, axis=-1) - radius


def ellipsoid(points: np.ndarray, half: np.ndarray) -> np.ndarray:
    """`half`: half its axes, 3 float32; less than the true distance."""
    return (np.linalg.norm(points / half, axis=-1) - 1) * half.min()


def cord(points: np.ndarray, path: np.ndarray, radius: float) -> np.ndarray:
    """A strap, a handle: rods from each of the path's points, K x 3, to the next."""
    return np.min([capsule(points, start, end, radius) for start, end in pairwise(path)], axis=0)


def sparse(path: np.ndarray) -> np.ndarray:
    """Nine of a path's points, the first and the last among them: enough for a `cord`."""
    return path[np.linspace(0, len(path) - 1, 9).round().astype(int)]


def ring(points: np.ndarray, large: float, small: float) -> np.ndarray:
    """A torus around the z axis: radius of the circle, and of the rod bent to it."""
    across = np.sqrt(points[:, 0] ** 2 + points[:, 1] ** 2) - np.float32(large)
    return np.sqrt(across**2 + points[:, 2] ** 2) - np.float32(small)


def rotation(angle: float, axis: int) -> np.ndarray:
    """3 x 3 float32 that turns points, N x 3, from the right: by an angle in radians about x, y or z (0, 1, 2).

    Clockwise about x and z, counterclockwise about y, as seen from the axis's end.
    """
    first, second = (other for other in range(3) if other != axis)
    matrix = np.eye(3, dtype=np.float32)
    matrix[first, first] = matrix[second, second] = np.cos(angle)
    matrix[first, second], matrix[second, first] = -np.sin(angle), np.sin(angle)
    return matrix


def smooth_step(first: float, last: float, values: np.ndarray) -> np.ndarray:
    """0 at `first`, 1 at `last`, level at both ends."""
    share = ((values - np.float32(first)) / np.float32(last - first)).clip(0, 1)
    return share * share * (3 - 2 * share)


class Noise:
    """Value noise: random bumps with a wavelength of about two, about -2..2, the same again every `PERIOD`."""

    PERIOD = 24

    def __init__(self, rng: np.random.Generator) -> None:
        self.values = rng.standard_normal((self.PERIOD,) * 3, dtype=np.float32)

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """N x 3 -> N float32, interpolated between the values at whole numbers."""
        low = np.floor(points)
        share = smooth_step(0, 1, points - low)
        low = low.astype(np.int32)
        total = np.zeros(len(points), np.float32)
        for corner in CORNERS:
            weight = np.where(corner, share, 1 - share).prod(axis=-1)
            x, y, z = ((low + corner) % self.PERIOD).T
            total += weight * self.values[x, y, z]
        return total
