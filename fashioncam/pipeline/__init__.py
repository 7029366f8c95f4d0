"""frame -> where is the item? -> what would Fashion-MNIST have made of it? -> class, certainty, and why.

Pure: no Qt, no threads, no files, no clock of its own; state goes in and comes out. And no torch: the model
comes as a `Recogniser`, so that the background can be learned while torch is still being imported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from fashioncam.messages import FloatArray, Frame, Image, InputDescription, Prediction, Reading, Segment, State

from .garment_input import garment_input
from .reference_background import Learning, ReferenceState, observe, shrink
from .segmentation import difference, is_another_scene, item_mask, to_segment
from .smoothing import Smoothed, smooth


class Classification(Protocol):
    """A model's answer to one input, able to explain itself."""

    @property
    def probabilities(self) -> FloatArray:
        """One a class, float32, calibrated."""

    def heat_map(self, class_index: int) -> FloatArray:
        """Why this class: h x w float32 in 0..1 over the square input."""


class Recogniser(Protocol):
    """A model as the pipeline sees it; `classifier.TorchRecogniser` is one.

    Attributes:
        input: how `garment_input` is to make its input.
        classes: labels in the order of the probabilities.
        reject_below: with a probability below it the answer is "uncertain".
    """

    @property
    def input(self) -> InputDescription: ...
    @property
    def classes(self) -> tuple[str, ...]: ...
    @property
    def reject_below(self) -> float: ...

    def classify(self, input_grey: Image) -> Classification:
        """One forward pass over a size x size uint8 picture as `garment_input` makes it."""


@dataclass(frozen=True, slots=True)
class PipelineState:
    """What one frame leaves for the next: the reference background, and the item's smoothed classes."""

    reference: ReferenceState = field(default_factory=Learning)
    smoothed: Smoothed | None = None


class Stopwatch:
    """Durations of named steps, by a clock that is handed in."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._last_s = now_s()
        self.stages_ms: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """The time since the last lap went into `stage`."""
        now_s = self._now_s()
        self.stages_ms[stage] = 1000 * (now_s - self._last_s)
        self._last_s = now_s


def process_frame(
    frame: Frame, state: PipelineState, recogniser: Recogniser | None, now_s: Callable[[], float]
) -> tuple[Reading, PipelineState]:
    """Read one frame.

    Args:
        frame: the picture; it is not changed.
        state: what the frame before left; `PipelineState()` learns the background anew.
        recogniser: the model; None while it is still loading, and then the item is only found.
        now_s: a clock in seconds, for the reading's durations alone.

    Returns:
        The reading, and the state for the next frame.
    """
    watch = Stopwatch(now_s)
    found, reference = find_item(frame, state.reference)
    watch.lap("segment")
    if found.segment is None or recogniser is None:
        return replace(found, stages_ms=watch.stages_ms), PipelineState(reference)
    input_grey = garment_input(frame.image_bgr, found.segment, recogniser.input)
    watch.lap("input")
    classification = recogniser.classify(input_grey)
    smoothed = smooth(state.smoothed, classification.probabilities, frame.time_s)
    top5 = most_probable(smoothed.probabilities, recogniser.classes)
    watch.lap("classify")
    heat_map = classification.heat_map(top5[0].index)
    watch.lap("explain")
    reading = replace(
        found,
        state=State.ITEM if top5[0].probability >= recogniser.reject_below else State.UNCERTAIN,
        top5=top5,
        heat_map=heat_map,
        input_grey=input_grey,
        stages_ms=watch.stages_ms,
    )
    return reading, PipelineState(reference, smoothed)


def find_item(frame: Frame, reference: ReferenceState) -> tuple[Reading, ReferenceState]:
    """Learn the background, or look for the item before it; the reading knows nothing of classes yet."""

    height, width = frame.image_bgr.shape[:2]

    def reading(state: State, learned: float = 1.0, segment: Segment | None = None) -> Reading:
        return Reading(frame.index, (width, height), frame.time_s, frame.grabbed_s, state, learned, segment)

    small_bgr = shrink(frame.image_bgr)
    if not isinstance(reference, Learning) and reference.median.shape != small_bgr.shape:
        reference = Learning()  # the source changed its format
    if isinstance(reference, Learning):
        return reading(State.LEARNING, reference.progress), observe(reference, small_bgr)
    distance = difference(small_bgr, reference)
    if is_another_scene(distance):
        return reading(State.SCENE_CHANGED), reference
    mask = item_mask(distance)
    segment = None if mask is None else to_segment(mask, (width, height))
    return reading(State.EMPTY if segment is None else State.ITEM, segment=segment), reference


def most_probable(probabilities: FloatArray, classes: tuple[str, ...], count: int = 5) -> tuple[Prediction, ...]:
    """The `count` most probable classes, first first; of equals, the lower index."""
    order = np.argsort(-probabilities, kind="stable")[:count]
    return tuple(Prediction(int(i), classes[i], float(probabilities[i])) for i in order)
