"""The inference thread: every frame taken is read, and a question is answered once."""

from dataclasses import dataclass

import numpy as np
import pytest
from scenes import DESCRIPTION, frame, room, short_film

from fashioncam.messages import Failure, Request, State
from fashioncam.pipeline.segmentation.statistical import StatisticalSegmenter
from fashioncam.runtime.threads.inference import InferenceLoop
from fashioncam.runtime.threads.mailbox import Mailbox


@pytest.fixture
def inference():
    """A running inference loop without a model, and its mailboxes."""
    frames, readings, failures = Mailbox(), Mailbox(), Mailbox()
    recorded = []
    loop = InferenceLoop(
        frames, StatisticalSegmenter, Mailbox(), readings, failures, lambda *pair: recorded.append(pair)
    )
    loop.start()
    yield loop, frames, readings, failures, recorded
    loop.request_stop()
    assert loop.join(5)


def test_every_frame_taken_gives_one_reading(inference):
    _, frames, readings, _, recorded = inference
    for index, image in enumerate(short_film(held=1)):
        frames.put(frame(image, index))
        reading = readings.take(5)
        assert reading.frame_index == index
    assert reading.state is State.ITEM
    assert readings.take() is None
    assert [r.frame_index for _, r in recorded] == list(range(26))


def test_relearn_starts_with_the_next_frame(inference):
    loop, frames, readings, _, _ = inference
    for index, image in enumerate(short_film(held=0)):
        frames.put(frame(image, index))
        reading = readings.take(5)
    assert reading.state is State.EMPTY
    loop.relearn()
    frames.put(frame(room(), 99))
    assert readings.take(5).state is State.LEARNING


def test_relearning_waits_for_a_frame_whatever_is_asked_meanwhile(inference):
    loop, frames, readings, _, _ = inference
    for index, image in enumerate(short_film(held=0)):
        frames.put(frame(image, index))
        readings.take(5)
    loop.relearn()
    loop.ask(Request(explained=3))  # of the picture that stands still
    assert readings.take(5).state is State.EMPTY
    frames.put(frame(room(), 99))
    assert readings.take(5).state is State.LEARNING


def test_inference_that_fails_says_so(capfd):
    frames, failures = Mailbox(), Mailbox()

    def broken(frame, reading):
        raise ValueError("disk full")

    loop = InferenceLoop(frames, StatisticalSegmenter, Mailbox(), Mailbox(), failures, broken)
    loop.start()
    frames.put(frame(room()))
    assert failures.take(5) == Failure("ValueError: disk full", by_user=False)
    assert loop.join(5)
    assert "disk full" in capfd.readouterr().err


@dataclass
class FakeRecogniser:
    """Sure of one class; its map of a class is the class's number."""

    answer: int
    heat_shape: tuple[int, int] = (7, 7)
    classes = tuple(f"class {index}" for index in range(10))
    input, reject_below = DESCRIPTION, 0.5

    @property
    def probabilities(self):
        return np.eye(10, dtype=np.float32)[self.answer]

    def classify(self, input_grey):
        return self

    def heat_map(self, class_index):
        return np.full(self.heat_shape, class_index / 10, np.float32)


@pytest.fixture
def with_item():
    """An inference loop that has read an item, its mailboxes and what it recorded."""
    frames, readings, recognisers, recorded = Mailbox(), Mailbox(), Mailbox(), []
    recognisers.put(FakeRecogniser(6))
    loop = InferenceLoop(
        frames, StatisticalSegmenter, recognisers, readings, Mailbox(), lambda *pair: recorded.append(pair)
    )
    loop.start()
    for index, image in enumerate(short_film(held=4)):
        frames.put(frame(image, index))
        reading = readings.take(5)
    assert reading.top5[0].index == 6
    yield loop, recognisers, readings, recorded
    loop.request_stop()
    assert loop.join(5)


def test_question_to_a_picture_that_stands_still_is_answered_once(with_item):
    loop, _, readings, recorded = with_item
    count = len(recorded)
    loop.ask(Request(explained=3))
    answer = readings.take(5)
    assert answer.heat_map == pytest.approx(np.full((7, 7), 0.3))
    assert (answer.explained, answer.frame_index) == ("class 3", 28)
    assert readings.take(0.3) is None
    assert len(recorded) == count
    assert loop.latest[1] is answer


def test_new_model_answers_a_picture_that_stands_still_unmixed_with_the_old(with_item):
    _, recognisers, readings, _ = with_item
    recognisers.put(FakeRecogniser(2, heat_shape=(8, 8)))
    answer = readings.take(5)
    assert answer.top5[0].index == 2
    assert answer.top5[1].probability < 0.02
    assert answer.heat_map == pytest.approx(np.full((8, 8), 0.2))


def test_another_source_is_learned_anew_and_reaches_its_own_mailbox(with_item):
    loop, _, old_readings, _ = with_item
    frames, readings = Mailbox(), Mailbox()
    loop.read_from(frames, readings)
    frames.put(frame(room(), 0))
    assert readings.take(5).state is State.LEARNING
    assert old_readings.take() is None
