"""The frozen records that travel between threads and layers. Nothing here imports more than numpy."""

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
    """What the program makes of the scene, as the window says it and the predictions file names it."""

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
class Request:
    """What the user asks of the readings to come.

    Attributes:
        explained: index of the class whose heat map is wanted; None for the most probable one.
        contrast: what speaks for the first class rather than the second, instead of for one class.
        region: x, y, width and height of the part of the picture that is searched, as shares 0..1 of the
            frame's width and height; None for all of it.
    """

    explained: int | None = None
    contrast: bool = False
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How a reading is drawn on the picture.

    Attributes:
        heat: whether the heat map is laid over the item.
        strength: its opacity at full heat, 0..1.
        mirrored: left and right exchanged, as in a mirror.
    """

    heat: bool = True
    strength: float = 0.7
    mirrored: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything the pipeline says about one frame.

    Attributes:
        frame_index, frame_wh, time_s, grabbed_s: those of the frame; width and height in pixels.
        state: what the program makes of the scene.
        learned: how much of the background has been learned, 0..1.
        segment: where the item is, or None.
        top5: the most probable classes, first first; empty where there is no item, or no model yet.
        heat_map: what speaks for the explained class, h x w float32 in 0..1 over the square input,
            with the program's own methods on one scale for all frames; a difference of two such maps, -1..1, where
            one class is held against another; None where there is no item.
        input_grey: S x S uint8, the model's input before every other one is mirrored; None where there is no item.
        stages_ms: duration of each step, milliseconds.
        explained: label of the class that the heat map speaks for; empty where there is none.
        against: label of the class that it is held against; empty for none.
        reject_below: from what probability on the first class is called sure, 0..1; 0 without a model.
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
    """A thread's last word: what went wrong, in one line, and whether the user can put it right."""

    text: str
    by_user: bool


@dataclass(frozen=True, slots=True)
class StreamRates:
    """Rates over the last second, in frames a second, and what else tells how the threads keep up.

    Attributes:
        capture: frames grabbed.
        inference: readings made.
        display: different frames painted; the same frame painted again does not count.
        dropped: grabbed frames that were replaced by newer ones before they were read, since the source was opened.
        latency_ms, latency_p95_ms: from the grab of a frame until it has been painted, median and 95th percentile
            of the last seconds; 0 before the first.
    """

    capture: float = 0.0
    inference: float = 0.0
    display: float = 0.0
    dropped: int = 0
    latency_ms: float = 0.0
    latency_p95_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Explanation:
    """The heat map as pictures, for the panel.

    Attributes:
        input_bgr: the input enlarged without smoothing with the heat map over it, side x side x 3 uint8, B G R.
        legend_bgr: the scale's colours from its lowest value to its highest, 1 x 256 x 3 uint8, B G R.
    """

    input_bgr: Image
    legend_bgr: Image


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
        answer: what the program had taken it for; empty where it had no model.
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
        percent: how far it is, 0..100.
        text: what it has said last, in a line; empty for nothing yet.
        weights: the new model's file, once it is there; None before, and where nothing came of it.
    """

    is_running: bool
    percent: int = 0
    text: str = ""
    weights: Path | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What the window shows, pulled by its display timer.

    Attributes:
        picture_bgr: H x W x 3 uint8, annotated, B G R; None when nothing has changed since the last pull.
        is_new_frame: whether the picture is of another frame than the one before.
        reading: the newest one; None before the first.
        reading_age_s: how much older its frame is than the picture.
        explanation: of that reading; None where it has no heat map.
        request: what the user has asked; its region is of the picture as shown.
        look: how the picture is drawn.
        rates: how the threads keep up.
        stream: how it stands with the source.
        model: what the newest answers come from; empty before the first model.
        weights: their checkpoint; None before the first model.
        model_loading: what is being loaded; empty for nothing.
        classes: the model's labels by index.
        cam_method: how its heat maps are made, a key of `CAM_METHODS`.
        source: what the pictures come from, in words; empty until it has been opened.
        device: the same as `--device` names it.
        notice: something the user should know about the source; empty for nothing.
        news: what has just been done, such as a file written; told in one view only, else empty.
        recording: the video being written; None for none.
        learning: from the captures; None before the first time.
        cameras: those that the system lists.
        failure: what went wrong with the source, the model or a thread; None for nothing.
    """

    picture_bgr: Image | None = None
    is_new_frame: bool = False
    reading: Reading | None = None
    reading_age_s: float = 0.0
    explanation: Explanation | None = None
    request: Request = Request()
    look: Look = Look()
    rates: StreamRates = StreamRates()
    stream: Stream = Stream.OPENING
    model: str = ""
    weights: Path | None = None
    model_loading: str = ""
    classes: tuple[str, ...] = ()
    cam_method: str = "gradcam"
    source: str = ""
    device: str = ""
    notice: str = ""
    news: str = ""
    recording: Path | None = None
    learning: LearningProgress | None = None
    cameras: tuple[Camera, ...] = ()
    failure: Failure | None = None
