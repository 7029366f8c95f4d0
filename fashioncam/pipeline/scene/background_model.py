"""The background model: the scene without an item, how much it varies, and its light.

This and the segmentation work on a small picture, `WORK_EDGE_PX` along its longer side. That is quick, and averaging
camera pixels removes most of the sensor's noise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from fashioncam.messages import FloatArray, Image
from fashioncam.pipeline.segmentation.deviation import BURNT_OUT

WORK_EDGE_PX = 160
LEARN_FRAMES = 12
# A camera first sets its exposure. Learning begins when the mean brightness has changed by less than STEADY_CHANGE for
# STEADY_FRAMES frames, or at the limit: under flickering lamps it never does.
STEADY_CHANGE = 0.01
STEADY_FRAMES = 5
SETTLE_LIMIT_S = 1.5
BLACK_LEVEL = 8  # mean grey level; darker frames are a camera's first ones, or its cover
# The median absolute deviation of normally distributed noise is sigma / 1.4826.
MAD_TO_SIGMA = 1.4826
AGREEING_LEVELS = 24  # grey levels by which shadow and tint may change the background's colour
# The model follows light that changes from place to place, such as the sun's, with this time constant, in steps: each
# costs a copy of the model.
FOLLOW_S = 10.0
FOLLOW_STEP_S = 0.25


@dataclass(frozen=True, slots=True)
class Learning:
    """A background model that is being learned.

    Attributes:
        began_s: time of the first frame; None before it.
        steady: how many frames in a row were steady.
        brightness: mean of the last frame, 0..255; None before the first one.
        frames: small frames collected since the camera settled, h x w x 3 uint8 each.
    """

    began_s: float | None = None
    steady: int = 0
    brightness: float | None = None
    frames: tuple[Image, ...] = ()

    @property
    def progress(self) -> float:
        """0..1; the first third is waiting for the camera."""
        if self.frames:
            return 1 / 3 + 2 / 3 * len(self.frames) / LEARN_FRAMES
        return min(self.steady, STEADY_FRAMES) / STEADY_FRAMES / 3


@dataclass(frozen=True, slots=True)
class BackgroundModel:
    """The scene without an item.

    Attributes:
        median: h x w x 3 float32, B G R, 0..255, per pixel over the learned frames.
        tolerance: h x w uint8, the difference in grey levels that noise and camera shake explain, at least 4.
        followed_s: when the median last followed the light; None before the first time.
    """

    median: FloatArray
    tolerance: Image
    followed_s: float | None = None


Background: TypeAlias = Learning | BackgroundModel


def shrink(frame_bgr: Image) -> Image:
    """The frame at working size: h x w x 3 uint8, even, its longer side `WORK_EDGE_PX`."""
    height, width = frame_bgr.shape[:2]
    scale = WORK_EDGE_PX / max(height, width)
    size_wh = max(1, round(width * scale / 2)) * 2, max(1, round(height * scale / 2)) * 2
    # Every other row is enough, and OpenCV vectorises halving: a third of the time of one step over all rows.
    picture = frame_bgr[::2] if height >= 4 * size_wh[1] else frame_bgr
    while picture.shape[1] >= 2 * size_wh[0] and picture.shape[0] >= 2 * size_wh[1]:
        picture = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return cv2.resize(picture, size_wh, interpolation=cv2.INTER_AREA)


def observe(learning: Learning, small_bgr: Image, time_s: float) -> Background:
    """Add one small frame. After the last one the model is complete; a black frame starts again."""
    if small_bgr.mean() < BLACK_LEVEL:
        return Learning()
    if learning.frames and learning.frames[0].shape != small_bgr.shape:
        learning = Learning()
    if not learning.frames and not has_settled(learning, time_s):
        return settle(learning, small_bgr, time_s)
    frames = (*learning.frames, small_bgr)
    if len(frames) < LEARN_FRAMES:
        return replace(learning, frames=frames)
    return finish(np.stack(frames))


def has_settled(learning: Learning, time_s: float) -> bool:
    waited_s = 0.0 if learning.began_s is None else time_s - learning.began_s
    return learning.steady >= STEADY_FRAMES or not 0 <= waited_s < SETTLE_LIMIT_S


def settle(learning: Learning, small_bgr: Image, time_s: float) -> Learning:
    """Count one more frame while the camera settles."""
    brightness = float(small_bgr.mean())
    before = learning.brightness
    steady = before is not None and abs(brightness - before) <= STEADY_CHANGE * max(before, 1.0)
    began_s = time_s if learning.began_s is None else learning.began_s
    return Learning(began_s, learning.steady + 1 if steady else 0, brightness)


def finish(frames: Image) -> BackgroundModel:
    """Median and tolerance of n x h x w x 3 uint8 frames."""
    median = np.median(frames, axis=0).astype(np.float32)
    deviation = np.median(np.abs(frames - median), axis=0).max(axis=2)
    sigma = MAD_TO_SIGMA * np.maximum(deviation, 0.5)  # rounding hides that much
    # A shaking camera moves edges: what it changes grows with the contrast around a pixel.
    around = np.ones((3, 3), np.uint8)
    contrast = (cv2.dilate(median, around) - cv2.erode(median, around)).max(axis=2)
    tolerance = np.clip(3.0 + 2.0 * sigma + 0.2 * contrast, 0, 255).round().astype(np.uint8)
    return BackgroundModel(median, tolerance)


def light_gain(small_bgr: Image, background: BackgroundModel) -> FloatArray:
    """How much brighter the light is than in the background model, one factor a channel: 3 float32.

    The median of the ratios is the background's while the item covers less than half of what is neither dark nor burnt
    out. When little of the picture agrees with it, as before a white wall that burns out, factors from a half to two
    are tried, and the one is taken with which most of the picture agrees.
    """
    seen, known = sample(small_bgr), sample(background.median)
    usable = (known > 20) & (seen > 4) & (np.maximum(known, seen) < BURNT_OUT)
    ratios = np.divide(seen, np.maximum(known, 1), dtype=np.float32)
    in_all_channels: NDArray[np.bool_] = np.logical_and.reduce(usable)
    if np.count_nonzero(in_all_channels) >= 20:
        near = agreeing(seen, known, middle(ratios, in_all_channels))
        agreed = near & in_all_channels
        if 2 * np.count_nonzero(near) > near.size and np.count_nonzero(agreed) >= 20:
            return middle(ratios, agreed)  # without the item's share
    candidates = np.repeat(np.geomspace(0.5, 2.0, 25, dtype=np.float32)[:, None], 3, axis=1)
    gain = max(candidates, key=lambda candidate: np.count_nonzero(agreeing(seen, known, candidate)))
    kept = agreeing(seen, known, gain) & usable
    for channel in range(3):
        if np.count_nonzero(kept[channel]) >= 20:
            gain[channel] = middle(ratios[channel : channel + 1], kept[channel])[0]
    return gain


def sample(picture: Image | FloatArray) -> FloatArray:
    """Every fifth pixel of every fifth row: h x w x 3 -> 3 x N float32."""
    return np.ascontiguousarray(picture[::5, ::5].reshape(-1, 3).T, np.float32)


def middle(values: FloatArray, which: NDArray[np.bool_]) -> FloatArray:
    """The median of the chosen columns of channels x N: channels float32; of two in the middle the larger."""
    chosen = np.compress(which, values, axis=1)
    half = chosen.shape[1] // 2
    return np.partition(chosen, half, axis=1)[:, half]


def agreeing(seen: FloatArray, known: FloatArray, gain: FloatArray) -> NDArray[np.bool_]:
    """Which of 3 x N colours agree with the known ones in this light (one factor a channel): N bool."""
    return (np.abs(np.minimum(known * gain[:, None], 255) - seen) < AGREEING_LEVELS).all(axis=0)


def expected_background(background: BackgroundModel, gain: FloatArray) -> Image:
    """The background in the present light: h x w x 3 uint8."""
    return cv2.multiply(background.median, (*gain.tolist(), 0.0), dtype=cv2.CV_8U)


def follow(
    background: BackgroundModel, small_bgr: Image, gain: FloatArray, where: Image, time_s: float
) -> BackgroundModel:
    """The model moved a little towards the frame where `where` (h x w uint8) is not 0."""
    if background.followed_s is None:
        return replace(background, followed_s=time_s)
    elapsed_s = time_s - background.followed_s
    if 0 <= elapsed_s < FOLLOW_STEP_S:
        return background
    share = 1 - np.exp(-min(max(elapsed_s, 0.0), 1.0) / FOLLOW_S)
    median = background.median.copy()
    seen = cv2.multiply(small_bgr, (*(1 / gain).tolist(), 0.0), dtype=cv2.CV_32F)
    # A burnt-out pixel is brighter than it looks: divided by the gain it would darken the model.
    known = cv2.inRange(small_bgr, (0, 0, 0), (BURNT_OUT - 1,) * 3)
    cv2.accumulateWeighted(seen, median, float(share), mask=cv2.bitwise_and(where, known))
    return replace(background, median=median, followed_s=time_s)
