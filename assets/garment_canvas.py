"""A small paint box for drawing garments in code: paths, areas, and a canvas that knows cloth and light.

Coordinates are units of a square of 100 x 100, x to the right, y down. An area is SIDE_PX x SIDE_PX float32,
0..1, how much of each pixel it covers. Colours are B G R, 0..1.
"""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Points: TypeAlias = NDArray[np.float32]
Area: TypeAlias = NDArray[np.float32]

UNIT_PX = 14
SIDE_PX = 100 * UNIT_PX
# Garments are kept at twice the clip's resolution, so that they can turn and move by fractions of a pixel.
SPRITE_SHRINK = 2
STEPS_A_SEGMENT = 16
SUBPIXEL_BITS = 4
TO_LIGHT = (-0.6, -0.8)  # direction x, y of the light: from the upper left
WEAVE_SEED = 28


def floats(values: ArrayLike) -> NDArray[np.float32]:
    """Numbers, however nested, as a float32 array."""
    return np.asarray(values, np.float32)


def colour(rgb_hex: str) -> NDArray[np.float32]:
    """'#rrggbb' as B G R float32 in 0..1."""
    return np.frombuffer(bytes.fromhex(rgb_hex[1:]), np.uint8)[::-1].astype(np.float32) / 255


def path(text: str) -> Points:
    """A smooth curve through 'x,y x,y ...', n x 2 float32; a | after a point makes it a corner."""
    pieces: list[Points] = []
    start: list[str] = []
    for piece in text.split("|"):
        words = start + piece.split()
        pieces.append(smooth_curve(floats([word.split(",") for word in words])))
        start = words[-1:]
    return np.concatenate(pieces)


def smooth_curve(points: Points) -> Points:
    """A cubic Hermite curve through the points, parametrised so that close points make no loops."""
    if len(points) < 2:
        return points
    chords = np.linalg.norm(np.diff(points, axis=0), axis=1)
    knots = np.concatenate(([0], np.cumsum(np.sqrt(chords))))
    tangents = np.gradient(points, knots, axis=0)
    t = np.linspace(0, 1, STEPS_A_SEGMENT, dtype=np.float32)[:, np.newaxis, np.newaxis]
    spans = np.diff(knots)[:, np.newaxis]
    curve = (2 * t**3 - 3 * t**2 + 1) * points[:-1] + (t**3 - 2 * t**2 + t) * spans * tangents[:-1]
    curve = curve + (3 * t**2 - 2 * t**3) * points[1:] + (t**3 - t**2) * spans * tangents[1:]
    return curve.swapaxes(0, 1).reshape(-1, 2).astype(np.float32)


def reflect(points: Points) -> Points:
    """The points reflected at the vertical middle line."""
    return points * floats((-1, 1)) + floats((100, 0))


def itself(points: Points) -> Points:
    """The points as they are: the other side, in loops with `reflect`."""
    return points


def shifted(points: Points, x: float, y: float) -> Points:
    """The points moved by so many units."""
    return points + floats((x, y))


def symmetric(text: str) -> Points:
    """A closed outline from its left half, given from the top middle to the bottom middle."""
    half = path(text)
    return np.concatenate((half, reflect(half)[::-1]))


def pixels(points: Points) -> NDArray[np.int32]:
    """Units -> fixed-point pixels, as OpenCV's drawing functions take them with SUBPIXEL_BITS."""
    return np.rint(points * UNIT_PX * (1 << SUBPIXEL_BITS)).astype(np.int32)


def fill(points: Points) -> Area:
    """The area inside a closed outline."""
    canvas = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    cv2.fillPoly(canvas, [pixels(points)], 255, cv2.LINE_AA, SUBPIXEL_BITS)
    return canvas.astype(np.float32) / 255


def line(points: Points, width: float) -> Area:
    """The area of an open line with round ends."""
    canvas = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    thickness_px = max(1, round(width * UNIT_PX))
    cv2.polylines(canvas, [pixels(points)], False, 255, thickness_px, cv2.LINE_AA, SUBPIXEL_BITS)
    return canvas.astype(np.float32) / 255


def crease(points: Points, width: float) -> Area:
    """A soft line, widest in its middle and fine at its ends."""
    along = np.gradient(points, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-6
    across = along[:, ::-1] * floats((-1, 1))
    half_width = width / 2 * np.sin(np.linspace(0, np.pi, len(points), dtype=np.float32))[:, np.newaxis]
    return soften(fill(np.concatenate((points + across * half_width, (points - across * half_width)[::-1]))), width / 3)


def stitches(points: Points, length: float = 1.1, width: float = 0.35) -> Area:
    """A dashed line, dashes and gaps of equal length."""
    travelled = np.concatenate(([0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))))
    stops = np.arange(0, travelled[-1], length)
    dots = np.stack([np.interp(stops, travelled, points[:, axis]) for axis in (0, 1)], axis=1)
    canvas = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    for begin, end in zip(dots[:-1:2], dots[1::2], strict=False):
        dash = pixels(floats((begin, end)))
        cv2.polylines(canvas, [dash], False, 255, round(width * UNIT_PX), cv2.LINE_AA, SUBPIXEL_BITS)
    return canvas.astype(np.float32) / 255


def soften(area: Area, sigma: float) -> Area:
    """Gaussian blur, sigma in units; a wide one is made on a quarter of the pixels' edge, which looks the same."""
    sigma_px = sigma * UNIT_PX
    if sigma_px < 12:
        return cv2.GaussianBlur(area, (0, 0), sigma_px)
    small = cv2.resize(area, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    return cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma_px / 4), area.shape, interpolation=cv2.INTER_LINEAR)


def shift(area: Area, x: float, y: float) -> Area:
    """The area moved by so many units."""
    return cv2.warpAffine(area, floats([[1, 0, x * UNIT_PX], [0, 1, y * UNIT_PX]]), area.shape)


@cache
def weave() -> Area:
    """Threads along both directions, mean 0, deviation 1, the same on each call."""
    noise = np.random.default_rng(WEAVE_SEED).standard_normal((2, SIDE_PX, SIDE_PX), np.float32)
    warp, weft = (cv2.GaussianBlur(noise[i], (0, 0), *sigmas) for i, sigmas in enumerate(((2, 9), (9, 2))))
    threads = warp / warp.std() + weft / weft.std()
    return threads / threads.std()


class Canvas:
    """A garment in the making: `bgr` SIDE_PX x SIDE_PX x 3 float32 in 0..1 or above, `alpha` an area."""

    def __init__(self) -> None:
        self.bgr = np.zeros((SIDE_PX, SIDE_PX, 3), np.float32)
        self.alpha = np.zeros((SIDE_PX, SIDE_PX), np.float32)

    def paint(self, area: Area, rgb_hex: str, opacity: float = 1.0) -> None:
        """Lay flat colour over what is there."""
        cover = opacity * area[..., np.newaxis]
        self.bgr += cover * (colour(rgb_hex) - self.bgr)
        self.alpha = np.maximum(self.alpha, opacity * area)

    def light(self, area: Area, strength: float | Area) -> None:
        """Brighten what is there by that share; darken it where strength is negative."""
        self.bgr *= 1 + (strength * area)[..., np.newaxis]

    def cloth(self, area: Area, rgb_hex: str, roundness: float = 4.0, weave_strength: float = 0.035) -> None:
        """Paint a part with body: edges turn away from the light, threads catch it.

        Args:
            roundness: over how many units the part curves towards its edge.
            weave_strength: deviation of the threads' brightness; leather has next to none.
        """
        self.paint(area, rgb_hex)
        height = soften(area, roundness)
        # The slope of the blurred area points away from the edge: a surface normal for the price of a blur.
        slope = [cv2.Sobel(height, cv2.CV_32F, *order, ksize=3) for order in ((1, 0), (0, 1))]
        facing = -(slope[0] * TO_LIGHT[0] + slope[1] * TO_LIGHT[1]) * roundness * UNIT_PX / 8
        depth = np.clip(2 * height - 1, 0, 1)
        self.light(area, facing - 0.20 * (1 - depth) ** 2 + weave_strength * weave())

    def fold(self, text: str, width: float, strength: float = 0.3) -> None:
        """A fold along a path: a soft valley with a lit ridge on its upper left."""
        valley = crease(path(text), width)
        self.light(shift(valley, -0.7 * width, -0.35 * width), 0.55 * strength)
        self.light(valley, -strength)

    def seam(self, points: Points, width: float = 0.5, strength: float = 0.35) -> None:
        """Where two pieces meet: a fine groove, lit along its lower right rim."""
        groove = soften(line(points, width), 0.15)
        self.light(shift(groove, 0.5 * width, 0.6 * width), 0.4 * strength)
        self.light(groove, -strength)

    def sprite(self) -> NDArray[np.float32]:
        """B G R times alpha, and alpha: side x side x 4 float32 in 0..1, shrunk by SPRITE_SHRINK."""
        alpha = self.alpha[..., np.newaxis]
        layers = np.concatenate((np.clip(self.bgr, 0, 1) * alpha, alpha), axis=2)
        return cv2.resize(layers, None, fx=1 / SPRITE_SHRINK, fy=1 / SPRITE_SHRINK, interpolation=cv2.INTER_AREA)
