"""The bundled clip is what a user without a camera sees first: it has to be small, to loop, and to be named right."""

import sys
import time
from pathlib import Path

import numpy as np
import pytest

from fashioncam import resources
from fashioncam.messages import State
from fashioncam.pipeline.process import PipelineState, process_frame
from fashioncam.runtime.headless import frames_of
from fashioncam.runtime.loading import load_recogniser, load_segmenter
from fashioncam.runtime.sources.opening import open_source
from fashioncam.settings import DEMO, Settings

ASSETS = Path(__file__).parent.parent / "assets"
SETTLED_S = 0.2  # after a garment has come to rest, for the smoothing


@pytest.fixture(scope="module")
def garments_held():
    """Label -> from when until when it is held, seconds, as the clip was drawn."""
    sys.path.insert(0, str(ASSETS))
    try:
        from drawn_garments import GARMENTS
        from make_demo_clip import timeline
    finally:
        sys.path.remove(str(ASSETS))
    return {GARMENTS[visit.garment].label: visit.held_s for visit in timeline()}


@pytest.fixture(scope="module")
def readings():
    segmenter, recogniser = load_segmenter(Settings().segmenter), load_recogniser(Settings())
    state, readings = PipelineState(), []
    for frame in frames_of(open_source(DEMO)):
        reading, state = process_frame(frame, state, segmenter, recogniser, time.perf_counter)
        readings.append(reading)
    return readings


def test_clip_is_small():
    assert resources.own(resources.DEMO_CLIP).stat().st_size < 4_000_000


def test_first_and_last_frames_are_the_same_empty_scene():
    frames = [frame.image_bgr.astype(int) for frame in frames_of(open_source(DEMO))]
    assert np.abs(frames[0] - frames[-1]).mean() < 2


def test_at_least_five_classes_come_and_go(garments_held):
    assert len(garments_held) >= 5


def test_every_held_garment_is_named_right_and_mostly_surely(garments_held, readings):
    sure = []
    for label, (held_from_s, held_to_s) in garments_held.items():
        held = [r for r in readings if held_from_s + SETTLED_S <= r.time_s < held_to_s]
        assert np.mean([r.top5[0].label == label for r in held]) >= 0.95, label
        sure += [r.state is State.ITEM for r in held]
    assert np.mean(sure) >= 0.85


def test_nothing_is_claimed_before_the_first_garment(garments_held, readings):
    first_s = min(held_from_s for held_from_s, _ in garments_held.values()) - 1
    assert {r.state for r in readings if r.time_s < first_s} == {State.LEARNING, State.EMPTY}
    assert readings[-1].state is State.EMPTY
