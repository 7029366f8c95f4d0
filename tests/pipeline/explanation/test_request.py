from dataclasses import replace

import numpy as np
import pytest

from fashioncam.messages import Prediction, Reading, Request, State
from fashioncam.pipeline.explanation.request import explained, frame_heat_maps, mean_heat_maps

CLASSES = tuple(f"class {index}" for index in range(10))
TOP5 = tuple(Prediction(index, CLASSES[index], 0.9 / (rank + 1)) for rank, index in enumerate((6, 0, 4, 2, 3)))
NAMED = Reading(0, (640, 480), 0.0, 0.0, State.ITEM, top5=TOP5)


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
    answer = explained(NAMED, explain, CLASSES, request_)
    assert answer.heat_map == pytest.approx(np.full((7, 7), value))
    assert (answer.explained, answer.against) == labels


def test_question_about_a_class_that_another_model_does_not_have_is_about_the_first():
    answer = explained(replace(NAMED, top5=TOP5[1:]), explain, CLASSES[:5], Request(explained=8))
    assert answer.explained == "class 0"


def test_only_what_is_asked_is_computed():
    asked = []
    explained(NAMED, lambda index: asked.append(index) or explain(index), CLASSES, Request(explained=2))
    assert asked == [2]


def test_map_of_a_frame_is_computed_once_and_lies_the_right_way_round():
    asked = []
    heat_map = frame_heat_maps(
        lambda index: asked.append(index) or np.array([[index, 0.0]], np.float32), is_mirrored=True
    )
    assert [heat_map(1).tolist(), heat_map(1).tolist(), heat_map(2).tolist()] == [[[0, 1]], [[0, 1]], [[0, 2]]]
    assert asked == [1, 2]


def test_two_frames_have_a_mean_for_every_class():
    both = mean_heat_maps(explain, lambda index: explain(index + 2))
    assert [both(1)[0, 0], both(4)[0, 0]] == pytest.approx([0.2, 0.5])
    assert mean_heat_maps(explain, None) is explain
