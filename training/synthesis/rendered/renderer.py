"""Things rendered in 3D: bodies given by signed distances, sphere traced and lit.

A drawing shows one side. Bags and shoes are held up in every direction, and photographs of them are few.
A body is a function from points to their distance from its surface, negative inside; parts are united, cut and bent as
functions are. Distances may be too small, then tracing takes longer, but not too large: a factor below 1 before one
makes up for points that were bent or stretched.
Sphere tracing: J. C. Hart, The Visual Computer 12, 1996. The shapes' distances: `shapes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from fashioncam.messages import Image
from training.data.cutouts import EDGE_PX, filling_the_square
from training.synthesis.surfaces import random_surface

from .shapes import vector

SIDE_PX = 112  # that are traced, each way; what is seen is then scaled to a cutout's size
# In the bodies' own unit; most of them are about one high.
FAR = 4.5  # from the eye to the body's middle
STEPS = 70
NEAR = 0.0025  # such a distance is a hit
GAP = 0.006  # between points whose distances tell the normal
OCCLUSION_AT = 0.03, 0.08, 0.16  # distances from the surface at which ambient occlusion is measured


class Body(Protocol):
    """What can be rendered. Points are N x 3 float32: x to the right, y up, z towards who looks from the front.

    Attributes:
        middle: what the eye looks at.
        span: the edge of the square around it that is seen, and half of what is looked through before and behind it.
        gloss: how much of the light is mirrored, 0..1.
    """

    middle: tuple[float, float, float]
    span: float
    gloss: float

    def surface(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Each point's distance from the surface, and which part is nearest: N float32, N int8."""
        ...

    def colours(self, points: np.ndarray, part: np.ndarray, normals: np.ndarray) -> np.ndarray:
        """B, G, R of points on the surface, N x 3 in 0..255."""
        ...


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Where it is seen from, in radians: 0 is the front; `elevation` towards the top, `azimuth` to its left."""

    elevation: float
    azimuth: float
    roll: float


def render(body: Body, view: Viewpoint, rng: np.random.Generator) -> Image:
    """128 x 128 x 4 uint8: B, G, R times alpha, alpha; the longest edge fills the square. The light is random."""
    right, up, back = axes(view)
    eye = vector(*body.middle) + FAR * back
    places = (np.arange(SIDE_PX, dtype=np.float32) + 0.5) / SIDE_PX * 2 - 1
    x, y = np.meshgrid(places, -places)
    rays = (x[..., None] * right + y[..., None] * up) * (body.span / 2) - FAR * back
    rays = (rays / np.linalg.norm(rays, axis=-1, keepdims=True)).reshape(-1, 3)
    hit, points = trace(body, eye, rays)
    colour, mask = np.zeros((SIDE_PX**2, 3), np.uint8), np.zeros(SIDE_PX**2, np.uint8)
    colour[hit], mask[hit] = lit(body, points, (right, up, back), rng).clip(0, 255), 255
    square = SIDE_PX, SIDE_PX
    return filling_the_square(colour.reshape(*square, 3), without_specks(mask.reshape(square)))


def lit(
    body: Body, points: np.ndarray, view_axes: tuple[np.ndarray, np.ndarray, np.ndarray], rng: np.random.Generator
) -> np.ndarray:
    """B, G, R of points on the surface, N x 3, in a random light from the viewer's side (Blinn-Phong)."""
    right, up, back = view_axes
    normals, part = normals_of(body, points), body.surface(points)[1]
    occlusion = np.prod([ambient_occlusion(body, points, normals, reach) for reach in OCCLUSION_AT], axis=0)
    light = back * rng.uniform(0.2, 1) + up * rng.uniform(-0.2, 1.2) + right * rng.normal(0, 0.7)
    light = light / np.linalg.norm(light)
    halfway = (light + back) / np.linalg.norm(light + back)
    ambient = rng.uniform(0.25, 0.7)
    diffuse = ambient + (1.1 - ambient) * (normals @ light).clip(0)
    specular = (normals @ halfway).clip(0) ** rng.uniform(8, 40) * (200 * body.gloss)
    shade = diffuse * occlusion ** rng.uniform(0.5, 1)
    return body.colours(points, part, normals) * shade[:, None] + specular[:, None]


def axes(view: Viewpoint) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit vectors to the picture's right, its top, and the eye, 3 float32 each."""
    back = np.array(
        (
            np.cos(view.elevation) * np.sin(view.azimuth),
            np.sin(view.elevation),
            np.cos(view.elevation) * np.cos(view.azimuth),
        )
    )
    level = np.array((np.cos(view.azimuth), 0, -np.sin(view.azimuth)))
    vertical = np.cross(back, level)
    right = np.cos(view.roll) * level + np.sin(view.roll) * vertical
    up = np.cos(view.roll) * vertical - np.sin(view.roll) * level
    return right.astype(np.float32), up.astype(np.float32), back.astype(np.float32)


def trace(body: Body, eye: np.ndarray, rays: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of the rays, R x 3 float32 of unit length, meet the body, as indices; and where, N x 3 float32."""
    along = np.full(len(rays), FAR - body.span, np.float32)
    going, hits = np.arange(len(rays)), []
    for _ in range(STEPS):
        distance, _ = body.surface(eye + rays[going] * along[going, None])
        along[going] += distance
        met = np.abs(distance) < NEAR
        hits.append(going[met])
        going = going[~met & (along[going] < FAR + body.span)]
        if not len(going):
            break
    hit = np.concatenate(hits)
    return hit, eye + rays[hit] * along[hit, None]


def normals_of(body: Body, points: np.ndarray) -> np.ndarray:
    """Unit vectors away from the surface, N x 3 float32, by the differences along a tetrahedron's corners."""
    corners = np.array(((1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1)), np.float32)
    slope = np.sum([corner * body.surface(points + GAP * corner)[0][:, None] for corner in corners], axis=0)
    return slope / np.linalg.norm(slope, axis=-1, keepdims=True).clip(1e-9)


def ambient_occlusion(body: Body, points: np.ndarray, normals: np.ndarray, reach: float) -> np.ndarray:
    """The share of light from all around that comes to points, N in 0.2..1.

    Less where the body is nearer than 0.6 of `reach` to what lies so far above the point: in creases, under straps.
    """
    return (0.35 + 0.65 * body.surface(points + normals * reach)[0] / (0.6 * reach)).clip(0.2, 1)


def without_specks(mask: Image) -> Image:
    """A mask without the specks that rays leave which graze a thin edge."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 3:
        return mask
    areas = stats[1:, cv2.CC_STAT_AREA]
    large = 1 + np.flatnonzero(areas > 0.05 * areas.max())  # both of a pair of shoes
    return np.where(np.isin(labels, large), mask, 0)


class Cloth:
    """A colour or a pattern to cover a body with, as `random_surface` draws it; often dark, or nearly white."""

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        surface = random_surface(rng, rooms).astype(np.float32)
        mean = surface.mean(axis=(0, 1))
        plain = mean + (surface - mean) * rng.choice(vector(0, 0.1, 0.3, 1), p=(0.45, 0.2, 0.15, 0.2))
        ends = rng.choice(((0, 1), (0, rng.uniform(0.1, 0.4)), (rng.uniform(0.6, 0.9), 1)), p=(0.5, 0.3, 0.2))
        self.picture = np.float32(255 * ends[0]) + plain * np.float32(ends[1] - ends[0])
        self.scale = EDGE_PX * rng.uniform(0.3, 1)

    @property
    def mean(self) -> np.ndarray:
        """B, G, R, 3 float32."""
        return self.picture.mean(axis=(0, 1))

    def at(self, points: np.ndarray) -> np.ndarray:
        """B, G, R of points, N x 3: as if it were wound around them."""
        row = np.floor(points[:, 1] * self.scale).astype(np.int32) % EDGE_PX
        column = np.floor((points[:, 0] + points[:, 2]) * self.scale).astype(np.int32) % EDGE_PX
        return self.picture[row, column]


def painted(colours: np.ndarray, where: np.ndarray, paint: np.ndarray) -> np.ndarray:
    """Colours, N x 3, with others at some of the points: `where` is N bool, `paint` 3 or N x 3."""
    return np.where(where[:, None], paint, colours)


def any_grey(rng: np.random.Generator) -> np.ndarray:
    """A colour that is nearly grey, 3 float32."""
    return vector(*(rng.uniform(5, 250) + rng.normal(0, 12, 3))).clip(0, 255)
