"""Random drawings of rooms: walls, furniture, books, plants and clutter.

They stand in for photographs of rooms where the segmentation network learns what may lie behind an item.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from fashioncam.messages import Image as Picture

Colour: TypeAlias = tuple[int, int, int]
DrawPart: TypeAlias = Callable[[ImageDraw.ImageDraw, np.random.Generator, int, int], None]

ROOM_WH = (240, 180)
OVERSAMPLING = 2  # drawn larger and scaled down, or all edges would be steps
PARTS, CLUTTERED_PARTS = (0, 14), (14, 45)  # a room has so many: the first number or more, fewer than the second
CLUTTERED_SHARE = 0.3


def draw_rooms(rng: np.random.Generator, count: int) -> Picture:
    """Rooms as N x 180 x 240 x 3 uint8."""
    return np.stack([draw_room(rng, ROOM_WH) for _ in range(count)])


def draw_room(rng: np.random.Generator, size_wh: tuple[int, int]) -> Picture:
    """A room as h x w x 3 uint8; the order of its colours means nothing."""
    width, height = size_wh[0] * OVERSAMPLING, size_wh[1] * OVERSAMPLING
    image = Image.fromarray(wall(rng, width, height))
    draw = ImageDraw.Draw(image)
    for _ in range(rng.integers(*(CLUTTERED_PARTS if rng.random() < CLUTTERED_SHARE else PARTS))):
        DRAWINGS[rng.integers(len(DRAWINGS))](draw, rng, width, height)
    small = image.resize(size_wh, Image.Resampling.BOX)
    if rng.random() < 0.5:  # out of focus
        small = small.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.5))))
    return lit(np.asarray(small, np.float32), rng)


def wall(rng: np.random.Generator, width: int, height: int) -> Picture:
    """A wall of one colour or of a pattern, and often a floor."""
    base = np.array(colour(rng), np.float32)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    wave = np.zeros((height, width), np.float32)
    if rng.random() < 0.4:
        angle, period = rng.uniform(0, np.pi), rng.uniform(6, 90)
        wave = np.sin((columns * np.cos(angle) + rows * np.sin(angle)) * 2 * np.pi / period)
        if rng.random() < 0.5:  # stripes, bricks and boards have hard edges
            wave = np.sign(wave)
    picture = base + rng.uniform(0, 25) * wave[..., None]
    roughness = rng.uniform(0, 20) * (rng.random() < 0.5)
    cells = height // rng.integers(4, 60) + 2, width // rng.integers(4, 60) + 2, 1
    coarse = rng.normal(0, roughness, cells)
    picture = picture + enlarged(coarse.repeat(3, axis=2), width, height)
    if rng.random() < 0.6:
        edge = int(rng.uniform(0.5, 0.95) * height)
        picture[edge:] = np.array(colour(rng)) + 0.3 * (picture[edge:] - base)
    return np.clip(picture, 0, 255).astype(np.uint8)


def enlarged(coarse: NDArray[np.float64], width: int, height: int) -> NDArray[np.float32]:
    """A coarse h x w x 3 field, smoothly enlarged."""
    bands = [Image.fromarray(band.astype(np.float32)) for band in np.moveaxis(coarse, 2, 0)]
    return np.stack([np.asarray(band.resize((width, height), Image.Resampling.BICUBIC)) for band in bands], axis=2)


def lit(picture: NDArray[np.float32], rng: np.random.Generator) -> Picture:
    """Light that falls off across the room."""
    height, width = picture.shape[:2]
    light = enlarged(rng.uniform(1 - rng.uniform(0, 0.6), 1.1, (3, 3, 1)).repeat(3, axis=2), width, height)
    return np.clip(picture * light, 0, 255).astype(np.uint8)


def colour(rng: np.random.Generator) -> Colour:
    """Mostly the pale and brownish greys of rooms, sometimes any colour."""
    grey = rng.uniform(20, 245)
    spread = rng.choice((6, 20, 60), p=(0.4, 0.4, 0.2))
    red, green, blue = np.clip(grey + rng.normal(0, spread, 3), 0, 255).astype(int).tolist()
    return red, green, blue


def place(rng: np.random.Generator, width: int, height: int, largest: float) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of something, at most `largest` of the picture a side."""
    w, h = rng.uniform(0.03, largest, 2) * (width, height)
    x, y = rng.uniform(-0.2, 1.0, 2) * (width, height)
    return int(x), int(y), int(x + w) + 1, int(y + h) + 1


def furniture(draw: ImageDraw.ImageDraw, rng: np.random.Generator, width: int, height: int) -> None:
    """A cupboard, a picture on the wall, a window: a rectangle with a frame and some bars."""
    left, top, right, bottom = place(rng, width, height, 0.6)
    draw.rectangle((left, top, right, bottom), colour(rng), colour(rng), int(rng.integers(0, 6)))
    bar = colour(rng)
    for _ in range(rng.integers(0, 5)):
        if rng.random() < 0.5:
            x = int(rng.integers(left, right + 1))
            draw.line((x, top, x, bottom), bar, int(rng.integers(1, 6)))
        else:
            y = int(rng.integers(top, bottom + 1))
            draw.line((left, y, right, y), bar, int(rng.integers(1, 6)))


def books(draw: ImageDraw.ImageDraw, rng: np.random.Generator, width: int, height: int) -> None:
    """A row of spines on a board."""
    left, top, right, bottom = place(rng, width, height, 0.7)
    row_of_books(draw, rng, (left, top, right, min(bottom, top + height // 4)))


def bookcase(draw: ImageDraw.ImageDraw, rng: np.random.Generator, width: int, height: int) -> None:
    """Compartments full of spines, over as much as the whole wall."""
    left, top, right, bottom = place(rng, width, height, 1.4)
    shade = colour(rng)
    dark = shade[0] // 2, shade[1] // 2, shade[2] // 2
    draw.rectangle((left, top, right, bottom), shade)
    wide, high, board = int(rng.integers(40, 140)), int(rng.integers(30, 90)), int(rng.integers(3, 10))
    for x in range(left + board, right - board, wide):
        for y in range(top + board, bottom - board, high):
            end, ground = min(x + wide, right) - board, min(y + high, bottom) - board
            if end > x and ground > y:
                draw.rectangle((x, y, end, ground), colour(rng) if rng.random() < 0.2 else dark)
                row_of_books(draw, rng, (x, y, x + int((end - x) * rng.uniform(0.2, 1)), ground))


def row_of_books(draw: ImageDraw.ImageDraw, rng: np.random.Generator, box: tuple[int, int, int, int]) -> None:
    """Spines on a board in a box: left, top, right, bottom."""
    left, top, right, bottom = box
    x = left
    while x < right:
        thick = int(rng.integers(3, 14))
        spine = top + int(rng.integers(0, max(1, (bottom - top) // 3)))
        draw.rectangle((x, spine, x + thick, bottom), colour(rng))
        x += thick + int(rng.integers(0, 3))
    draw.rectangle((left, bottom, right, bottom + 4), colour(rng))


def plant(draw: ImageDraw.ImageDraw, rng: np.random.Generator, width: int, height: int) -> None:
    """Leaves of nearly one colour in a heap."""
    left, top, right, bottom = place(rng, width, height, 0.5)
    base = np.array(colour(rng))
    for _ in range(rng.integers(8, 60)):
        x, y = rng.uniform(left, right), rng.uniform(top, bottom)
        w, h = rng.uniform(2, 24, 2)
        leaf = np.clip(base + rng.normal(0, 20, 3), 0, 255).astype(int)
        draw.ellipse((x, y, x + w, y + h), (int(leaf[0]), int(leaf[1]), int(leaf[2])))


def blob(draw: ImageDraw.ImageDraw, rng: np.random.Generator, width: int, height: int) -> None:
    """A lamp, a chair's back, a heap of something: a polygon around a centre, or an ellipse."""
    left, top, right, bottom = place(rng, width, height, 0.5)
    if rng.random() < 0.5:
        draw.ellipse((left, top, right, bottom), colour(rng))
        return
    angles = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 12)))
    radii = rng.uniform(0.5, 1, len(angles))
    xs = (left + right) / 2 + np.cos(angles) * radii * (right - left) / 2
    ys = (top + bottom) / 2 + np.sin(angles) * radii * (bottom - top) / 2
    draw.polygon([*zip(xs.tolist(), ys.tolist(), strict=True)], colour(rng))


def lines(draw: ImageDraw.ImageDraw, rng: np.random.Generator, width: int, height: int) -> None:
    """Cables, edges of boards, blinds."""
    x, y, dx, dy = rng.uniform(-0.3, 1.0, 4) * (width, height, width, height)
    step = rng.uniform(3, 20)
    shade = colour(rng)
    for index in range(rng.integers(1, 12)):
        draw.line((x, y + index * step, x + dx, y + dy + index * step), shade, int(rng.integers(1, 5)))


def grating(draw: ImageDraw.ImageDraw, rng: np.random.Generator, width: int, height: int) -> None:
    """Tiles, a wire grid, a lattice, the threads of a carpet: lines at even distances, one way or both."""
    left, top, right, bottom = place(rng, width, height, 0.8)
    shade, thick = colour(rng), int(rng.integers(1, 4))
    if rng.random() < 0.5:
        draw.rectangle((left, top, right, bottom), colour(rng))
    both = rng.random() < 0.7
    for x in range(left, right, int(rng.integers(thick + 3, 40))):
        draw.line((x, top, x, bottom), shade, thick)
    if both:
        for y in range(top, bottom, int(rng.integers(thick + 3, 40))):
            draw.line((left, y, right, y), shade, thick)


def clutter(draw: ImageDraw.ImageDraw, rng: np.random.Generator, width: int, height: int) -> None:
    """Small things close together, of a few colours: ornaments, a patterned carpet, what stands on a table."""
    left, top, right, bottom = place(rng, width, height, 0.6)
    colours = [colour(rng) for _ in range(rng.integers(2, 6))]
    size = rng.uniform(3, 24)
    for _ in range(min(250, int((right - left) * (bottom - top) / size**2))):
        x, y = rng.uniform(left, right), rng.uniform(top, bottom)
        w, h = rng.uniform(0.4, 1.6, 2) * size
        shape = draw.ellipse if rng.random() < 0.5 else draw.rectangle
        shape((x, y, x + w, y + h), colours[rng.integers(len(colours))])


DRAWINGS: tuple[DrawPart, ...] = (furniture, furniture, books, bookcase, plant, blob, lines, grating, clutter)
