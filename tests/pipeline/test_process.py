from dataclasses import dataclass, field
from itertools import count

import numpy as np
import pytest
from scenes import DESCRIPTION, frame, hold_up, room, seen_by_camera, short_film

from fashioncam.messages import Request, State
from fashioncam.pipeline.explanation.request import NOTHING_ASKED
from fashioncam.pipeline.process import PipelineState, most_probable, process_frame
from fashioncam.pipeline.segmentation.statistical import StatisticalSegmenter

CLASSES = tuple(f"class {index}" for index in range(10))


@dataclass
class FakeClassification:
    probabilities: np.ndarray

    def heat_map(self, class_index):
        return np.full((7, 7), class_index / 10, np.float32)


@dataclass
class FakeRecogniser:
    """Answers each call with the next of `answers` and then the last one; keeps the inputs."""

    answers: list
    reject_below: float = 0.5
    input: object = DESCRIPTION
    classes: tuple = CLASSES
    inputs: list = field(default_factory=list)

    def classify(self, input_grey):
        self.inputs.append(input_grey)
        answer = self.answers[min(len(self.inputs), len(self.answers)) - 1]
        return FakeClassification(answer)


def sure_of(index, probability=0.91):
    answer = np.full(10, (1 - probability) / 9, np.float32)
    answer[index] = probability
    return answer


def read_all(images, recogniser, last_request=NOTHING_ASKED):
    """The readings; the last frame is read once more where something is asked of it, as in a pause."""
    state, readings = PipelineState(), []
    clock = count(step=0.002)
    for index, image in enumerate(images):
        before = state
        reading, state = process_frame(
            frame(image, index), state, StatisticalSegmenter(), recogniser, lambda: next(clock)
        )
        readings.append(reading)
    if last_request is not NOTHING_ASKED:
        last = frame(images[-1], len(images) - 1)
        again, _ = process_frame(last, before, StatisticalSegmenter(), recogniser, lambda: next(clock), last_request)
        readings.append(again)
    return readings


def test_learns_then_sees_nothing_then_names_the_item():
    readings = read_all(short_film(), FakeRecogniser([sure_of(3)]))
    states = [reading.state for reading in readings]
    assert states[0] is State.LEARNING
    assert State.EMPTY in states[:25]
    assert set(states[25:]) == {State.ITEM}
    last = readings[-1]
    assert last.top5[0].index == 3
    assert len(last.top5) == 5
    assert last.top5[0].label == "class 3"
    assert last.top5[0].probability == pytest.approx(0.91, abs=1e-5)
    assert last.input_grey.shape == (28, 28)
    assert np.all(last.heat_map == np.float32(0.3))
    assert set(last.stages_ms) == {"segment", "input", "classify", "explain"}
    assert last.stages_ms["classify"] == pytest.approx(2.0)


def test_low_probability_is_uncertain_and_keeps_its_classes():
    last = read_all(short_film(), FakeRecogniser([sure_of(3, 0.3)]))[-1]
    assert last.state is State.UNCERTAIN
    assert len(last.top5) == 5
    assert last.box is not None


def test_without_a_model_the_item_is_found_but_not_named():
    last = read_all(short_film(), None)[-1]
    assert last.state is State.ITEM
    assert last.box is not None
    assert last.top5 == ()
    assert last.input_grey is None


def test_single_odd_answer_is_smoothed_away():
    recogniser = FakeRecogniser([sure_of(3)] * 5 + [sure_of(7)] + [sure_of(3)])
    readings = read_all(short_film(held=10), recogniser)[25:]
    assert [reading.top5[0].index for reading in readings] == [3] * 10


def test_smoothing_starts_afresh_when_the_item_has_left():
    scene = room()
    shown = hold_up(scene, (220, 100, 200, 240))
    film = short_film(held=6)
    film += [seen_by_camera(scene, 3000 + index) for index in range(5)] + [seen_by_camera(shown, 3010)]
    readings = read_all(film, FakeRecogniser([sure_of(3)] * 6 + [sure_of(7)]))
    assert readings[-2].state is State.EMPTY
    assert readings[-1].top5[0].probability == pytest.approx(0.91, abs=1e-5)
    assert readings[-1].top5[0].index == 7


class LopsidedRecogniser(FakeRecogniser):
    """Its heat is at the left of whatever it is shown; nothing speaks for class 0."""

    def classify(self, input_grey):
        classification = super().classify(input_grey)
        heat = np.zeros((7, 7), np.float32)
        heat[:, 0] = 1
        classification.heat_map = lambda class_index: heat if class_index else 0 * heat
        return classification


def test_every_other_input_is_read_in_its_mirror():
    recogniser = FakeRecogniser([sure_of(3)])
    readings = read_all(short_film(held=4), recogniser)[25:]
    plain = [reading.input_grey for reading in readings]
    for index, seen in enumerate(recogniser.inputs):
        assert np.array_equal(seen, plain[index][:, ::-1] if index % 2 else plain[index])
    assert not np.array_equal(plain[0], plain[0][:, ::-1])


def test_heat_map_is_the_mean_of_both_ways_and_lies_the_right_way_round():
    first, second, third = read_all(short_film(held=3), LopsidedRecogniser([sure_of(3)]))[25:]
    assert first.heat_map[0].tolist() == [1, 0, 0, 0, 0, 0, 0]
    for reading in (second, third):
        assert reading.heat_map[0].tolist() == [0.5, 0, 0, 0, 0, 0, 0.5]


@pytest.mark.parametrize(
    ("request_", "labels"),
    [(Request(explained=7), ("class 7", "")), (Request(contrast=True), ("class 3", "class 0"))],
    ids=["seventh", "contrast"],
)
def test_another_question_to_the_last_frame_is_answered_from_both_ways_too(request_, labels):
    asked = read_all(short_film(held=3), LopsidedRecogniser([sure_of(3)]), request_)[-1]
    assert asked.heat_map[0].tolist() == [0.5, 0, 0, 0, 0, 0, 0.5]
    assert (asked.explained, asked.against) == labels


def test_item_that_the_edge_cuts_in_half_is_uncertain():
    scene = room()
    film = [seen_by_camera(scene, seed) for seed in range(25)]
    film += [seen_by_camera(hold_up(scene, (540, 100, 200, 240)), 100 + index) for index in range(5)]
    last = read_all(film, FakeRecogniser([sure_of(3)]))[-1]
    assert last.box[0] + last.box[2] >= 639
    assert (last.state, last.is_cut) == (State.UNCERTAIN, True)
    assert last.top5[0].index == 3


def test_same_frames_give_the_same_readings():
    film = short_film()
    first, second = (read_all(film, FakeRecogniser([sure_of(3)])) for _ in range(2))
    assert [(r.state, r.box, r.top5) for r in first] == [(r.state, r.box, r.top5) for r in second]


def test_equal_probabilities_come_in_class_order():
    assert [p.index for p in most_probable(np.full(10, 0.1, np.float32), CLASSES)] == [0, 1, 2, 3, 4]
