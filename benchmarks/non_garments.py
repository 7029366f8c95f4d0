"""Objects that are no garment, as B G R A cutouts: drawn ones, and photographs from Python packages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import matplotlib
import numpy as np
import sklearn.datasets

from fashioncam.messages import Image

from .webcam_simulation import SKINS_BGR

EDGE = 300
Points = list[tuple[float, float]]


class Sheet:
    """A transparent square to draw on; places and sizes are shares of its edge."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.picture: Image = np.zeros((EDGE, EDGE, 4), np.uint8)

    def colour(self, low: int = 20, high: int = 235) -> tuple[int, ...]:
        return (*self.rng.integers(low, high, 3).tolist(), 255)

    def polygon(self, points: Points, colour: tuple[int, ...]) -> None:
        places = [(round(x * EDGE), round(y * EDGE)) for x, y in points]
        cv2.fillPoly(self.picture, [np.array(places, np.int32)], colour, cv2.LINE_AA)

    def ellipse(
        self, x: float, y: float, wide: float, high: float, colour: tuple[int, ...], line: float = 0, turn: float = 0
    ) -> None:
        centre, axes = (round(x * EDGE), round(y * EDGE)), (round(wide * EDGE), round(high * EDGE))
        thickness = round(line * EDGE) if line else cv2.FILLED
        cv2.ellipse(self.picture, centre, axes, turn, 0, 360, colour, thickness, cv2.LINE_AA)

    def line(self, points: Points, colour: tuple[int, ...], wide: float) -> None:
        places = [(round(x * EDGE), round(y * EDGE)) for x, y in points]
        cv2.polylines(self.picture, [np.array(places, np.int32)], False, colour, round(wide * EDGE), cv2.LINE_AA)


def box(left: float, top: float, right: float, bottom: float) -> Points:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def mug(sheet: Sheet) -> None:
    colour = sheet.colour()
    sheet.ellipse(0.75, 0.5, 0.15, 0.2, colour, line=0.06)
    sheet.polygon([(0.2, 0.2), (0.75, 0.2), (0.7, 0.85), (0.25, 0.85)], colour)
    sheet.ellipse(0.475, 0.2, 0.275, 0.07, sheet.colour(10, 90))


def book(sheet: Sheet) -> None:
    sheet.polygon(box(0.18, 0.08, 0.82, 0.92), sheet.colour())
    sheet.polygon(box(0.18, 0.08, 0.25, 0.92), sheet.colour(10, 120))
    for y in (0.25, 0.35, 0.42):
        sheet.line([(0.35, y), (0.72, y)], sheet.colour(180, 250), 0.03)


def plant(sheet: Sheet) -> None:
    for angle in np.linspace(-1.3, 1.3, 9):
        length = sheet.rng.uniform(0.25, 0.42)
        x, y = 0.5 + length * np.sin(angle), 0.55 - length * np.cos(angle)
        sheet.line([(0.5, 0.65), (x, y)], (30, 90, 40, 255), 0.015)
        sheet.ellipse(x, y, 0.05, 0.12, (40, int(sheet.rng.integers(100, 180)), 50, 255), turn=float(np.degrees(angle)))
    sheet.polygon(
        [(0.3, 0.62), (0.7, 0.62), (0.63, 0.95), (0.37, 0.95)], (50, 80, int(sheet.rng.integers(120, 200)), 255)
    )


def ball(sheet: Sheet) -> None:
    sheet.ellipse(0.5, 0.5, 0.42, 0.42, sheet.colour())
    sheet.ellipse(0.5, 0.5, 0.15, 0.42, sheet.colour(), line=0.03)
    sheet.line([(0.08, 0.5), (0.92, 0.5)], sheet.colour(), 0.03)


def bottle(sheet: Sheet) -> None:
    colour = sheet.colour()
    sheet.polygon(
        [(0.44, 0.05), (0.56, 0.05), (0.56, 0.3), (0.64, 0.42), (0.64, 0.95), (0.36, 0.95), (0.36, 0.42), (0.44, 0.3)],
        colour,
    )
    sheet.polygon(box(0.36, 0.55, 0.64, 0.8), sheet.colour(150, 250))


def phone(sheet: Sheet) -> None:
    sheet.polygon(box(0.3, 0.05, 0.7, 0.95), (30, 30, 30, 255))
    sheet.polygon(box(0.33, 0.12, 0.67, 0.88), sheet.colour(80, 250))


def wall_clock(sheet: Sheet) -> None:
    sheet.ellipse(0.5, 0.5, 0.45, 0.45, sheet.colour(10, 120))
    sheet.ellipse(0.5, 0.5, 0.39, 0.39, sheet.colour(200, 250))
    for angle, length in ((sheet.rng.uniform(0, 6.28), 0.22), (sheet.rng.uniform(0, 6.28), 0.33)):
        sheet.line([(0.5, 0.5), (0.5 + length * np.cos(angle), 0.5 + length * np.sin(angle))], (20, 20, 20, 255), 0.03)


def umbrella(sheet: Sheet) -> None:
    colour = sheet.colour()
    sheet.ellipse(0.5, 0.5, 0.45, 0.4, colour)
    sheet.picture[EDGE // 2 :] = 0
    sheet.line([(0.5, 0.5), (0.5, 0.88), (0.45, 0.94), (0.4, 0.9)], (30, 40, 60, 255), 0.03)


def laptop(sheet: Sheet) -> None:
    sheet.polygon(box(0.15, 0.15, 0.85, 0.62), (60, 60, 60, 255))
    sheet.polygon(box(0.19, 0.19, 0.81, 0.58), sheet.colour(60, 250))
    sheet.polygon([(0.15, 0.63), (0.85, 0.63), (0.97, 0.85), (0.03, 0.85)], (150, 150, 150, 255))


def guitar(sheet: Sheet) -> None:
    colour = (40, int(sheet.rng.integers(70, 120)), int(sheet.rng.integers(120, 200)), 255)
    sheet.line([(0.5, 0.03), (0.5, 0.6)], (30, 40, 60, 255), 0.05)
    sheet.ellipse(0.5, 0.55, 0.16, 0.13, colour)
    sheet.ellipse(0.5, 0.78, 0.22, 0.18, colour)
    sheet.ellipse(0.5, 0.65, 0.06, 0.06, (20, 20, 20, 255))


def banana(sheet: Sheet) -> None:
    angles = np.linspace(0.3, 2.6, 20)
    outer = [(0.5 + 0.42 * np.cos(a), 0.3 + 0.5 * np.sin(a)) for a in angles]
    inner = [(0.5 + 0.36 * np.cos(a), 0.25 + 0.34 * np.sin(a)) for a in angles[::-1]]
    sheet.polygon(outer + inner, (60, 210, 235, 255))


def teddy_bear(sheet: Sheet) -> None:
    colour = (60, 100, int(sheet.rng.integers(120, 190)), 255)
    for x, y, wide, high in (
        (0.34, 0.14, 0.08, 0.08), (0.66, 0.14, 0.08, 0.08), (0.5, 0.28, 0.2, 0.18), (0.5, 0.62, 0.22, 0.24),
        (0.24, 0.55, 0.08, 0.16), (0.76, 0.55, 0.08, 0.16), (0.36, 0.88, 0.1, 0.09), (0.64, 0.88, 0.1, 0.09),
    ):  # fmt: skip
        sheet.ellipse(x, y, wide, high, colour)
    for x in (0.43, 0.57):
        sheet.ellipse(x, 0.25, 0.02, 0.02, (10, 10, 10, 255))


def empty_hand(sheet: Sheet) -> None:
    colour = (*SKINS_BGR[int(sheet.rng.integers(len(SKINS_BGR)))], 255)
    sheet.ellipse(0.5, 0.6, 0.18, 0.2, colour)
    for end, start in (
        ((0.3, 0.2), (0.4, 0.5)),
        ((0.43, 0.1), (0.46, 0.5)),
        ((0.56, 0.1), (0.54, 0.5)),
        ((0.68, 0.2), (0.6, 0.5)),
        ((0.85, 0.5), (0.6, 0.65)),
    ):
        sheet.line([start, end], colour, 0.09)
    sheet.polygon(box(0.38, 0.7, 0.62, 1.0), colour)


def cardboard_box(sheet: Sheet) -> None:
    sheet.polygon([(0.1, 0.35), (0.5, 0.45), (0.5, 0.95), (0.1, 0.8)], (70, 110, 150, 255))
    sheet.polygon([(0.5, 0.45), (0.9, 0.35), (0.9, 0.8), (0.5, 0.95)], (90, 140, 185, 255))
    sheet.polygon([(0.1, 0.35), (0.5, 0.2), (0.9, 0.35), (0.5, 0.45)], (110, 165, 210, 255))


def scissors(sheet: Sheet) -> None:
    for sign in (-1, 1):
        sheet.line([(0.5 - sign * 0.12, 0.05), (0.5 + sign * 0.1, 0.68)], (170, 170, 170, 255), 0.05)
        sheet.ellipse(0.5 + sign * 0.15, 0.8, 0.11, 0.14, sheet.colour(), line=0.05)


def poster(photo_rgb: Image, sheet: Sheet) -> None:
    """A photograph, cut to a rectangle."""
    height, width = photo_rgb.shape[:2]
    scale = EDGE / max(height, width)
    small = cv2.resize(
        cv2.cvtColor(photo_rgb, cv2.COLOR_RGB2BGRA), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA
    )
    sheet.picture[: small.shape[0], : small.shape[1]] = small


def face(sheet: Sheet) -> None:
    """The portrait that matplotlib comes with, cut to an oval."""
    photo_bgr = cv2.imread(str(Path(matplotlib.get_data_path(), "sample_data", "grace_hopper.jpg")))
    assert photo_bgr is not None
    head = cv2.resize(photo_bgr[20:340, 110:390], (EDGE, EDGE), interpolation=cv2.INTER_AREA)
    sheet.ellipse(0.5, 0.5, 0.4, 0.49, (0, 0, 0, 255))
    sheet.picture[..., :3] = head


def flower_photo(sheet: Sheet) -> None:
    poster(sklearn.datasets.load_sample_image("flower.jpg"), sheet)


def temple_photo(sheet: Sheet) -> None:
    poster(sklearn.datasets.load_sample_image("china.jpg"), sheet)


NON_GARMENTS: dict[str, Callable[[Sheet], None]] = {
    thing.__name__.replace("_", " "): thing
    for thing in (
        mug, book, plant, ball, bottle, phone, wall_clock, umbrella, laptop, guitar, banana, teddy_bear, empty_hand,
        cardboard_box, scissors, face, flower_photo, temple_photo,
    )
}  # fmt: skip


def draw_non_garment(name: str, rng: np.random.Generator) -> Image:
    """One of `NON_GARMENTS`: h x w x 4 uint8, B G R A, cut to what is drawn."""
    sheet = Sheet(rng)
    NON_GARMENTS[name](sheet)
    x, y, w, h = cv2.boundingRect(sheet.picture[..., 3])
    return sheet.picture[y : y + h, x : x + w]
