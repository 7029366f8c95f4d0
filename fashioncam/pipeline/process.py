"""One frame -> where is the garment? -> what would Fashion-MNIST have made of it? -> class, certainty, and why.

Pure: no Qt, no threads, no files, no clock of its own. State goes in and comes out. The model comes as a `Recogniser`,
so the background can be learned while the model is still being loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from fashioncam.messages import FloatArray, Frame, Image, Prediction, Reading, Request, State
from fashioncam.pipeline.explanation.methods import HeatMaps
from fashioncam.pipeline.explanation.request import NOTHING_ASKED, explained, frame_heat_maps, mean_heat_maps
from fashioncam.pipeline.recognition.pooling import PooledClasses, pool
from fashioncam.pipeline.recognition.recogniser import Recogniser
from fashioncam.pipeline.segmentation.item_mask import cut_share
from fashioncam.pipeline.segmentation.segmenter import Segmenter

from .find_item import Scene, find_item
from .garment_input import garment_input

MAX_CUT = 0.5  # with more of an item outside the picture its class stays uncertain


@dataclass(frozen=True, slots=True)
class PipelineState:
    """The state between two frames.

    Every other frame's input is mirrored. A garment is the same either way, and a model's mean over both is right more
    often. Frames are pooled anyway, so it costs nothing.

    Attributes:
        scene: the background model, and the item in view.
        pooled: class probabilities of the item in view, pooled over frames; None without an item.
        mirrors_next: whether the next input is mirrored.
        heat_maps: those of the last frame alone. The mean of two frames is shown, one each way. When the question
            changes, a slow method computes two maps, once.
    """

    scene: Scene = field(default_factory=Scene)
    pooled: PooledClasses | None = None
    mirrors_next: bool = False
    heat_maps: HeatMaps | None = None

    def for_another_model(self) -> PipelineState:
        """Forget the item's classes and heat maps; the scene stays."""
        return replace(self, pooled=None, heat_maps=None)


class Stopwatch:
    """Durations of named steps, by a clock that is passed in."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._last_s = now_s()
        self.stages_ms: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """Count the time since the last lap as `stage`."""
        now_s = self._now_s()
        self.stages_ms[stage] = 1000 * (now_s - self._last_s)
        self._last_s = now_s


def process_frame(
    frame: Frame,
    state: PipelineState,
    segmenter: Segmenter,
    recogniser: Recogniser | None,
    now_s: Callable[[], float],
    request: Request = NOTHING_ASKED,
) -> tuple[Reading, PipelineState]:
    """Read one frame.

    Args:
        frame: the picture; it is not changed.
        state: the result of the frame before; `PipelineState()` starts to learn the background.
        segmenter: tells the item from the background.
        recogniser: the model; None while it is being loaded, and then the item is found but not named.
        now_s: a clock in seconds, for the durations in the reading alone.
        request: where to search, and what to explain.

    Returns:
        The reading, and the state for the next frame.
    """
    stopwatch = Stopwatch(now_s)
    found, scene = find_item(frame, state.scene, segmenter, request.region)
    stopwatch.lap("segment")
    if found.segment is None or recogniser is None:
        return replace(found, stages_ms=stopwatch.stages_ms), PipelineState(scene)
    input_grey = garment_input(frame.image_bgr, found.segment, recogniser.input)
    stopwatch.lap("input")
    classification = recogniser.classify(mirror(input_grey) if state.mirrors_next else input_grey)
    cut = cut_share(found.segment, found.frame_wh)
    pooled = pool(state.pooled, classification.probabilities, 1 - cut, frame.time_s)
    named = with_classes(found, pooled.probabilities, recogniser, cut)
    stopwatch.lap("classify")
    heat_maps = frame_heat_maps(classification.heat_map, state.mirrors_next)
    reading = explained(named, mean_heat_maps(heat_maps, state.heat_maps), recogniser.classes, request)
    stopwatch.lap("explain")
    reading = replace(reading, input_grey=input_grey, stages_ms=stopwatch.stages_ms)
    return reading, PipelineState(scene, pooled, not state.mirrors_next, heat_maps)


def with_classes(found: Reading, probabilities: FloatArray, recogniser: Recogniser, cut: float) -> Reading:
    """The reading with its five most probable classes, and whether the first of them is sure.

    Args:
        probabilities: one a class, float32.
        cut: share of the item that an edge of the picture may hide, 0..1.
    """
    top5 = most_probable(probabilities, recogniser.classes)
    is_cut = cut > MAX_CUT
    is_sure = top5[0].probability >= recogniser.reject_below and not is_cut
    state = State.ITEM if is_sure else State.UNCERTAIN
    return replace(found, state=state, top5=top5, reject_below=recogniser.reject_below, is_cut=is_cut)


def mirror(input_grey: Image) -> Image:
    """Left and right exchanged: size x size uint8."""
    return np.ascontiguousarray(input_grey[:, ::-1])


def most_probable(probabilities: FloatArray, classes: tuple[str, ...]) -> tuple[Prediction, ...]:
    """The five most probable classes, most probable first; among equals the lower index first."""
    order = np.argsort(-probabilities, kind="stable")[:5]
    return tuple(Prediction(int(i), classes[i], float(probabilities[i])) for i in order)
