"""Draws a reading on a frame: heat map, outline, box, and the name of the class."""

from __future__ import annotations

import cv2
import numpy as np

from fashioncam.messages import FloatArray, Image, Reading, Segment, State

from .garment_input import input_square

# B G R, from the Okabe-Ito palette, which colour-blind people tell apart.
COLOURS = {State.ITEM: (115, 158, 0), State.UNCERTAIN: (0, 159, 230)}
WHITE = (255, 255, 255)
HEAT_COLOURS = cv2.COLORMAP_INFERNO  # its lightness grows evenly with the value
# Opacity by heat level: none without heat, and 0.8 at most, so that the cloth stays visible. It grows with the
# root, or the middle of the scale would be lost in the colour of the cloth.
HEAT_OPACITY = (255 * 0.8 * np.sqrt(np.linspace(0, 1, 256))).astype(np.uint8)
FONT = cv2.FontFace("sans")
FONT_WEIGHT = 600
INSET_SHARE = 0.28  # of the picture's shorter edge


def annotate(image_bgr: Image, reading: Reading, show_input: bool = False, fps: float | None = None) -> Image:
    """A new picture with what the reading says on it.

    Args:
        image_bgr: H x W x 3 uint8, B G R; not changed.
        reading: of this frame, or of one a moment before.
        show_input: put the model's input into the lower left corner.
        fps: frames a second to write into the upper left corner; None for none.
    """
    canvas = image_bgr.copy()
    unit_px = max(1, round(min(canvas.shape[:2]) / 240))
    segment = reading.segment
    if segment is not None:
        colour = COLOURS.get(reading.state, WHITE)
        if reading.heat_map is not None:
            blend_heat(canvas, segment, reading.heat_map)
        x, y, w, h = segment.box
        outlines, _ = cv2.findContours(segment.mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE, offset=(x, y))
        cv2.drawContours(canvas, outlines, -1, WHITE, unit_px, cv2.LINE_AA)
        cv2.rectangle(canvas, (x, y), (x + w - 1, y + h - 1), colour, unit_px)
        if reading.top5:
            first = reading.top5[0]
            doubt = "?" if reading.state is State.UNCERTAIN else ""
            write(canvas, f"{first.label}{doubt}  {first.probability:.0%}", (x, y), 10 * unit_px, colour)
    if show_input and reading.input_grey is not None:
        put_inset(canvas, reading.input_grey)
    if fps is not None:
        write(canvas, f"{fps:.0f} fps", (0, 0), 8 * unit_px, (60, 60, 60))
    return canvas


def blend_heat(canvas: Image, segment: Segment, heat_map: FloatArray) -> None:
    """Lay the heat map over the item on `canvas`, in place; opacity grows with the heat."""
    x, y, w, h = segment.box
    left, top, side = input_square(segment.box)
    square = cv2.resize(heat_map, (round(side), round(side)), interpolation=cv2.INTER_LINEAR)
    heat = square[round(y - top) :, round(x - left) :][:h, :w]
    level = cv2.convertScaleAbs(heat, alpha=255)
    colours = cv2.applyColorMap(level, HEAT_COLOURS)
    opacity = cv2.merge([cv2.bitwise_and(cv2.LUT(level, HEAT_OPACITY), segment.mask)] * 3)
    item = canvas[y : y + h, x : x + w]
    kept = cv2.multiply(item, cv2.bitwise_not(opacity), scale=1 / 255)
    canvas[y : y + h, x : x + w] = cv2.add(kept, cv2.multiply(colours, opacity, scale=1 / 255))


def put_inset(canvas: Image, input_grey: Image) -> None:
    """The model's input, enlarged without smoothing, in the lower left corner of `canvas`, in place."""
    factor = max(1, round(INSET_SHARE * min(canvas.shape[:2]) / input_grey.shape[0]))
    large = cv2.resize(input_grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST)
    side = large.shape[0]
    canvas[-side:, :side] = large[:, :, np.newaxis]
    cv2.rectangle(canvas, (0, canvas.shape[0] - side), (side - 1, canvas.shape[0] - 1), WHITE, 1)


def write(canvas: Image, text: str, lower_left: tuple[int, int], size_px: int, colour: tuple[int, int, int]) -> None:
    """White text on a coloured plate in place, its lower left corner there or as near as the picture allows."""
    height, width = canvas.shape[:2]
    _, _, text_width, _ = cv2.getTextSize((width, height), text, (0, 0), FONT, size_px, FONT_WEIGHT)
    plate_width, plate_height = text_width + size_px, round(1.5 * size_px)
    x = max(0, min(lower_left[0], width - plate_width))
    bottom = max(lower_left[1], plate_height)
    cv2.rectangle(canvas, (x, bottom - plate_height), (x + plate_width, bottom), colour, cv2.FILLED)
    origin = (x + size_px // 2, bottom - round(0.42 * size_px))
    cv2.putText(canvas, text, origin, WHITE, FONT, size_px, FONT_WEIGHT)
