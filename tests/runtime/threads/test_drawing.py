import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from scenes import frame, hold_up, learned_scene, room

from fashioncam.messages import Look
from fashioncam.pipeline.find_item import find_item
from fashioncam.pipeline.segmentation.statistical import StatisticalSegmenter
from fashioncam.runtime.threads.drawing import DrawingLoop, draw
from fashioncam.runtime.threads.mailbox import Mailbox

PLACE = (640, 480)


@pytest.fixture
def reading():
    """Of a picture of 640 x 480 with an item."""
    found, _ = find_item(frame(hold_up(room(), (400, 200, 200, 240))), learned_scene(room()), StatisticalSegmenter())
    assert found.box is not None
    return found


def test_reading_is_drawn(reading):
    assert not np.array_equal(draw(frame(room()), reading, Look(), PLACE), room())


def test_reading_of_another_picture_size_is_not_drawn(reading):
    small = room((320, 240))
    assert np.array_equal(draw(frame(small), reading, Look(), (320, 240)), small)
    assert np.array_equal(draw(frame(small), reading, Look(mirrored=True), (320, 240)), small[:, ::-1])


@pytest.mark.parametrize(
    ("place", "size"), [((320, 400), (320, 240)), ((1000, 600), (800, 600)), ((0, 0), (640, 480))], ids=str
)
def test_picture_fills_its_place_in_its_proportions(place, size):
    assert draw(frame(room()), None, Look(), place).shape == (size[1], size[0], 3)


def test_frame_is_drawn_once_and_again_only_for_what_is_new(reading):
    frames, readings, drawings, failures = Mailbox(), Mailbox(), Mailbox(), Mailbox()
    style = [(Look(), PLACE)]
    loop = DrawingLoop(frames, readings, drawings, failures, lambda: style[0])
    loop.start()
    frames.put(frame(room(), 3))
    first = drawings.take(5)
    assert (first.is_new_frame, first.frame.index, first.reading) == (True, 3, None)
    readings.put(reading)
    second = drawings.take(5)
    assert (second.is_new_frame, second.frame.index, second.reading) == (False, 3, reading)
    style[0] = Look(mirrored=True), PLACE
    third = drawings.take(5)
    assert np.array_equal(third.picture_bgr[5, 5:-5], second.picture_bgr[5, 5:-5][::-1])
    assert drawings.take(0.2) is None
    loop.request_stop()
    assert loop.join(5)
    assert failures.take() is None


def test_frame_waits_for_its_own_reading_while_readings_come_quickly(reading):
    frames, readings = Mailbox(), Mailbox()
    loop = DrawingLoop(frames, readings, Mailbox(), Mailbox(), lambda: (Look(), PLACE))
    quick = replace(reading, frame_index=6, stages_ms={"segment": 5.0})
    shown = replace(frame(room(), 7), grabbed_s=time.monotonic() + 60)
    own = replace(quick, frame_index=7)
    readings.put(quick)
    late = threading.Timer(0.05, readings.put, (own,))
    late.start()
    assert loop._reading_for(shown, quick) is own
    late.join()
    slow = replace(quick, stages_ms={"segment": 50.0})
    assert loop._reading_for(shown, slow) is None
    assert loop._reading_for(replace(shown, grabbed_s=0.0), quick) is None
