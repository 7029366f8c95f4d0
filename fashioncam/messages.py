"""The frozen records that travel between threads and layers. Nothing here imports more than numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.uint8]
FloatArray: TypeAlias = NDArray[np.float32]
Box: TypeAlias = tuple[int, int, int, int]


class State(StrEnum):
    """What the program makes of the scene, as the window says it and the predictions file names it."""

    LEARNING = "learning"
    EMPTY = "empty"
    ITEM = "item"
    UNCERTAIN = "uncertain"
    SCENE_CHANGED = "scene_changed"


@dataclass(frozen=True, slots=True)
class InputDescription:
    """How a model wants its input; travels in the checkpoint.

    Attributes:
        size: edge of the square input, pixels.
        mean, std: normalisation of grey values scaled to 0..1.
        polarity: "negated" means that a dark garment is bright, on a background of 0,
            as in Fashion-MNIST; "positive" keeps the camera's own greys.
    """

    size: int
    mean: float
    std: float
    polarity: str = "negated"


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture from a source.

    Attributes:
        index: position in the stream, from 0.
        image_bgr: H x W x 3 uint8, B G R.
        time_s: seconds since the stream's first frame; from a file, by its frame rate.
        grabbed_s: `time.monotonic()` when the frame had been grabbed.
    """

    index: int
    image_bgr: Image
    time_s: float
    grabbed_s: float


@dataclass(frozen=True, slots=True)
class Segment:
    """Where the item is.

    Attributes:
        box: x, y, width, height in frame pixels.
        mask: height x width uint8 of that box, 255 on the item and 0 off it.
    """

    box: Box
    mask: Image


@dataclass(frozen=True, slots=True)
class Prediction:
    """One class with its probability, 0..1, calibrated and smoothed over time."""

    index: int
    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything the pipeline says about one frame.

    Attributes:
        frame_index, frame_wh, time_s, grabbed_s: those of the frame; width and height in pixels.
        state: what the program makes of the scene.
        learned: how much of the background has been learned, 0..1.
        segment: where the item is, or None.
        top5: the most probable classes, first first; empty where there is no item, or no model yet.
        heat_map: what speaks for the first class, h x w float32 in 0..1 over the square 28x28 input,
            on a scale that does not change from frame to frame; None where there is no item.
        input_grey: 28 x 28 uint8, what the model saw; None where there is no item.
        stages_ms: duration of each step, milliseconds.
    """

    frame_index: int
    frame_wh: tuple[int, int]
    time_s: float
    grabbed_s: float
    state: State
    learned: float = 1.0
    segment: Segment | None = None
    top5: tuple[Prediction, ...] = ()
    heat_map: FloatArray | None = None
    input_grey: Image | None = None
    stages_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def box(self) -> Box | None:
        return None if self.segment is None else self.segment.box


@dataclass(frozen=True, slots=True)
class Failure:
    """A thread's last word: what went wrong, in one line, and whether the user can put it right."""

    text: str
    by_user: bool


@dataclass(frozen=True, slots=True)
class StreamRates:
    """Rates over the last second, in frames a second, and how many frames were dropped since the start.

    Attributes:
        capture: frames grabbed.
        inference: readings made.
        display: different frames painted; the same frame painted again does not count.
        dropped: grabbed frames that were replaced by newer ones before they were read.
    """

    capture: float = 0.0
    inference: float = 0.0
    display: float = 0.0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """What the window shows, pulled by its display timer.

    Attributes:
        picture_bgr: H x W x 3 uint8, annotated, B G R; None when nothing has changed since the last pull.
        is_new_frame: whether the picture is of another frame than the one before.
        reading: the newest one; None before the first.
        rates: how the threads keep up.
        model_ready: whether the model has been loaded.
        source: what the pictures come from; empty until it has been opened.
        notice: something the user should know about the source; empty for nothing.
        failure: what ended a thread, or None.
        ended: whether the source has come to its end.
    """

    picture_bgr: Image | None = None
    is_new_frame: bool = False
    reading: Reading | None = None
    rates: StreamRates = StreamRates()
    model_ready: bool = False
    source: str = ""
    notice: str = ""
    failure: Failure | None = None
    ended: bool = False
