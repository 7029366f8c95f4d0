"""The drawing thread: newest frame and newest reading in, picture out, so that the window only has to show it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import cv2

from fashioncam.messages import DisplayStyle, Explanation, Failure, Frame, Image, Reading
from fashioncam.pipeline.explanation.overlay import annotate, draw_explanation
from fashioncam.pipeline.garment_input import largest_within
from fashioncam.view import Picture

from .loop import Loop
from .mailbox import Mailbox

WAIT_S = 0.05  # how soon a reading, or another style, is drawn while no frame comes
# A frame waits so long for its own reading: then the outline lies on the item. It does so only while readings take less
# than `QUICK_MS`: else the picture would lag for nothing.
PATIENCE_S, QUICK_MS = 0.025, 18.0


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """One frame, drawn.

    Attributes:
        picture: the frame with the reading on it, at the window's size.
        reading: of this frame or of one a moment before; None before the first.
        explanation: of the reading; None where it has no heat map.
    """

    picture: Picture
    reading: Reading | None
    explanation: Explanation | None


class DrawingLoop(Loop):
    """Draws each frame with the newest reading. While no frame comes, a new reading or style is drawn on the last one.

    Args:
        frames, readings: to be drawn.
        drawings: gets the pictures.
        failures: gets the failure that ended the thread.
        style: called for every drawing: how to draw, and width and height of the place for the picture, pixels.
        notify: called in the thread after every drawing.
    """

    def __init__(
        self,
        frames: Mailbox[Frame],
        readings: Mailbox[Reading],
        drawings: Mailbox[Drawing],
        failures: Mailbox[Failure],
        style: Callable[[], tuple[DisplayStyle, tuple[int, int]]],
        notify: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__("drawing", self._draw, failures.put)
        self._frames, self._readings, self._drawings = frames, readings, drawings
        self._style, self._notify = style, notify

    def _draw(self, stop: threading.Event) -> None:
        frame, reading, explanation, style = None, None, None, None
        while not stop.is_set():
            new_frame = self._frames.take(WAIT_S)
            new_reading = reading_for(new_frame, reading, self._readings)
            new_style = self._style()
            frame, reading = new_frame or frame, new_reading or reading
            if new_reading is not None or new_style != style:
                explanation = None if reading is None else draw_explanation(reading, new_style[0])
            elif new_frame is None:
                continue
            style = new_style
            if frame is not None:
                picture = Picture(draw(frame, reading, *style), frame.grabbed_s)
                self._drawings.put(Drawing(picture, reading, explanation))
                self._notify()


def reading_for(frame: Frame | None, last: Reading | None, readings: Mailbox[Reading]) -> Reading | None:
    """The newest reading, or None if there is no new one; if readings come quickly, it waits for the frame's own.

    Args:
        frame: what is to be drawn; None for the frame before once more.
        last: the reading that was drawn last.
        readings: where new ones come from.
    """
    reading = readings.take()
    if frame is None or last is None or sum(last.stages_ms.values()) > QUICK_MS:
        return reading
    while reading is None or reading.frame_index < frame.index:
        patience_s = frame.grabbed_s + PATIENCE_S - time.perf_counter()
        if patience_s <= 0:
            break
        reading = readings.take(patience_s) or reading
    return reading


def draw(frame: Frame, reading: Reading | None, style: DisplayStyle, place_wh: tuple[int, int]) -> Image:
    """The frame, scaled to fit the place, with the reading on it if that is of a frame of this size.

    It is scaled here so that the window's thread only has to copy it.
    """
    frame_wh = frame.image_bgr.shape[1::-1]
    if reading is not None and reading.frame_wh == frame_wh:
        picture_bgr = annotate(frame.image_bgr, reading, style=style)
    else:
        picture_bgr = cv2.flip(frame.image_bgr, 1) if style.mirrored else frame.image_bgr
    size_wh = largest_within(frame_wh, place_wh)
    if size_wh == frame_wh or min(place_wh) < 1:
        return picture_bgr
    way = cv2.INTER_AREA if size_wh[0] < 0.5 * frame_wh[0] else cv2.INTER_LINEAR
    return cv2.resize(picture_bgr, size_wh, interpolation=way)
