import cv2
import numpy as np
import pytest

from fashioncam.pipeline.scene.global_change import (
    explained_by_camera_shift,
    explained_by_lamp,
    has_background_contours,
    is_ghost,
)
from fashioncam.pipeline.scene.scene_change import (
    CHANGED_AFTER_S,
    RELEARN_AFTER_S,
    Observation,
    SceneWatch,
    is_room,
    watch_scene,
)

SIZE_HW = (120, 160)
NOTHING, EVERYWHERE = np.zeros(SIZE_HW, np.uint8), np.full(SIZE_HW, 255, np.uint8)


@pytest.fixture
def expected():
    """A room with contours everywhere."""
    cells = np.random.default_rng(0).integers(40, 130, (6, 8, 3), np.uint8)
    return cv2.resize(cells, SIZE_HW[::-1], interpolation=cv2.INTER_CUBIC)


def moved(picture, dx, dy):
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    return cv2.warpAffine(picture, matrix, SIZE_HW[::-1], borderMode=cv2.BORDER_REPLICATE)


def with_item(picture):
    shown = picture.copy()
    shown[30:90, 50:100] = (200, 30, 180)
    return shown


def item_there():
    item = NOTHING.copy()
    item[30:90, 50:100] = 255
    return item


def watched(pictures, expected, deviating, item=None, fps=30, searched=EVERYWHERE):
    watch = SceneWatch()
    for index, picture in enumerate(pictures):
        likelihood = NOTHING if item is None else item
        room_bgr = expected.astype(np.float32)
        observation = Observation(picture, room_bgr, expected, deviating, likelihood, item)
        watch = watch_scene(watch, observation, searched, index / fps)
        yield watch


@pytest.mark.parametrize("shift", [(2, 0), (-3, 1), (0, 4), (12, -12)], ids=str)
@pytest.mark.parametrize("shown", [np.copy, with_item], ids=["empty", "with an item"])
def test_bump_is_recognised_and_explains_the_room(expected, shift, shown):
    explained = explained_by_camera_shift(moved(shown(expected), *shift), expected)
    assert explained is not None
    assert (explained[30:-30, 120:-15] > 0).mean() > 0.8


@pytest.mark.parametrize("shown", [np.copy, with_item], ids=["empty", "with an item"])
@pytest.mark.parametrize("shift", [(0, 0), (0.25, 0.25)], ids=["standing", "shaking"])
def test_camera_that_stands_is_not_bumped(expected, shown, shift):
    assert explained_by_camera_shift(moved(shown(expected), *shift), expected) is None


def test_bump_before_a_bare_wall_cannot_be_seen():
    wall = np.full((*SIZE_HW, 3), 120, np.uint8)
    assert explained_by_camera_shift(wall, wall) is None


def test_bump_does_not_explain_the_item(expected):
    explained = explained_by_camera_shift(moved(with_item(expected), 3, 0), expected)
    assert not is_room(moved(item_there(), 3, 0), explained)


@pytest.mark.parametrize("gain", [0.5, 2.0], ids=["off", "on"])
def test_lamp_is_recognised_and_explains_what_it_lights(expected, gain):
    seen, beside, item = expected.copy(), NOTHING.copy(), NOTHING.copy()
    seen[:, 80:] = np.clip(seen[:, 80:] * gain, 0, 255)
    beside[:, 110:] = 255
    item[20:100, 82:108] = 255
    explained = explained_by_lamp(seen, expected, beside)
    assert is_room(item, explained)


def test_coloured_change_is_no_lamp(expected):
    seen, beside = expected.copy(), NOTHING.copy()
    seen[:, 100:] = np.clip(seen[:, 100:] * np.array((0.6, 1.0, 1.8)), 0, 255)
    beside[:, 100:] = 255
    assert explained_by_lamp(seen, expected, beside) is None


def test_something_else_than_the_room_is_no_lamp(expected):
    seen, beside = expected.copy(), NOTHING.copy()
    seen[:, 100:] = np.random.default_rng(1).integers(0, 255, (*SIZE_HW, 3), np.uint8)[:, 100:]
    beside[:, 100:] = 255
    assert explained_by_lamp(seen, expected, beside) is None


SOFT_LAMP = np.linspace(2.5, 1.2, SIZE_HW[1])[None, :, None]


@pytest.mark.parametrize("light", [1.8, SOFT_LAMP, 2.5], ids=["one factor", "soft lamp", "partly burnt out"])
def test_room_shows_its_contours_in_any_light(expected, light):
    seen = np.clip(expected * light, 0, 255).astype(np.uint8)
    assert has_background_contours(item_there(), seen, expected.astype(np.float32))


def test_item_hides_the_rooms_contours(expected):
    assert not has_background_contours(item_there(), with_item(expected), expected.astype(np.float32))


def test_item_before_a_bare_wall_brings_its_own_outline():
    wall = np.full((*SIZE_HW, 3), 120, np.uint8)
    assert not has_background_contours(item_there(), with_item(wall), wall.astype(np.float32))


def test_without_contours_nothing_is_told(expected):
    """A white item and a lamp that makes everything burn out look the same."""
    assert not has_background_contours(item_there(), np.full_like(expected, 255), expected.astype(np.float32))


@pytest.mark.parametrize(("columns", "is_another"), [(np.s_[110:], True), (np.s_[:50], False)], ids=["in", "out"])
def test_scene_is_another_one_when_it_changes_where_items_are_searched(expected, columns, is_another):
    deviating, searched, shown = NOTHING.copy(), NOTHING.copy(), expected.copy()
    searched[:, 120:] = 255
    deviating[:, columns] = 255
    shown[:, columns] = (200, 30, 180)
    *_, last = watched([shown] * 12, expected, deviating, searched=searched)
    assert last.has_changed == is_another


def test_who_wears_the_item_in_a_small_region_is_no_other_scene(expected):
    deviating, searched, shown = NOTHING.copy(), NOTHING.copy(), with_item(expected)
    searched[20:96, 40:110] = 255
    deviating[20:120, 40:110] = 255
    *_, last = watched([shown] * 12, expected, deviating, item=item_there(), searched=searched)
    assert not last.has_changed


def test_forearm_in_a_small_region_is_no_other_scene(expected):
    deviating, searched, shown = NOTHING.copy(), NOTHING.copy(), expected.copy()
    searched[:, 110:] = 255
    deviating[:, 135:] = 255
    shown[:, 135:] = (120, 150, 220)
    *_, last = watched([shown] * 12, expected, deviating, searched=searched)
    assert not last.has_changed


def test_change_has_to_last(expected):
    everything = NOTHING + 255
    changes = [w.has_changed for w in watched([255 - expected] * 12, expected, everything)]
    assert changes.index(True) == pytest.approx(CHANGED_AFTER_S * 30, abs=1)
    passing = list(watched([expected], expected, NOTHING))[-1]
    assert not passing.has_changed


def test_learns_again_after_the_calm_and_not_before(expected):
    everything = NOTHING + 255
    calls = [w.should_relearn for w in watched([255 - expected] * 90, expected, everything)]
    assert calls.index(True) == pytest.approx(RELEARN_AFTER_S * 30, abs=3)


def test_does_not_learn_again_while_something_moves(expected):
    everything = NOTHING + 255
    pictures = [np.roll(255 - expected, 9 * index, axis=1) for index in range(90)]
    assert not any(watch.should_relearn for watch in watched(pictures, expected, everything))


def test_does_not_learn_again_while_an_item_is_there(expected):
    seen = moved(with_item(expected), 3, 0)
    calls = [w.should_relearn for w in watched([seen] * 90, expected, NOTHING + 255, moved(item_there(), 3, 0))]
    assert not any(calls)


def test_does_not_learn_a_scene_again_that_it_knows(expected):
    assert not any(watch.should_relearn for watch in watched([expected] * 90, expected, NOTHING))


def test_place_of_something_learned_that_has_gone_is_told_from_an_item(expected):
    empty, held = expected, with_item(expected)
    assert is_ghost(item_there(), item_there(), small_bgr=empty, expected_bgr=held)
    assert not is_ghost(item_there(), item_there(), small_bgr=held, expected_bgr=empty)


def test_of_nothing_but_the_pictures_edge_it_is_not_told(expected):
    edge = NOTHING.copy()
    edge[:, :3] = 255
    assert not is_ghost(edge, edge, small_bgr=expected, expected_bgr=with_item(expected))
    assert not is_ghost(NOTHING, NOTHING, small_bgr=expected, expected_bgr=with_item(expected))


def test_scene_is_learned_again_where_something_learned_has_gone(expected):
    watches = list(watched([expected] * 150, with_item(expected), item_there(), item_there()))
    assert not any(watch.has_changed for watch in watches[:60]), "for a moment items look so, too"
    assert is_room(item_there(), watches[75].accounted)
    assert watches[-1].should_relearn


def test_item_that_moves_is_no_ghost(expected):
    """Behind a hand that is never quite still the room may be out of focus, and without the steps that it had."""
    blurred = [cv2.GaussianBlur(expected, (0, 0), 6) for _ in range(90)]
    for index, picture in enumerate(blurred):
        picture[40 + index % 2 : 80 + index % 2, 60:90:2] = 200
    watches = list(watched(blurred, with_item(expected), item_there(), item_there()))
    assert all(watch.ghost_since_s is None for watch in watches[1:])


def test_scene_that_is_another_one_all_over_is_learned_whatever_is_claimed_in_it(expected):
    other = cv2.resize(
        np.random.default_rng(1).integers(120, 230, (5, 9, 3), np.uint8), SIZE_HW[::-1], interpolation=cv2.INTER_CUBIC
    )
    watches = list(watched([other] * 90, expected, EVERYWHERE, item_there()))
    assert watches[10].accounted is None
    assert watches[-1].should_relearn
