import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from scenes import frame, hold_up, learned_scene, room

from fashioncam.messages import DisplayStyle
from fashioncam.pipeline.find_item import find_item
from fashioncam.pipeline.segmentation.statistical import StatisticalSegmenter
from fashioncam.runtime.threads.drawing import DrawingLoop, draw, reading_for
from fashioncam.runtime.threads.mailbox import Mailbox

PLACE = (640, 480)


@pytest.fixture
def reading():
    """Of a picture of 640 x 480 with an item."""
    found, _ = find_item(frame(hold_up(room(), (400, 200, 200, 240))), learned_scene(room()), StatisticalSegmenter())
    assert found.box is not None
    return found


def test_reading_is_drawn(reading):
    assert not np.array_equal(draw(frame(room()), reading, DisplayStyle(), PLACE), room())


def test_reading_of_another_picture_size_is_not_drawn(reading):
    small = room((320, 240))
    assert np.array_equal(draw(frame(small), reading, DisplayStyle(), (320, 240)), small)
    assert np.array_equal(draw(frame(small), reading, DisplayStyle(mirrored=True), (320, 240)), small[:, ::-1])


@pytest.mark.parametrize(
    ("place", "size"), [((320, 400), (320, 240)), ((1000, 600), (800, 600)), ((0, 0), (640, 480))], ids=str
)
def test_picture_fills_its_place_in_its_proportions(place, size):
    assert draw(frame(room()), None, DisplayStyle(), place).shape == (size[1], size[0], 3)


def test_frame_is_drawn_once_and_again_only_for_what_is_new(reading):
    frames, readings, drawings, failures = Mailbox(), Mailbox(), Mailbox(), Mailbox()
    style = [(DisplayStyle(), PLACE)]
    loop = DrawingLoop(frames, readings, drawings, failures, lambda: style[0])
    loop.start()
    frames.put(shown := frame(room(), 3))
    grabbed_s = shown.grabbed_s
    first = drawings.take(5)
    assert (first.picture.grabbed_s, first.reading) == (grabbed_s, None)
    readings.put(reading)
    second = drawings.take(5)
    assert (second.picture.grabbed_s, second.reading) == (grabbed_s, reading), "of the same frame"
    style[0] = DisplayStyle(mirrored=True), PLACE
    third = drawings.take(5)
    assert np.array_equal(third.picture.image_bgr[5, 5:-5], second.picture.image_bgr[5, 5:-5][::-1])
    assert drawings.take(0.2) is None
    loop.request_stop()
    assert loop.join(5)
    assert failures.take() is None


def test_frame_waits_for_its_own_reading_while_readings_come_quickly(reading):
    readings = Mailbox()
    quick = replace(reading, frame_index=6, stages_ms={"segment": 5.0})
    shown = replace(frame(room(), 7), grabbed_s=time.perf_counter() + 60)
    own = replace(quick, frame_index=7)
    readings.put(quick)
    late = threading.Timer(0.05, readings.put, (own,))
    late.start()
    assert reading_for(shown, quick, readings) is own
    late.join()
    slow = replace(quick, stages_ms={"segment": 50.0})
    assert reading_for(shown, slow, readings) is None
    assert reading_for(replace(shown, grabbed_s=0.0), quick, readings) is None
