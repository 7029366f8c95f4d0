"""The frozen records that travel between threads and layers. Nothing here imports more than numpy.

A record of pictures equals only itself (`eq=False`): numpy arrays have no truth value to compare by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.uint8]
FloatArray: TypeAlias = NDArray[np.float32]
Box: TypeAlias = tuple[int, int, int, int]
Region: TypeAlias = tuple[float, float, float, float]


class State(StrEnum):
    """The state of the scene, by its name in the predictions file."""

    LEARNING = "learning"
    EMPTY = "empty"
    ITEM = "item"
    UNCERTAIN = "uncertain"
    SCENE_CHANGED = "scene_changed"


class Stream(StrEnum):
    """State of the source."""

    OPENING = "opening"
    PLAYING = "playing"
    PAUSED = "paused"
    LOST = "lost"
    ENDED = "ended"


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
        grabbed_s: `time.perf_counter()` when the frame had been grabbed.
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
class Request:
    """The user's request about the frames to come.

    Attributes:
        explained: index of the class whose heat map is wanted; None for the most probable one.
        contrast: compare the first class with the second, instead of explaining one.
        region: x, y, width and height of the part of the picture that is searched, as shares 0..1 of the
            frame's width and height; None for all of it.
    """

    explained: int | None = None
    contrast: bool = False
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class DisplayStyle:
    """How a reading is drawn on the picture.

    Attributes:
        heat: whether the heat map is laid over the item.
        strength: its opacity at full heat, 0..1.
        mirrored: left and right exchanged, as in a mirror.
    """

    heat: bool = True
    strength: float = 0.7
    mirrored: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The heat map as pictures, for the panel.

    Attributes:
        input_bgr: the input enlarged without smoothing with the heat map over it, side x side x 3 uint8, B G R.
        legend_bgr: the scale's colours from its lowest value to its highest, 1 x 256 x 3 uint8, B G R.
    """

    input_bgr: Image
    legend_bgr: Image


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Everything the pipeline says about one frame.

    Attributes:
        frame_index, frame_wh, time_s, grabbed_s: those of the frame; width and height in pixels.
        state: of the scene.
        learned: how much of the background has been learned, 0..1.
        segment: where the item is, or None.
        top5: the five most probable classes, in order; empty without an item or a model.
        heat_map: evidence for the explained class, h x w float32 in 0..1 over the square input; with the program's
            own methods on one scale for all frames. If two classes are compared, the difference of their maps, -1..1.
            None without an item.
        input_grey: S x S uint8, the model's input before every other one is mirrored; None without an item.
        stages_ms: duration of each step, milliseconds.
        explained: label of the class that the heat map explains; empty without a heat map.
        against: label of the class that it is compared with; empty for none.
        reject_below: the smallest probability of the first class that counts as sure, 0..1; 0 without a model.
        is_cut: whether an edge of the picture hides so much of the item that its class stays uncertain.
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
    explained: str = ""
    against: str = ""
    reject_below: float = 0.0
    is_cut: bool = False

    @property
    def box(self) -> Box | None:
        return None if self.segment is None else self.segment.box


@dataclass(frozen=True, slots=True)
class Failure:
    """The reason why a thread ended, in one line, and whether the user can put it right."""

    text: str
    by_user: bool


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera as the system lists it: OpenCV's index, and its name."""

    index: int
    name: str


@dataclass(frozen=True, slots=True)
class Capture:
    """A garment that the user has filed under its true class.

    Attributes:
        folder: holds the files crop.png, mask.png, input.png and capture.json.
        label: the true class.
        answer: the program's own answer; empty where it had no model.
        taken: local date and time, ISO 8601.
    """

    folder: Path
    label: str
    answer: str
    taken: str


@dataclass(frozen=True, slots=True)
class LearningProgress:
    """Progress of adapting a model to captures.

    Attributes:
        is_running: whether it is under way.
        percent: 0..100.
        text: its last message, one line; empty for none yet.
        weights: the new model's file once it has been written, else None.
    """

    is_running: bool
    percent: int = 0
    text: str = ""
    weights: Path | None = None
