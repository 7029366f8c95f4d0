"""Synthetic scenes for tests: a room, an item, a camera's noise; all from fixed seeds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import cv2
import numpy as np

from fashioncam.messages import FloatArray, Frame, Image, InputDescription, Reading, Region, Segment
from fashioncam.pipeline.find_item import Scene, find_item
from fashioncam.pipeline.scene.background_model import BackgroundModel
from fashioncam.pipeline.segmentation.segmenter import Segmenter
from fashioncam.pipeline.segmentation.statistical import StatisticalSegmenter

FPS = 30.0
SIZE_WH = (640, 480)
DESCRIPTION = InputDescription(size=28, mean=0.2861, std=0.3530)

OUTLINE = np.array(
    [
        (0.3, 0),
        (0.7, 0),
        (1, 0.2),
        (0.9, 0.4),
        (0.75, 0.32),
        (0.75, 1),
        (0.25, 1),
        (0.25, 0.32),
        (0.1, 0.4),
        (0, 0.2),
    ]
)  # of a T-shirt, as shares of its width and height
# About their middle, in pixels: one with an axis of symmetry, and one without.
T_SHIRT = (OUTLINE - 0.5) * (220, 200)
BOOT = np.array([(-60, -100), (10, -100), (15, 20), (90, 50), (95, 90), (-60, 90)])


def room(size_wh: tuple[int, int] = SIZE_WH) -> Image:
    """A light wall with a gradient, a dark shelf and a coloured picture: H x W x 3 uint8, B G R."""
    width, height = size_wh
    image = np.full((height, width, 3), (200, 205, 210), np.float32)
    image *= np.linspace(0.85, 1.05, width, dtype=np.float32)[None, :, None]
    cv2.rectangle(image, (0, height * 7 // 8), (width, height), (70, 90, 110), cv2.FILLED)
    cv2.rectangle(image, (width // 20, height // 10), (width // 6, height // 3), (60, 120, 160), cv2.FILLED)
    return np.clip(image, 0, 255).astype(np.uint8)


def hold_up(scene: Image, box: tuple[int, int, int, int], colour_bgr: tuple[int, int, int] = (120, 50, 30)) -> Image:
    """A new picture with a T-shirt of one colour in `box` (x, y, w, h)."""
    x, y, w, h = box
    points = (OUTLINE * (w - 1, h - 1) + (x, y)).round().astype(np.int32)
    return cv2.fillPoly(scene.copy(), [points], colour_bgr)


def held(outline: np.ndarray, degrees: float) -> tuple[Image, Segment]:
    """A dark item with a bright left half, leaning to the right by that much, and its segment."""
    turn = cv2.getRotationMatrix2D((0, 0), -degrees, 1)
    turn[:, 2] = 160
    image, mask = np.full((320, 320, 3), 255, np.uint8), np.zeros((320, 320), np.uint8)
    points = outline.astype(float)
    left_half = points.clip(max=(0, np.inf))
    for picture, half, value in ((mask, points, 255), (image, points, (40,) * 3), (image, left_half, (120,) * 3)):
        cv2.fillPoly(picture, [cv2.transform(half[None], turn).round().astype(np.int32)], value)
    x, y, w, h = cv2.boundingRect(mask)
    return image, Segment((x, y, w, h), np.ascontiguousarray(mask[y : y + h, x : x + w]))


def seen_by_camera(scene: Image, seed: int, sigma: float = 3.0, gain: float = 1.0) -> Image:
    """The scene under other light, with a sensor's noise."""
    return np.clip(scene * gain + sigma * noise(scene.shape[:2], seed % 16), 0, 255).astype(np.uint8)


@cache
def noise(size_hw: tuple[int, int], seed: int) -> FloatArray:
    """Normal noise for a picture; kept, because making it takes ten times as long as segmenting the picture."""
    return np.random.default_rng(seed).standard_normal((*size_hw, 3), np.float32)


def frame(image_bgr: Image, index: int = 0) -> Frame:
    return Frame(index, image_bgr, index / FPS, 0.0)


def learned_scene(image: Image, sigma: float = 3.0) -> Scene:
    """What the program has learned when it has seen this empty scene for a while."""
    scene = Scene()
    for index in range(60):
        _, scene = find_item(frame(seen_by_camera(image, index, sigma), index), scene, StatisticalSegmenter())
        if isinstance(scene.background, BackgroundModel):
            return scene
    raise AssertionError("nothing learned from 60 still frames")


def readings_of(
    images: Iterable[Image],
    segmenter: Segmenter,
    scene: Scene | None = None,
    fps: float = FPS,
    first: int = 60,
    region: Region | None = None,
) -> list[Reading]:
    """What the program says to these pictures in turn, after `scene` has been learned or from the start."""
    readings, state = [], scene or Scene()
    for index, image in enumerate(images, start=first):
        reading, state = find_item(Frame(index, image, index / fps, 0.0), state, segmenter, region)
        readings.append(reading)
    return readings


def write_clip(path: str, images: list[Image], fps: float = FPS) -> None:
    """A video file of these pictures; Motion-JPEG in .avi."""
    height, width = images[0].shape[:2]
    writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"MJPG"), fps, (width, height))
    for image in images:
        writer.write(image)
    writer.release()


def short_film(empty: int = 25, held: int = 10) -> list[Image]:
    """An empty scene, then a T-shirt held still before it."""
    scene = room()
    shown = hold_up(scene, (220, 100, 200, 240))
    images = [seen_by_camera(scene, index) for index in range(empty)]
    return images + [seen_by_camera(shown, 1000 + index) for index in range(held)]
