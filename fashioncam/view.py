"""The one frozen snapshot that the window shows, and the records that only the snapshot uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .messages import (
    Camera,
    Capture,
    DisplayStyle,
    Explanation,
    Failure,
    Frame,
    Image,
    LearningProgress,
    Reading,
    Request,
    Stream,
)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture for the screen.

    Attributes:
        image_bgr: H x W x 3 uint8, annotated, B G R, at the size of its place in the window.
        grabbed_s: of its frame; the same frame drawn again has the same.
    """

    image_bgr: Image
    grabbed_s: float


@dataclass(frozen=True, slots=True)
class StreamRates:
    """Rates over the last second, in frames a second, and delays: whether the threads keep up.

    Attributes:
        capture: frames grabbed.
        inference: readings made.
        display: different frames painted; the same frame painted again does not count.
        dropped: grabbed frames that were replaced by newer ones before they were read, since the source was opened.
        latency_ms, latency_p95_ms: time from the grab of a frame until it has been painted, median and 95th percentile
            of the last seconds; 0 before the first.
    """

    capture: float = 0.0
    inference: float = 0.0
    display: float = 0.0
    dropped: int = 0
    latency_ms: float = 0.0
    latency_p95_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Notification:
    """Something that has just been done or has failed, such as a file written. Each has another number."""

    number: int
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class HeldGarment:
    """The garment that the user is about to file: its frame, the reading of that frame, the model's labels."""

    frame: Frame
    reading: Reading
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """Everything the window shows. A new one is made only when something has changed.

    Attributes:
        picture: the newest; None before the first.
        reading: what is drawn on it; None before the first.
        explanation: of that reading; None where it has no heat map.
        request: what the user has asked; its region is of the picture as shown.
        style: how the picture is drawn.
        rates: how well the threads keep up; renewed a few times a second.
        stream: state of the source.
        model: name of the model in use; empty before the first.
        weights: its checkpoint; None before the first.
        model_loading: what is being loaded; empty for nothing.
        classes: the model's labels by index.
        cam_method: how its heat maps are made, a key of `CAM_METHODS`.
        source: where the pictures come from, in words; empty until it has been opened.
        device: the same as `--device` names it.
        notice: something the user should know about the source; empty for nothing.
        notification: the newest; it stays until the next one.
        recording: the video being written; None for none.
        held: the garment that is to be filed; None for none.
        captures: the filed garments as listed last, the newest first.
        learning: progress of learning from them; None before the first time.
        cameras: those that the system lists.
        failure: what went wrong with the source, the model or a thread; None for nothing.
        failed_at_start: whether something named at the start cannot be used, so that the program should end.
    """

    picture: Picture | None = None
    reading: Reading | None = None
    explanation: Explanation | None = None
    request: Request = field(default_factory=Request)
    style: DisplayStyle = field(default_factory=DisplayStyle)
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
    notification: Notification | None = None
    recording: Path | None = None
    held: HeldGarment | None = None
    captures: tuple[Capture, ...] = ()
    learning: LearningProgress | None = None
    cameras: tuple[Camera, ...] = ()
    failure: Failure | None = None
    failed_at_start: bool = False

    @property
    def reading_age_s(self) -> float:
        """How much older the reading's frame is than the picture's, seconds."""
        return self.picture.grabbed_s - self.reading.grabbed_s if self.picture and self.reading else 0.0
