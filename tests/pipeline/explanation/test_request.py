import numpy as np
import pytest
from scenes import FPS, hold_up, learned_scene, readings_of, room, seen_by_camera

from fashioncam.messages import Prediction, Request, State
from fashioncam.pipeline.explanation.request import answer_to, mean_of, of_one_frame, searched
from fashioncam.pipeline.segmentation.statistical import StatisticalSegmenter

CLASSES = tuple(f"class {index}" for index in range(10))
TOP5 = tuple(Prediction(index, CLASSES[index], 0.9 / (rank + 1)) for rank, index in enumerate((6, 0, 4, 2, 3)))


def explain(index):
    return np.full((7, 7), index / 10, np.float32)


@pytest.mark.parametrize(
    ("request_", "value", "labels"),
    [
        (Request(), 0.6, ("class 6", "")),
        (Request(explained=4), 0.4, ("class 4", "")),
        (Request(explained=9), 0.9, ("class 9", "")),
        (Request(contrast=True), 0.6, ("class 6", "class 0")),
    ],
    ids=["first", "third", "not among five", "contrast"],
)
def test_heat_map_is_of_the_class_asked_for(request_, value, labels):
    answer = answer_to(explain, TOP5, CLASSES, request_)
    assert answer.heat_map == pytest.approx(np.full((7, 7), value))
    assert (answer.explained, answer.against) == labels


def test_question_about_a_class_that_another_model_does_not_have_is_about_the_first():
    answer = answer_to(explain, TOP5[1:], CLASSES[:5], Request(explained=8))
    assert answer.explained == "class 0"


def test_only_what_is_asked_is_computed():
    asked = []
    answer_to(lambda index: asked.append(index) or explain(index), TOP5, CLASSES, Request(explained=2))
    assert asked == [2]


def test_map_of_a_frame_is_computed_once_and_lies_the_right_way_round():
    asked = []
    heat_map = of_one_frame(lambda index: asked.append(index) or np.array([[index, 0.0]], np.float32), is_mirrored=True)
    assert [heat_map(1).tolist(), heat_map(1).tolist(), heat_map(2).tolist()] == [[[0, 1]], [[0, 1]], [[0, 2]]]
    assert asked == [1, 2]


def test_two_frames_have_a_mean_for_every_class():
    both = mean_of(explain, lambda index: explain(index + 2))
    assert [both(1)[0, 0], both(4)[0, 0]] == pytest.approx([0.2, 0.5])
    assert mean_of(explain, None) is explain


def test_no_region_is_the_whole_picture():
    assert (searched(None, (3, 4)) == np.full((3, 4), 255)).all()
    assert (searched((0.5, 0.0, 0.5, 1.0), (2, 4)) == [[0, 0, 255, 255]] * 2).all()


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
