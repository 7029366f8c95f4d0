"""The reference background: what the scene looks like with no item in it, and how much it varies.

Everything here and in `segmentation` works on a small picture, `WORK_EDGE_PX` along its longer side.
That makes it quick, and averaging 4x4 camera pixels (at 640x480) divides the sensor's noise by four.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from fashioncam.messages import FloatArray, Image

WORK_EDGE_PX = 160
LEARN_FRAMES = 12
# A camera that opens its eye: wait until the mean brightness changes by less than STEADY_CHANGE from
# frame to frame, STEADY_FRAMES times running. Flickering lamps never do, hence the limit.
STEADY_CHANGE = 0.01
STEADY_FRAMES = 5
SETTLE_LIMIT_FRAMES = 45
# The median absolute deviation of normally distributed noise is sigma / 1.4826.
MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True, slots=True)
class Learning:
    """A reference in the making.

    Attributes:
        settling: frames seen while waiting for the camera to settle.
        steady: how many of the last of them were steady.
        brightness: mean of the last frame, 0..255; None before the first one.
        frames: the small frames collected since it settled, h x w x 3 uint8 each.
    """

    settling: int = 0
    steady: int = 0
    brightness: float | None = None
    frames: tuple[Image, ...] = ()

    @property
    def progress(self) -> float:
        """0..1; waiting for the camera is the first third."""
        if self.frames:
            return 1 / 3 + 2 / 3 * len(self.frames) / LEARN_FRAMES
        return min(self.steady, STEADY_FRAMES) / STEADY_FRAMES / 3


@dataclass(frozen=True, slots=True)
class Reference:
    """The empty scene.

    Attributes:
        median: h x w x 3 float32, B G R, 0..255, per pixel over the learned frames.
        tolerance: h x w float32 in grey levels, the difference that noise and shake explain.
    """

    median: FloatArray
    tolerance: FloatArray


ReferenceState: TypeAlias = Learning | Reference


def shrink(frame_bgr: Image) -> Image:
    """The frame at working size: h x w x 3 uint8, its longer side `WORK_EDGE_PX`."""
    height, width = frame_bgr.shape[:2]
    scale = WORK_EDGE_PX / max(height, width)
    size_wh = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(frame_bgr, size_wh, interpolation=cv2.INTER_AREA)


def observe(learning: Learning, small_bgr: Image) -> ReferenceState:
    """Take one more small frame into account; returns the finished reference after the last one."""
    if learning.frames and learning.frames[0].shape != small_bgr.shape:
        learning = Learning()
    if not learning.frames and not has_settled(learning):
        return settle(learning, small_bgr)
    frames = (*learning.frames, small_bgr)
    if len(frames) < LEARN_FRAMES:
        return Learning(learning.settling, learning.steady, learning.brightness, frames)
    return finish(np.stack(frames))


def has_settled(learning: Learning) -> bool:
    return learning.steady >= STEADY_FRAMES or learning.settling >= SETTLE_LIMIT_FRAMES


def settle(learning: Learning, small_bgr: Image) -> Learning:
    """Count one more frame while the camera settles."""
    brightness = float(small_bgr.mean())
    before = learning.brightness
    steady = before is not None and abs(brightness - before) <= STEADY_CHANGE * max(before, 1.0)
    return Learning(learning.settling + 1, learning.steady + 1 if steady else 0, brightness)


def finish(frames: Image) -> Reference:
    """Median and tolerance of n x h x w x 3 uint8 frames."""
    median = np.median(frames, axis=0).astype(np.float32)
    deviation = np.median(np.abs(frames - median), axis=0).max(axis=2) * MAD_TO_SIGMA
    # A shaking camera moves edges: what it changes grows with the contrast around a pixel.
    around = np.ones((3, 3), np.uint8)
    contrast = (cv2.dilate(median, around) - cv2.erode(median, around)).max(axis=2)
    tolerance = 3.0 + 2.0 * deviation + 0.2 * contrast
    return Reference(median, tolerance.astype(np.float32))
