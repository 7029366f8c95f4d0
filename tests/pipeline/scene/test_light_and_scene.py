"""Light that changes, cameras that move: short films through the segmentation that users get."""

import cv2
import numpy as np
import pytest
from films import BOX, COLUMNS, HEIGHT, LAMP_RIGHT, ROWS, SECOND, WIDTH, dim, film, moved, patterned, states
from scenes import FPS, SIZE_WH, hold_up, learned_scene, readings_of, room

from benchmarks.mask_metrics import box_iou
from fashioncam.messages import State


@pytest.fixture(scope="module")
def scene():
    return learned_scene(dim())


def compressed(image, quality=65):
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)


# Light without an item.


@pytest.mark.parametrize("gain", [0.6, 1.4], ids=["40 % darker", "40 % brighter"])
def test_light_that_drifts_within_a_second_is_no_item(scene, learned, gain):
    gains = [*np.linspace(1, gain, SECOND), *[gain] * SECOND]
    readings = readings_of(film([dim(0.75 * value) for value in gains]), learned, scene)
    assert set(states(readings)) == {State.EMPTY}


@pytest.mark.parametrize("tint", [(1.1, 1.0, 0.9), (0.9, 1.0, 1.1)], ids=["bluer", "redder"])
def test_white_balance_that_drifts_is_no_item(scene, learned, tint):
    tints = [1 + (np.array(tint) - 1) * share for share in np.linspace(0, 1, SECOND)]
    readings = readings_of(film([np.clip(dim() * value, 0, 255).astype(np.uint8) for value in tints]), learned, scene)
    assert set(states(readings)) == {State.EMPTY}


@pytest.mark.parametrize("bands", [0, 9], ids=["whole picture", "rolling bands"])
def test_flicker_of_mains_light_is_no_item(scene, learned, bands):
    """100 Hz seen 30 times a second."""
    phases = [2 * np.pi * 100 * index / FPS + bands * ROWS / HEIGHT for index in range(2 * SECOND)]
    images = [(dim() * (1 + 0.03 * np.sin(phase))[..., None]).astype(np.uint8) for phase in phases]
    assert set(states(readings_of(film(images), learned, scene))) == {State.EMPTY}


def test_light_that_drifts_over_minutes_and_by_place_is_followed(scene, learned):
    """The sun moves: one side loses half of its light in three minutes; a frame a second."""
    falls = [1 - 0.5 * share * COLUMNS / WIDTH for share in np.linspace(0, 1, 180)]
    images = [(dim() * fall[..., None]).astype(np.uint8) for fall in falls]
    images += [hold_up(images[-1], BOX)] * 3
    readings = readings_of(film(images), learned, scene, fps=1.0)
    assert set(states(readings[:180])) == {State.EMPTY}
    assert box_iou(readings[-1].box, BOX) > 0.85


def test_wall_that_burns_out_while_an_item_is_held_is_remembered_as_it_was(learned):
    """A camera that brightens the picture for a dark item; ten seconds at five frames a second."""
    burnt_out = np.clip(hold_up(room(), BOX, (40, 20, 15)) * 1.5, 0, 255).astype(np.uint8)
    images = film([burnt_out] * 50) + film([room()] * 5)
    said = states(readings_of(images, learned, learned_scene(room()), fps=5.0))
    assert set(said[5:50]) == {State.ITEM}
    assert set(said[51:]) == {State.EMPTY}


# Another scene.

LAMP_SPOT = 1 + np.exp(-((COLUMNS - 200) ** 2 + (ROWS - 200) ** 2) / (2 * 150.0**2))


@pytest.mark.parametrize("light", [LAMP_RIGHT, LAMP_SPOT], ids=["one side", "a wide spot"])
def test_lamp_switched_on_is_another_scene_and_then_the_scene(scene, learned, light):
    lit = np.clip(dim(0.5) * light[..., None], 0, 255).astype(np.uint8)
    images = [dim(0.5)] * 10 + [lit] * (4 * SECOND)
    said = states(readings_of(film(images), learned, scene))
    assert State.SCENE_CHANGED in said[10 : 10 + SECOND // 2]
    assert State.LEARNING in said[10 : 10 + 3 * SECOND]
    assert said[-1] is State.EMPTY


class TakesLightForItems:
    """What the network does where a lamp makes half of a room burn out."""

    def likelihood(self, small_bgr, expected_bgr, tolerance):
        changed = cv2.absdiff(small_bgr, expected_bgr).max(axis=2) > 30
        return cv2.morphologyEx(np.where(changed, np.uint8(255), np.uint8(0)), cv2.MORPH_CLOSE, np.ones((9, 9)))


def shelves():
    """The room with things of all colours before its wall."""
    colours = np.random.default_rng(3).integers(30, 150, (10, 14, 3), np.uint8)
    return cv2.max(cv2.resize(colours, SIZE_WH, interpolation=cv2.INTER_CUBIC), 20)


LAMP_SOFT = 1 + 1.2 / (1 + np.exp((COLUMNS - 0.4 * WIDTH) / 60))


def test_lamp_that_is_claimed_as_an_item_is_known_by_the_rooms_contours():
    lit = np.clip(shelves() * LAMP_SOFT[..., None], 0, 255).astype(np.uint8)
    images = film([lit] * (4 * SECOND))
    said = states(readings_of(images, TakesLightForItems(), learned_scene(shelves())))
    assert State.ITEM not in said
    assert State.SCENE_CHANGED in said[: SECOND // 2]
    assert said[-1] is State.EMPTY


@pytest.mark.parametrize("colour", [(250, 250, 250), (90, 90, 90), (15, 15, 15)], ids=["white", "grey", "black"])
@pytest.mark.parametrize("background", [shelves, dim], ids=["before shelves", "before a wall"])
def test_plain_item_is_not_taken_for_a_lamp(background, colour):
    images = film([hold_up(background(), (160, 60, 300, 360), colour)] * SECOND)
    said = states(readings_of(images, TakesLightForItems(), learned_scene(background())))
    assert set(said) == {State.ITEM}


@pytest.mark.parametrize("shift", [(12, 0), (0, -12), (9, 8)], ids=str)
def test_bumped_camera_is_another_scene_and_then_the_scene(scene, learned, shift):
    images = [dim()] * 10 + [moved(dim(), *shift)] * (4 * SECOND)
    said = states(readings_of(film(images), learned, scene))
    assert State.SCENE_CHANGED in said[10 : 10 + SECOND // 2]
    assert State.LEARNING in said[10 : 10 + 3 * SECOND]
    assert said[-1] is State.EMPTY


def test_another_scene_is_not_learned_while_it_moves(scene, learned):
    other = np.random.default_rng(0).integers(0, 255, (6, 8, 3), np.uint8)
    images = [np.roll(cv2.resize(other, SIZE_WH), 16 * index, axis=1) for index in range(4 * SECOND)]
    said = states(readings_of(film(images), learned, scene))
    assert State.LEARNING not in said
    assert said[-1] is State.SCENE_CHANGED


def test_lamp_switched_off_again_is_the_old_scene_at_once(scene, learned):
    lit = np.clip(dim() * LAMP_RIGHT[..., None], 0, 255).astype(np.uint8)
    said = states(readings_of(film([lit] * 20 + [dim()] * 3), learned, scene))
    assert said[19] is State.SCENE_CHANGED
    assert said[-1] is State.EMPTY


# Real variation.


def test_dim_room_noise_and_strong_compression_hide_no_item_and_make_none(learned):
    scene = learned_scene(dim(), sigma=7)
    empty = [compressed(image) for image in film([dim()] * SECOND, sigma=7)]
    shown = [compressed(image) for image in film([hold_up(dim(), BOX)] * SECOND, sigma=7)]
    assert set(states(readings_of(empty, learned, scene))) == {State.EMPTY}
    assert min(box_iou(reading.box, BOX) for reading in readings_of(shown, learned, scene)) > 0.85


def test_camera_shake_by_a_pixel_hides_no_item_and_makes_none(scene, learned):
    shifts = np.random.default_rng(0).integers(-1, 2, (SECOND, 2))
    empty = film([moved(dim(), int(dx), int(dy)) for dx, dy in shifts])
    shown = film([moved(hold_up(dim(), BOX), int(dx), int(dy)) for dx, dy in shifts])
    assert set(states(readings_of(empty, learned, scene))) == {State.EMPTY}
    assert min(box_iou(reading.box, BOX) for reading in readings_of(shown, learned, scene)) > 0.85


def test_item_that_enters_while_the_light_changes_is_found(scene, learned):
    gains = np.linspace(1, 0.65, SECOND)
    images = [np.clip(hold_up(dim(), BOX) * gain, 0, 255).astype(np.uint8) for gain in gains]
    readings = readings_of(film(images), learned, scene)
    assert min(box_iou(reading.box, BOX) for reading in readings[2:]) > 0.85


def test_item_of_the_walls_colour_is_found_by_its_pattern(scene, learned):
    seen = readings_of(film([patterned(dim(), BOX)] * 10), learned, scene)[-1]
    assert box_iou(seen.box, BOX) > 0.7


def test_item_without_pattern_in_the_walls_very_colour_cannot_be_seen(scene, learned):
    """No program sees it in one picture: this keeps the limit in mind."""
    x, y, w, h = BOX
    wall = dim()[y : y + h, x : x + w].mean(axis=(0, 1)).round().astype(int).tolist()
    readings = readings_of(film([hold_up(dim(), BOX, tuple(wall))] * 10), learned, scene)
    assert set(states(readings)) == {State.EMPTY}


def test_of_two_items_one_is_kept(scene, learned):
    """Two of nearly one size, so that noise alone would choose."""
    left, right = (130, 120, 150, 180), (360, 118, 152, 182)
    readings = readings_of(film([hold_up(hold_up(dim(), left), right, (40, 40, 160))] * SECOND, 5), learned, scene)
    assert min(box_iou(reading.box, readings[0].box) for reading in readings) > 0.9


# Steadiness.


@pytest.mark.parametrize("size_wh", [(640, 480), (1280, 720)], ids=str)
def test_box_of_a_still_item_stays_within_a_hundredth(learned, size_wh):
    empty = np.clip(room(size_wh) * 0.75, 0, 255).astype(np.uint8)
    scale = size_wh[1] / 480
    box = tuple(round(value * scale) for value in BOX)
    readings = readings_of(film([hold_up(empty, box)] * SECOND, 5), learned, learned_scene(empty))
    boxes = np.array([reading.box for reading in readings[5:]])
    corners = np.hstack((boxes[:, :2], boxes[:, :2] + boxes[:, 2:]))
    assert np.abs(np.diff(corners, axis=0)).max() < 0.01 * max(box[2:])


def test_held_item_does_not_blink(scene, learned):
    """A patterned shirt of the wall's colour before a shaking camera: the hardest item to find."""
    sway = [(round(5 * np.sin(0.31 * index)), round(5 * np.sin(0.27 * index))) for index in range(2 * SECOND)]
    images = [patterned(dim(), (BOX[0] + dx, BOX[1] + dy, *BOX[2:])) for dx, dy in sway]
    readings = readings_of(film(images, 4), learned, scene)
    assert {reading.state for reading in readings[3:]} == {State.ITEM}
