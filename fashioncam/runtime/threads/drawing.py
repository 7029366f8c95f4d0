"""The drawing thread: newest frame and newest reading in, picture out, so that the window only has to show it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import cv2

from fashioncam.messages import Explanation, Failure, Frame, Image, Look, Reading
from fashioncam.pipeline.explanation.overlay import annotate, draw_explanation
from fashioncam.pipeline.garment_input import largest_within

from .loop import Loop
from .mailbox import Mailbox

WAIT_S = 0.05  # how soon a reading, or another look, is drawn where no frame comes
# A frame waits so long for its own reading, so that the outline lies on the item and not where it was before; but only
# while readings take less than `QUICK_MS`, or the picture would lag for nothing.
PATIENCE_S, QUICK_MS = 0.025, 18.0


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture for the window.

    Attributes:
        frame, reading: what was drawn; the reading is of this frame or of one a moment before, None before the first.
        picture_bgr: H x W x 3 uint8, B G R, at the window's size.
        explanation: of the reading; None where it has no heat map.
        is_new_frame: whether the frame is another than in the drawing before.
    """

    frame: Frame
    reading: Reading | None
    picture_bgr: Image
    explanation: Explanation | None
    is_new_frame: bool


class DrawingLoop(Loop):
    """Draws each frame with the newest reading; where no frame comes, the last one again with what is new.

    Args:
        frames, readings: what is to be drawn.
        drawings: gets the pictures.
        failures: gets the failure that ended the thread.
        style: called for every drawing: how to draw, and width and height of the place for the picture, pixels.
    """

    def __init__(
        self,
        frames: Mailbox[Frame],
        readings: Mailbox[Reading],
        drawings: Mailbox[Drawing],
        failures: Mailbox[Failure],
        style: Callable[[], tuple[Look, tuple[int, int]]],
    ) -> None:
        super().__init__("drawing", self._draw, failures.put)
        self._frames, self._readings, self._drawings = frames, readings, drawings
        self._style = style

    def _draw(self, stop: threading.Event) -> None:
        frame, reading, explanation, style = None, None, None, None
        while not stop.is_set():
            new_frame = self._frames.take(WAIT_S)
            new_reading = self._reading_for(new_frame, reading)
            new_style = self._style()
            frame, reading = new_frame or frame, new_reading or reading
            if new_reading is not None or new_style != style:
                explanation = None if reading is None else draw_explanation(reading, new_style[0])
            elif new_frame is None:
                continue
            style = new_style
            if frame is not None:
                picture_bgr = draw(frame, reading, *style)
                self._drawings.put(Drawing(frame, reading, picture_bgr, explanation, new_frame is not None))

    def _reading_for(self, frame: Frame | None, last: Reading | None) -> Reading | None:
        """The newest reading, if it is new; that of this frame, if readings come quickly and it comes in time."""
        reading = self._readings.take()
        if frame is None or last is None or sum(last.stages_ms.values()) > QUICK_MS:
            return reading
        while reading is None or reading.frame_index < frame.index:
            patience_s = frame.grabbed_s + PATIENCE_S - time.monotonic()
            if patience_s <= 0:
                break
            reading = self._readings.take(patience_s) or reading
        return reading


def draw(frame: Frame, reading: Reading | None, look: Look, place_wh: tuple[int, int]) -> Image:
    """The frame, scaled to fit the place, with the reading on it if that is of a frame of this size.

    Scaled here so that Qt only copies: to scale 1920x1080 keeps the window's thread for 8 ms.
    """
    frame_wh = frame.image_bgr.shape[1::-1]
    if reading is not None and reading.frame_wh == frame_wh:
        picture_bgr = annotate(frame.image_bgr, reading, look=look)
    else:
        picture_bgr = cv2.flip(frame.image_bgr, 1) if look.mirrored else frame.image_bgr
    size_wh = largest_within(frame_wh, place_wh)
    if size_wh == frame_wh or min(place_wh) < 1:
        return picture_bgr
    way = cv2.INTER_AREA if size_wh[0] < 0.5 * frame_wh[0] else cv2.INTER_LINEAR
    return cv2.resize(picture_bgr, size_wh, interpolation=way)
