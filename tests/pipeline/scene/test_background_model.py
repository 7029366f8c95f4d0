import numpy as np
import pytest
from scenes import FPS, hold_up, room, seen_by_camera

from fashioncam.pipeline.scene.background_model import (
    LEARN_FRAMES,
    SETTLE_LIMIT_S,
    WORK_EDGE_PX,
    BackgroundModel,
    Learning,
    observe,
    shrink,
)


def learn(images, fps=FPS):
    """Feed pictures until the background is finished; returns it and how many it took."""
    state = Learning()
    for count, image in enumerate(images, start=1):
        state = observe(state, shrink(image), count / fps)
        if isinstance(state, BackgroundModel):
            return state, count
    return state, len(images)


@pytest.mark.parametrize(
    ("size_wh", "small_hw"),
    [((640, 480), (120, 160)), ((1280, 720), (90, 160)), ((480, 640), (160, 120))],
    ids=["4:3", "16:9", "portrait"],
)
def test_works_on_a_small_picture_of_the_same_shape(size_wh, small_hw):
    assert shrink(room(size_wh)).shape == (*small_hw, 3)
    assert max(small_hw) == WORK_EDGE_PX


def test_median_ignores_what_passes_through_some_of_the_frames():
    images = [seen_by_camera(room(), seed) for seed in range(40)]
    for index in (8, 11, 14):
        images[index] = seen_by_camera(hold_up(room(), (250, 150, 100, 120)), index)
    background, _ = learn(images)
    assert np.abs(background.median - shrink(room())).max() < 3


def test_waits_until_the_exposure_has_settled():
    opening = [seen_by_camera(room(), seed, gain=gain) for seed, gain in enumerate(np.linspace(0.3, 1, 20))]
    background, count = learn(opening + [seen_by_camera(room(), 100 + seed) for seed in range(40)])
    assert count > len(opening) + LEARN_FRAMES
    assert abs(background.median.mean() - shrink(room()).mean()) < 2


def test_learns_from_a_still_scene_within_thirty_frames():
    _, count = learn([seen_by_camera(room(), seed) for seed in range(60)])
    assert count < 30


@pytest.mark.parametrize("fps", [30, 5])
def test_flicker_does_not_make_it_wait_for_ever(fps):
    flicker = [seen_by_camera(room(), seed, gain=0.97 + 0.06 * (seed % 2)) for seed in range(80)]
    background, count = learn(flicker, fps)
    assert isinstance(background, BackgroundModel)
    assert count <= SETTLE_LIMIT_S * fps + LEARN_FRAMES + 1


def test_clock_that_goes_back_does_not_make_it_wait_for_ever():
    began = observe(Learning(), shrink(room()), 100.0)
    assert observe(began, shrink(room() // 2), 1.0).frames


def test_progress_grows_from_zero_to_one():
    state, seen = Learning(), []
    while isinstance(state, Learning):
        seen.append(state.progress)
        state = observe(state, shrink(seen_by_camera(room(), len(seen))), len(seen) / FPS)
    assert seen[0] == 0
    assert seen == sorted(seen)
    assert 0.9 < seen[-1] < 1


def test_noisier_scene_gets_more_tolerance():
    quiet, _ = learn([seen_by_camera(room(), seed, sigma=1) for seed in range(60)])
    noisy, _ = learn([seen_by_camera(room(), seed, sigma=12) for seed in range(60)])
    assert noisy.tolerance.mean() > 1.2 * quiet.tolerance.mean()


@pytest.mark.parametrize("count", [1, 20, 60])
def test_black_frames_before_the_picture_are_not_learned(count):
    black = [np.zeros((480, 640, 3), np.uint8)] * count
    covered, _ = learn(black)
    assert isinstance(covered, Learning)
    assert covered.progress == 0
    background, learned_after = learn(black + [seen_by_camera(room(), seed) for seed in range(30)])
    assert learned_after > count
    assert abs(background.median.mean() - shrink(room()).mean()) < 2
