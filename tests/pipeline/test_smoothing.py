import numpy as np
import pytest

from fashioncam.pipeline.smoothing import TIME_CONSTANT_S, smooth

CAT, DOG = np.array([1, 0], np.float32), np.array([0, 1], np.float32)


def test_first_frame_is_taken_as_it_is():
    assert np.array_equal(smooth(None, CAT, 5.0).probabilities, CAT)


def test_one_odd_frame_does_not_change_the_answer():
    state = smooth(None, CAT, 0.0)
    state = smooth(state, DOG, 1 / 30)
    assert state.probabilities.argmax() == 0


def test_a_new_answer_wins_after_a_time_constant():
    state = smooth(None, CAT, 0.0)
    state = smooth(state, DOG, TIME_CONSTANT_S)
    assert state.probabilities[1] == pytest.approx(1 - np.exp(-1), abs=1e-6)


def test_depends_on_time_and_not_on_the_number_of_frames():
    slow = smooth(smooth(None, CAT, 0.0), DOG, 0.2)
    fast = smooth(None, CAT, 0.0)
    for step in range(1, 21):
        fast = smooth(fast, DOG, step / 100)
    assert np.allclose(slow.probabilities, fast.probabilities, atol=1e-6)


def test_probabilities_keep_their_sum():
    state = smooth(smooth(None, np.array([0.3, 0.7], np.float32), 0.0), np.array([0.9, 0.1], np.float32), 0.1)
    assert state.probabilities.sum() == pytest.approx(1)


def test_time_that_stands_still_or_runs_back_changes_nothing():
    state = smooth(None, CAT, 3.0)
    assert np.array_equal(smooth(state, DOG, 3.0).probabilities, CAT)
    assert np.array_equal(smooth(state, DOG, 1.0).probabilities, CAT)
