import numpy as np
import pytest

from fashioncam.pipeline.recognition.pooling import LONG_S, MIN_PROBABILITY, pool

CAT, DOG = np.array([0.9, 0.1], np.float32), np.array([0.1, 0.9], np.float32)
PERHAPS_DOG = np.array([0.4, 0.6], np.float32)


def watched(state, probabilities, from_s, to_s, quality=1.0, fps=30):
    """The state after frames of one kind."""
    for time_s in np.arange(from_s, to_s, 1 / fps):
        state = pool(state, probabilities, quality, float(time_s))
    return state


def test_first_frame_is_taken_as_it_is():
    assert np.allclose(pool(None, CAT, 1.0, 5.0).probabilities, CAT)


def test_first_frame_that_is_seen_badly_is_taken_as_it_is():
    assert np.allclose(pool(None, CAT, 0.0, 5.0).probabilities, CAT)


def test_one_odd_frame_does_not_change_the_answer():
    state = watched(None, CAT, 0.0, 0.2)
    state = pool(state, DOG, 1.0, 0.2)
    assert state.probabilities.argmax() == 0


def test_equal_frames_keep_their_probability_and_grow_no_surer():
    assert np.allclose(watched(None, CAT, 0.0, 3.0).probabilities, CAT, atol=1e-5)


def test_pool_is_the_geometric_mean():
    state = pool(None, CAT, 1.0, 0.0)
    state = pool(state, PERHAPS_DOG, 1.0, 0.1)
    kept = np.exp(-0.1 / LONG_S)
    weights = np.array([kept / 30, LONG_S * (1 - kept)])
    expected = np.exp((weights[:, None] * np.log([CAT, PERHAPS_DOG])).sum(axis=0) / weights.sum())
    assert np.allclose(state.probabilities, expected / expected.sum(), atol=1e-5)


@pytest.mark.parametrize("fps", [5, 15, 30, 60])
def test_swap_of_two_items_is_followed_within_0_3_s(fps):
    state = watched(None, CAT, 0.0, 4.0, fps=fps)
    assert watched(state, DOG, 4.0, 4.3 - 1e-6, fps=fps).probabilities.argmax() == 1


def test_swap_that_is_followed_leaves_nothing_of_the_item_before():
    state = watched(None, np.array([0.999, 0.001], np.float32), 0.0, 4.0)
    assert np.allclose(watched(state, DOG, 4.0, 5.0).probabilities, DOG, atol=0.05)


def test_doubts_of_half_a_second_leave_the_name_and_lasting_ones_change_it():
    state = watched(None, CAT, 0.0, 4.0)
    assert watched(state, PERHAPS_DOG, 4.0, 4.5).probabilities.argmax() == 0
    assert watched(state, PERHAPS_DOG, 4.0, 8.0).probabilities.argmax() == 1


def test_item_that_looks_like_another_now_and_then_keeps_its_name():
    state, names = watched(None, CAT, 0.0, 0.3), set()
    for from_s in np.arange(0.3, 5.0, 0.8):
        state = watched(state, PERHAPS_DOG, from_s, from_s + 0.4)
        names.add(int(state.probabilities.argmax()))
        state = watched(state, np.array([0.7, 0.3], np.float32), from_s + 0.4, from_s + 0.8)
    assert names == {0}


@pytest.mark.parametrize("seconds", [0.2, 0.4, 1.0])
def test_frames_that_are_seen_badly_have_less_of_a_say(seconds):
    state = watched(None, CAT, 0.0, 2.0)
    assert watched(state, DOG, 2.0, 2.0 + seconds, quality=0.1).probabilities.argmax() == 0


def test_class_that_one_frame_calls_impossible_comes_back():
    state = pool(None, np.array([1.0, 0.0], np.float32), 1.0, 0.0)
    assert state.probabilities[1] == pytest.approx(MIN_PROBABILITY, rel=0.01)
    assert watched(state, DOG, 1 / 30, 0.3).probabilities.argmax() == 1


def test_depends_on_time_and_not_on_the_number_of_frames():
    slow = pool(pool(None, CAT, 1.0, 0.0), PERHAPS_DOG, 1.0, 0.2)
    fast = pool(None, CAT, 1.0, 0.0)
    for step in range(1, 21):
        fast = pool(fast, PERHAPS_DOG, 1.0, step / 100)
    assert np.allclose(slow.probabilities, fast.probabilities, atol=1e-5)


def test_probabilities_keep_their_sum():
    state = pool(pool(None, np.array([0.3, 0.7], np.float32), 1.0, 0.0), CAT, 0.5, 0.1)
    assert state.probabilities.sum() == pytest.approx(1)


def test_time_that_stands_still_or_runs_back_changes_nothing():
    state = pool(None, CAT, 1.0, 3.0)
    assert np.allclose(pool(state, DOG, 1.0, 3.0).probabilities, CAT)
    assert np.allclose(pool(state, DOG, 1.0, 1.0).probabilities, CAT)
