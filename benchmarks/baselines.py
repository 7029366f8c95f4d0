"""What the program is compared with: the earlier demo, and OpenCV's background subtractors.

The earlier demo takes what differs from the first frame by more than 50 grey levels, crops it on black without negating
it, and names each frame alone. Each method works on the frame at its full size, as its users run it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np

from fashioncam.messages import Frame, Image, Segment
from fashioncam.pipeline.segmentation.item_mask import AREA_LIMITS

EARLIER = "earlier demo"  # as tables name what `FixedThreshold` and `earlier_input` make up together


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method says about one frame.

    Attributes:
        learning: the background is not known yet.
        segment: the garment; None where none is found.
    """

    learning: bool = False
    segment: Segment | None = None


class Method(Protocol):
    """A segmentation method as the benchmark sees it: frames of one clip in their order, a reset before each clip."""

    def reset(self) -> None:
        """Forget the scene."""

    def read(self, frame: Frame) -> Answer:
        """Learn from the frame, or look for the item in it; the frame is not changed."""


class FixedThreshold:
    """The earlier demo's segmentation: what differs from the first frame by more than a fixed number of grey levels."""

    GREY_LEVELS = 50
    MIN_AREA = 0.01  # of the picture

    def __init__(self) -> None:
        self._background: Image | None = None

    def reset(self) -> None:
        self._background = None

    def read(self, frame: Frame) -> Answer:
        grey = cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2GRAY)
        if self._background is None:
            self._background = grey
            return Answer(learning=True)
        differs = cv2.compare(cv2.absdiff(grey, self._background), self.GREY_LEVELS, cv2.CMP_GT)
        return Answer(segment=largest_outline(differs, self.MIN_AREA))


def earlier_input(frame_bgr: Image, segment: Segment, size: int) -> Image:
    """What the earlier demo gives its model: the grey crop on black, as bright as it is: size x size uint8."""
    x, y, w, h = segment.box
    grey = cv2.cvtColor(frame_bgr[y : y + h, x : x + w], cv2.COLOR_BGR2GRAY)
    side = max(w, h)
    canvas = np.zeros((side, side), np.uint8)
    top, left = (side - h) // 2, (side - w) // 2
    canvas[top : top + h, left : left + w] = cv2.bitwise_and(grey, segment.mask)
    return cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA)


class Subtractor:
    """MOG2 or KNN with OpenCV's own settings, with shadow detection, and frozen while an item is in view."""

    LEARN_FRAMES = 20
    EMPTY_RATE = 0.002  # follows the light of an empty scene, with a time constant of 17 s
    # Not 0: at that rate KNN of OpenCV 5.0 takes an item for background in less than 20 frames; MOG2 would not.
    FROZEN_RATE = 1e-6
    ITEM = 255  # shadows are 127

    def __init__(self, kind: str) -> None:
        self._create = {"mog2": cv2.createBackgroundSubtractorMOG2, "knn": cv2.createBackgroundSubtractorKNN}[kind]
        self._kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
        self.reset()

    def reset(self) -> None:
        cv2.setRNGSeed(0)  # KNN chooses its samples at random
        self._model: Any = self._create(detectShadows=True)
        self._learned = 0
        self._item_in_view = False

    def read(self, frame: Frame) -> Answer:
        if self._learned < self.LEARN_FRAMES:
            self._learned += 1
            self._model.apply(frame.image_bgr)
            return Answer(learning=True)
        rate = self.FROZEN_RATE if self._item_in_view else self.EMPTY_RATE
        labels = self._model.apply(frame.image_bgr, learningRate=rate)
        mask = cv2.morphologyEx(cv2.compare(labels, self.ITEM, cv2.CMP_EQ), cv2.MORPH_OPEN, self._kernel)
        segment = largest_outline(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, self._kernel), AREA_LIMITS[0])
        self._item_in_view = segment is not None
        return Answer(segment=segment)


def largest_outline(mask: Image, min_area: float) -> Segment | None:
    """The outline with the largest area, filled; None if that is less than `min_area` of the picture (H x W uint8)."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return None
    outline = max(outlines, key=cv2.contourArea)
    if cv2.contourArea(outline) < min_area * mask.size:
        return None
    x, y, width, height = cv2.boundingRect(outline)
    filled = np.zeros((height, width), np.uint8)
    cv2.drawContours(filled, [outline], -1, 255, cv2.FILLED, offset=(-x, -y))
    return Segment((x, y, width, height), filled)
