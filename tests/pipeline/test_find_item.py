import numpy as np
import pytest
from scenes import FPS, hold_up, learned_scene, readings_of, room, seen_by_camera

from fashioncam.messages import State
from fashioncam.pipeline.find_item import region_mask
from fashioncam.pipeline.segmentation.statistical import StatisticalSegmenter


def test_no_region_is_the_whole_picture():
    assert (region_mask(None, (3, 4)) == np.full((3, 4), 255)).all()
    assert (region_mask((0.5, 0.0, 0.5, 1.0), (2, 4)) == [[0, 0, 255, 255]] * 2).all()


def test_region_hides_an_item_outside_and_cuts_one_that_reaches_out():
    scene = learned_scene(room())
    shown = [seen_by_camera(hold_up(room(), (220, 100, 200, 240)), index) for index in range(5)]
    away, upper = (0.0, 0.0, 0.3, 1.0), (0.2, 0.0, 0.6, 0.45)
    assert readings_of(shown, StatisticalSegmenter(), scene, region=away)[-1].state is State.EMPTY
    x, y, w, h = readings_of(shown, StatisticalSegmenter(), scene, region=upper)[-1].box
    assert (x, x + w) == pytest.approx((220, 420), abs=8)
    assert y == pytest.approx(100, abs=8)
    assert y + h == pytest.approx(0.45 * 480, abs=8)


def test_who_stands_outside_the_region_is_no_other_scene():
    scene = learned_scene(room())
    shown = [seen_by_camera(hold_up(room(), (40, 30, 360, 440)), index) for index in range(round(3 * FPS))]
    readings = readings_of(shown, StatisticalSegmenter(), scene, region=(0.7, 0.0, 0.3, 1.0))
    assert {reading.state for reading in readings} == {State.EMPTY}
