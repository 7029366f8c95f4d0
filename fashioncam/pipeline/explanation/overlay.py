"""Draws a reading on a frame: heat map, outline, box, and the name of the class."""

from __future__ import annotations

import cv2
import numpy as np

from fashioncam.messages import DisplayStyle, Explanation, FloatArray, Image, Reading, Segment, State
from fashioncam.pipeline.garment_input import box_to_input

# B G R, from the Okabe-Ito palette, which colour-blind people tell apart.
COLOURS = {State.ITEM: (115, 158, 0), State.UNCERTAIN: (0, 159, 230)}
WHITE = (255, 255, 255)
DEFAULT_STYLE = DisplayStyle()
# Colours and opacity by level, 0..255. Opacity is 0 without heat and grows with the root, so that the middle of the
# scale can be seen on coloured cloth. One class: inferno, whose lightness grows evenly. Two classes: orange for the
# first and blue for the second, which colour-blind people tell apart.
LEVELS = np.linspace(0, 1, 256)
HEAT_COLOURS = cv2.applyColorMap(np.arange(256, dtype=np.uint8)[:, None], cv2.COLORMAP_INFERNO)
HEAT_OPACITY = np.sqrt(LEVELS)
BLUE, ORANGE = (178, 114, 0), (0, 159, 230)
CONTRAST_COLOURS = np.where(LEVELS[:, None, None] < 0.5, BLUE, ORANGE).astype(np.uint8)
DISTANCE = np.abs(2 * LEVELS - 1)
CONTRAST_OPACITY = np.where(DISTANCE < 1.5 / 255, 0, np.sqrt(DISTANCE))  # 0 lies between two levels
PANEL_PX = 336  # edge of the panel's picture; a multiple of 28, the input's edge
FONT = cv2.FontFace("sans")
FONT_WEIGHT = 600
INSET_SHARE = 0.28  # of the picture's shorter edge


def annotate(
    image_bgr: Image,
    reading: Reading,
    show_input: bool = False,
    fps: float | None = None,
    style: DisplayStyle = DEFAULT_STYLE,
) -> Image:
    """A new picture with the reading drawn on it.

    Args:
        image_bgr: H x W x 3 uint8, B G R; not changed.
        reading: of this frame, or of one shortly before.
        show_input: draw the model's input in the lower left corner.
        fps: frames a second, written in the upper left corner; None for none.
        style: how to draw.
    """
    canvas = cv2.flip(image_bgr, 1) if style.mirrored else image_bgr.copy()
    unit_px = max(1, round(min(canvas.shape[:2]) / 240))
    segment, heat_map = reading.segment, reading.heat_map
    if style.mirrored and segment is not None:
        segment = mirrored(segment, canvas.shape[1])
        heat_map = None if heat_map is None else cv2.flip(heat_map, 1)
    if segment is not None:
        colour = COLOURS.get(reading.state, WHITE)
        if heat_map is not None and style.heat:
            blend_heat(canvas, segment, heat_map, style.strength, bool(reading.against))
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


def mirrored(segment: Segment, width_px: int) -> Segment:
    """The same item in a picture of that width with left and right exchanged."""
    x, y, w, h = segment.box
    return Segment((width_px - x - w, y, w, h), cv2.flip(segment.mask, 1))


def draw_explanation(reading: Reading, style: DisplayStyle) -> Explanation | None:
    """The reading's heat map as pictures for the panel; None when it has none."""
    if reading.heat_map is None or reading.input_grey is None:
        return None
    grey = cv2.resize(reading.input_grey, (PANEL_PX, PANEL_PX), interpolation=cv2.INTER_NEAREST)
    picture = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    heat = cv2.resize(reading.heat_map, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    is_contrast = bool(reading.against)
    strength = style.strength if style.heat else 0.0
    colours, opacity = scale_of(is_contrast, strength)
    blend(picture, heat, np.full(grey.shape, 255, np.uint8), strength, is_contrast)
    # Over a middle grey, so that the legend shows opacity too.
    share = opacity[:, None, None] / 255
    legend = (128 * (1 - share) + colours * share).astype(np.uint8)
    return Explanation(picture, legend.reshape(1, 256, 3))


def blend_heat(canvas: Image, segment: Segment, heat_map: FloatArray, strength: float, is_contrast: bool) -> None:
    """Blend the heat map over the item on `canvas`, in place."""
    x, y, w, h = segment.box
    matrix = box_to_input(segment, heat_map.shape[0])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    heat = cv2.warpAffine(heat_map, matrix, (w, h), flags=how, borderMode=cv2.BORDER_REPLICATE)
    blend(canvas[y : y + h, x : x + w], heat, segment.mask, strength, is_contrast)


def blend(item: Image, heat: FloatArray, mask: Image, strength: float, is_contrast: bool) -> None:
    """Blend heat of the same size over a picture, in place; opacity grows with the heat, up to `strength`."""
    level = cv2.convertScaleAbs(heat, alpha=127.5, beta=127.5) if is_contrast else cv2.convertScaleAbs(heat, alpha=255)
    colours, opacities = scale_of(is_contrast, strength)
    opacity = cv2.merge([cv2.bitwise_and(cv2.LUT(level, opacities), mask)] * 3)
    kept = cv2.multiply(item, cv2.bitwise_not(opacity), scale=1 / 255)
    item[:] = cv2.add(kept, cv2.multiply(cv2.applyColorMap(level, colours), opacity, scale=1 / 255))


def scale_of(is_contrast: bool, strength: float) -> tuple[Image, Image]:
    """Colours, 256 x 1 x 3 uint8 B G R, and opacity, 256 uint8, by level."""
    colours, opacity = (CONTRAST_COLOURS, CONTRAST_OPACITY) if is_contrast else (HEAT_COLOURS, HEAT_OPACITY)
    return colours, (255 * strength * opacity).astype(np.uint8)


def put_inset(canvas: Image, input_grey: Image) -> None:
    """The model's input, enlarged without smoothing, in the lower left corner of `canvas`, in place, if it fits."""
    factor = max(1, round(INSET_SHARE * min(canvas.shape[:2]) / input_grey.shape[0]))
    large = cv2.resize(input_grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST)
    side = large.shape[0]
    if side > min(canvas.shape[:2]):
        return
    canvas[-side:, :side] = large[:, :, np.newaxis]
    cv2.rectangle(canvas, (0, canvas.shape[0] - side), (side - 1, canvas.shape[0] - 1), WHITE, 1)


def write(canvas: Image, text: str, lower_left: tuple[int, int], size_px: int, colour: tuple[int, int, int]) -> None:
    """White text on a coloured plate, in place; its lower left corner there, or as near as the picture allows."""
    height, width = canvas.shape[:2]
    _, _, text_width, _ = cv2.getTextSize((width, height), text, (0, 0), FONT, size_px, FONT_WEIGHT)
    plate_width, plate_height = text_width + size_px, round(1.5 * size_px)
    x = max(0, min(lower_left[0], width - plate_width))
    bottom = max(lower_left[1], plate_height)
    cv2.rectangle(canvas, (x, bottom - plate_height), (x + plate_width, bottom), colour, cv2.FILLED)
    origin = (x + size_px // 2, bottom - round(0.42 * size_px))
    cv2.putText(canvas, text, origin, WHITE, FONT, size_px, FONT_WEIGHT)
