"""The room of the demo clip: a light wall with a picture, a skirting board, a wooden floor and a plant.

Drawn at twice the clip's resolution, in the clip's own pixels; the middle stays free for the garments.
"""

from __future__ import annotations

import cv2
import numpy as np
from garment_canvas import colour, floats
from numpy.typing import NDArray

Picture = NDArray[np.float32]

WIDTH_PX, HEIGHT_PX = 640, 480
FINE = 2
SEED = 1708
FLOOR_PX, SKIRTING_PX = 434, 412  # rows where the floor and the skirting board begin
WALL, SKIRTING, OAK, POT, LEAF = "#e6dfd2", "#f1ede4", "#b98f63", "#c9775a", "#4f7d5c"


def area(*outlines: NDArray[np.float32], blur_px: float = 0.0) -> Picture:
    """How much of each pixel lies inside the outlines (n x 2, clip pixels): float32 in 0..1."""
    canvas = np.zeros((HEIGHT_PX * FINE, WIDTH_PX * FINE), np.uint8)
    for outline in outlines:
        cv2.fillPoly(canvas, [np.rint(floats(outline) * FINE * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    covered = canvas.astype(np.float32) / 255
    return cv2.GaussianBlur(covered, (0, 0), blur_px * FINE) if blur_px else covered


def rectangle(left: float, top: float, right: float, bottom: float) -> NDArray[np.float32]:
    return floats([(left, top), (right, top), (right, bottom), (left, bottom)])


def ellipse(x: float, y: float, radius_x: float, radius_y: float) -> NDArray[np.float32]:
    angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    return np.stack((x + radius_x * np.cos(angle), y + radius_y * np.sin(angle)), axis=1).astype(np.float32)


def paint(picture: Picture, where: Picture, rgb_hex: str) -> Picture:
    """The picture with flat colour laid over an area."""
    return picture + where[..., np.newaxis] * (colour(rgb_hex) - picture)


def light(picture: Picture, where: Picture, strength: float) -> Picture:
    """The picture brighter by that share in an area; darker where strength is negative."""
    return picture * (1 + strength * where)[..., np.newaxis]


def grain(sigma_x_px: float, sigma_y_px: float, seed: int) -> Picture:
    """Smooth noise, mean 0 and deviation 1, coarser along one direction than along the other."""
    noise = np.random.default_rng(seed).standard_normal((HEIGHT_PX * FINE, WIDTH_PX * FINE), np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), sigmaX=sigma_x_px * FINE, sigmaY=sigma_y_px * FINE)
    return noise / noise.std()


def render_room() -> Picture:
    """The empty scene: HEIGHT_PX x WIDTH_PX x 3 float32, B G R, 0..255."""
    picture = draw_plant(draw_frame(draw_floor(draw_wall())))
    return 255 * cv2.resize(picture, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA)


def draw_wall() -> Picture:
    """Plaster in the light of a window at the upper left, which throws its panes on the wall."""
    wall = np.ones((HEIGHT_PX * FINE, WIDTH_PX * FINE, 3), np.float32) * colour(WALL)
    rows, columns = np.mgrid[0 : HEIGHT_PX * FINE, 0 : WIDTH_PX * FINE].astype(np.float32) / (WIDTH_PX * FINE)
    from_window = np.hypot(columns - 0.28, rows - 0.12)
    wall = light(wall, 0.035 - 0.13 * from_window**1.5, 1.0)
    panes = [floats([(x, y), (x + 92, y + 22), (x + 92, y + 132), (x, y + 110)]) for x in (196, 300) for y in (18, 142)]
    wall = light(wall, area(*panes, blur_px=4), 0.035)
    return light(wall, 0.6 * grain(1.2, 1.2, SEED) + 0.6 * grain(9, 9, SEED + 1), 0.005)


def draw_floor(picture: Picture) -> Picture:
    """Skirting board and oak planks that run towards the viewer."""
    floor = area(rectangle(0, FLOOR_PX, WIDTH_PX, HEIGHT_PX))
    picture = paint(picture, floor, OAK)
    picture = light(picture, floor * grain(26, 0.6, SEED + 2), 0.035)
    rng = np.random.default_rng(SEED)
    vanishing = floats((WIDTH_PX / 2, 170))
    for edge in range(-560, WIDTH_PX + 560, 62):
        near, beside = floats((edge, HEIGHT_PX)), floats((edge + 62, HEIGHT_PX))
        plank = floats([vanishing, near, beside])
        picture = light(picture, area(plank) * floor, rng.uniform(-0.07, 0.07))
        gap = floats([vanishing, near, near + floats((1.6, 0))])
        picture = light(picture, area(gap) * floor, -0.35)
    picture = light(picture, area(rectangle(0, FLOOR_PX, WIDTH_PX, FLOOR_PX + 7), blur_px=3) * floor, -0.28)
    board = area(rectangle(0, SKIRTING_PX, WIDTH_PX, FLOOR_PX))
    picture = paint(picture, board, SKIRTING)
    picture = light(picture, area(rectangle(0, SKIRTING_PX + 4, WIDTH_PX, SKIRTING_PX + 5.2)), -0.07)
    picture = light(picture, area(rectangle(0, FLOOR_PX - 2, WIDTH_PX, FLOOR_PX)), -0.25)
    return light(picture, area(rectangle(0, SKIRTING_PX - 2.5, WIDTH_PX, SKIRTING_PX), blur_px=1), -0.10)


def draw_frame(picture: Picture) -> Picture:
    """A framed print of hills before a low sun."""
    left, top, right, bottom = 30, 66, 118, 184
    picture = light(picture, area(rectangle(left + 5, top + 8, right + 7, bottom + 10), blur_px=6), -0.22)
    picture = paint(picture, area(rectangle(left, top, right, bottom)), "#a67c52")
    picture = light(
        picture, area(rectangle(left, top, right, top + 1.5), rectangle(left, top, left + 1.5, bottom)), 0.3
    )
    picture = paint(picture, area(rectangle(left + 5, top + 5, right - 5, bottom - 5)), "#f3eee3")
    inner = area(rectangle(left + 17, top + 19, right - 17, bottom - 19))
    picture = paint(picture, inner, "#ecd9bd")
    picture = paint(picture, area(ellipse(82, 112, 11, 11)) * inner, "#d98a5b")
    across = np.linspace(left, right, 60, dtype=np.float32)
    for height, swing, phase, tint in ((128, 6, 0.4, "#9fb0a0"), (140, 5, 2.2, "#6f8c80"), (152, 4, 4.1, "#43645f")):
        ridge = np.stack((across, height + swing * np.sin(across / 13 + phase)), axis=1)
        hill = np.concatenate((ridge, floats([(right, bottom), (left, bottom)])))
        picture = paint(picture, area(hill) * inner, tint)
    inside = area(
        rectangle(left + 5, top + 5, right - 5, top + 8), rectangle(left + 5, top + 5, left + 8, bottom - 5), blur_px=1
    )
    return light(picture, inside, -0.10)


def leaf(root: NDArray[np.float32], angle_deg: float, length: float, width: float) -> list[NDArray[np.float32]]:
    """A pointed leaf and its lower half alone, which is darker."""
    along = np.linspace(0, 1, 40, dtype=np.float32)
    half = width / 2 * np.sin(0.998 * np.pi * along**0.75)
    droop = 0.22 * length * along**2 * abs(np.cos(np.deg2rad(angle_deg)))
    direction = floats((np.cos(np.deg2rad(angle_deg)), -np.sin(np.deg2rad(angle_deg))))
    across = floats((-direction[1], direction[0]))
    middle = root + along[:, np.newaxis] * length * direction + droop[:, np.newaxis] * floats((0, 1))
    upper, lower = (middle + side * half[:, np.newaxis] * across for side in (-1, 1))
    dark = upper if direction[0] < 0 else lower
    return [np.concatenate((upper, lower[::-1])), np.concatenate((middle, dark[::-1]))]


def draw_plant(picture: Picture) -> Picture:
    """A leafy plant in a clay pot on the floor, at the right."""
    x, rim, base = 572.0, 388.0, 458.0
    picture = light(picture, area(ellipse(x + 16, base, 46, 8), blur_px=5), -0.35)
    root = floats((x, rim + 4))
    leaves = [(152, 62, 26), (28, 66, 26), (132, 92, 30), (46, 96, 30), (112, 122, 32), (70, 126, 32), (92, 142, 32)]
    shapes = [leaf(root, *each) for each in leaves]
    picture = light(picture, area(*[whole + floats((12, 14)) for whole, _ in shapes], blur_px=8), -0.13)
    for number, (whole, lower) in enumerate(shapes):
        picture = paint(picture, area(whole), LEAF)
        picture = light(picture, area(whole), (-0.20, -0.12, -0.04, 0.02, -0.10, 0.08, 0.16)[number])
        picture = light(picture, area(lower), -0.16)
    body = floats([(x - 30, rim + 8), (x + 30, rim + 8), (x + 22, base), (x - 22, base)])
    pot = area(body, rectangle(x - 34, rim, x + 34, rim + 13))
    picture = paint(picture, pot, POT)
    columns = np.linspace(0, WIDTH_PX, WIDTH_PX * FINE, dtype=np.float32)
    rounding = -0.30 * np.clip((columns - x + 14) / 48, -0.25, 1) ** 2
    picture = light(picture, pot * rounding, 1.0)
    return light(picture, area(rectangle(x - 30, rim + 13, x + 30, rim + 18), blur_px=1.5) * pot, -0.25)
