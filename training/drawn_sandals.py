"""Sandals drawn from above, mostly in pairs: Fashion-MNIST shows one from its side, and photographs are few."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fashioncam.messages import Image

from .drawing import Drawing, bezier, filled, rotated, strip

PAIR_SHARE = 0.8
LONG = 160.0  # a sole, pixels
# Half the width of a sole from toe to heel, of its length, on the outer and the inner side.
PLACES = np.array((0.0, 0.04, 0.12, 0.25, 0.38, 0.55, 0.75, 0.9, 0.97, 1.0))
OUTER = np.array((0.0, 0.09, 0.15, 0.19, 0.195, 0.165, 0.145, 0.13, 0.08, 0.0))
INNER = np.array((0.0, 0.11, 0.17, 0.185, 0.175, 0.125, 0.125, 0.12, 0.08, 0.0))


def draw_sandals(rng: np.random.Generator, rooms: np.ndarray) -> Image:
    """A pair or one, in any direction: 128 x 128 x 4 as `Drawing.cutout`; `rooms` as there."""
    drawing = Drawing(rng, rooms)
    draw_straps = STRAPS[rng.integers(len(STRAPS))]
    wide, wear = rng.uniform(0.9, 1.5), rng.normal(0, 1, 4)
    turn = rng.choice((0, np.pi, rng.uniform(-np.pi, np.pi)))
    apart = rng.uniform(0.36, 0.46) * wide * LONG / 2
    tint = rng.uniform(0.5, 1.7)
    sides = (-1, 1) if rng.random() < PAIR_SHARE else (1,)
    slip = rng.normal(0, 0.06) * LONG
    for side in sides:
        own_turn = turn + side * rng.normal(0, 0.12)
        centre = np.array((side * apart, side * slip)) if len(sides) == 2 else np.zeros(2)
        place = Place(side, wide, own_turn, rotated(centre, turn))
        drawing.part(filled(place(sole())), drawing.cloth, 0.5)
        drawing.part(filled(place(sole() * 0.9)), drawing.cloth * tint, 0.2)
        draw_straps(drawing, place, wear)
    return drawing.cutout()


class Place:
    """Where one sandal lies: from the foot's own coordinates, of its length, toe at y = -0.5, inner side at x < 0."""

    def __init__(self, side: int, wide: float, turn: float, centre: np.ndarray) -> None:
        self.scale, self.turn, self.centre = np.array((side * wide, 1.0)) * LONG, turn, centre

    def __call__(self, points: np.ndarray) -> np.ndarray:
        return rotated(points * self.scale, self.turn) + self.centre


def sole() -> np.ndarray:
    """The outline of a sole, K x 2."""
    along = np.linspace(0, 1, 40)
    outer = np.stack((np.interp(along, PLACES, OUTER), along - 0.5), axis=1)
    inner = np.stack((-np.interp(along, PLACES, INNER), along - 0.5), axis=1)
    return np.concatenate((outer, inner[::-1]))


def band(drawing: Drawing, place: Place, first: tuple[float, float], last: tuple[float, float], wide: float) -> None:
    """A strap over the foot, bent towards the toes, `wide` of the sole's length."""
    start, end = np.array(first), np.array(last)
    bow = np.array((0.0, -0.05))
    path = bezier(np.array((start, start + (end - start) / 3 + bow, start + (end - start) * 2 / 3 + bow, end)))
    reach = filled(place(sole() * (1.15, 1)))  # a strap ends at the sole's edge
    drawing.part(np.minimum(strip(place(path), max(2, round(wide * LONG))), reach), drawing.second, 0.6)


def thong(drawing: Drawing, place: Place, wear: np.ndarray) -> None:
    """From between the toes to both sides."""
    toe, back = (-0.05, -0.36 + 0.02 * wear[0]), 0.0 + 0.04 * wear[1]
    for side in (-1, 1):
        band(drawing, place, toe, (side * 0.17, back), 0.05 + 0.015 * abs(wear[2]))


def slide(drawing: Drawing, place: Place, wear: np.ndarray) -> None:
    """One wide band."""
    at = -0.18 + 0.03 * wear[0]
    band(drawing, place, (-0.19, at), (0.2, at + 0.02 * wear[1]), 0.27 + 0.05 * wear[2])


def two_bands(drawing: Drawing, place: Place, wear: np.ndarray) -> None:
    """Two bands, with buckles or none."""
    for at in (-0.26 + 0.02 * wear[0], -0.02 + 0.03 * wear[1]):
        band(drawing, place, (-0.18, at), (0.19, at), 0.12 + 0.02 * wear[2])
        if wear[3] > 0:
            middle = place(np.array(((0.08, at - 0.03), (0.08, at + 0.03))))
            drawing.seam(middle, 6)


def crossed(drawing: Drawing, place: Place, wear: np.ndarray) -> None:
    """Two bands that cross, at times one around the heel."""
    low, high = 0.0 + 0.04 * wear[0], -0.3 + 0.02 * wear[1]
    band(drawing, place, (-0.18, low), (0.18, high), 0.09 + 0.02 * abs(wear[2]))
    band(drawing, place, (-0.18, high), (0.18, low), 0.09 + 0.02 * abs(wear[2]))
    if wear[3] > 0:
        band(drawing, place, (-0.15, 0.3), (0.15, 0.3), 0.06)


def many_bands(drawing: Drawing, place: Place, wear: np.ndarray) -> None:
    """Narrow bands one after the other."""
    for at in np.linspace(-0.32, 0.3, 4 + int(wear[0] > 0)):
        band(drawing, place, (-0.17, at), (0.18, at + 0.03 * wear[1]), 0.05 + 0.01 * abs(wear[2]))


STRAPS: tuple[Callable[[Drawing, Place, np.ndarray], None], ...] = (thong, slide, two_bands, crossed, many_bands)
