"""Items that are held, left or taken away: short films through the segmentation that users get."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from films import BOX, COLUMNS, HEIGHT, LAMP_RIGHT, SECOND, WIDTH, dim, film, moved, patterned, states
from scenes import hold_up, learned_scene, readings_of

from benchmarks.mask_metrics import box_iou
from fashioncam.messages import State
from fashioncam.pipeline.find_item import Scene


@pytest.fixture(scope="module")
def scene():
    return learned_scene(dim())


@pytest.mark.parametrize("show", [hold_up, patterned], ids=["of one colour", "of the wall's colour"])
def test_item_held_for_a_minute_does_not_fade(scene, learned, show):
    """Five frames a second; the background goes on following the light around it."""
    readings = readings_of(film([show(dim(), BOX)] * 300), learned, scene, fps=5.0)
    assert set(states(readings)) == {State.ITEM}
    assert box_iou(readings[0].box, readings[-1].box) > 0.97


def test_item_that_is_hardly_seen_is_not_taken_for_background(scene, learned):
    """It differs from the wall, yet not enough to be found."""
    x, y, w, h = BOX
    colour = (dim()[y : y + h, x : x + w].mean(axis=(0, 1)) - 11).round().astype(int).tolist()
    readings = readings_of(film([hold_up(dim(), BOX, tuple(colour))] * 75, 1), learned, scene, fps=5.0)
    assert State.LEARNING not in states(readings)


def with_head(image, dx=0, dy=0):
    """Somebody's head before the wall, at rest or elsewhere."""
    mottled = np.random.default_rng(5).integers(40, 150, (8, 6, 3), np.uint8)
    head = cv2.resize(mottled, (90, 120), interpolation=cv2.INTER_CUBIC)
    outline = cv2.ellipse(np.zeros(head.shape, np.uint8), (45, 60), (44, 59), 0, 0, 360, (1, 1, 1), cv2.FILLED)
    shown = image.copy()
    there = shown[180 + dy : 300 + dy, 450 + dx : 540 + dx]
    there[...] = np.where(outline > 0, head, there)
    return shown


def test_head_that_was_learned_and_moves_is_no_item(learned):
    ways = [(round(24 * np.sin(0.2 * index)), round(14 * np.sin(0.13 * index))) for index in range(2 * SECOND)]
    scene = learned_scene(with_head(dim()))
    alone = readings_of(film([with_head(dim(), *way) for way in ways]), learned, scene)
    assert set(states(alone)) == {State.EMPTY}
    beside = readings_of(film([hold_up(with_head(dim(), *way), BOX) for way in ways]), learned, scene)
    assert min(box_iou(reading.box, BOX) for reading in beside) > 0.85


def test_item_before_a_wire_grid_is_no_part_of_it(learned):
    """Its colour lies between those of the wall and of the wires, as the grid's own does from near by."""
    grid = dim()
    for wire in (0, 1):
        grid[wire::16], grid[:, wire::16] = 20, 20
    readings = readings_of(film([hold_up(grid, BOX, (60, 60, 60))] * 10), learned, learned_scene(grid))
    assert set(states(readings)) == {State.ITEM}
    assert min(box_iou(reading.box, BOX) for reading in readings) > 0.85


def test_item_left_behind_becomes_background_when_learned_again(learned):
    left = hold_up(dim(), BOX)
    said = states(readings_of(film([left] * SECOND), learned, Scene()))
    assert said[-1] is State.EMPTY


def test_item_that_was_learned_and_is_taken_away_is_forgotten_by_itself(learned):
    scene = learned_scene(hold_up(dim(), BOX))
    said = states(readings_of(film([dim()] * 140), learned, scene, fps=10.0))
    assert State.LEARNING in said
    assert said[-1] is State.EMPTY


def test_lights_that_go_out_and_on_again_leave_the_scene_as_it_was(learned):
    dusk = dim(0.12)
    images = [dusk] * 5 + [dusk * 0] * 10 + [dusk] * 30
    readings = readings_of(film(images), learned, learned_scene(dusk))
    assert states(readings)[-1] is State.EMPTY


def test_item_is_held_over_a_frame_in_which_it_is_not_found(scene, learned):
    shown = hold_up(dim(), BOX)
    said = states(readings_of(film([shown] * 5 + [dim()] + [shown] * 5), learned, scene))
    assert said == [State.ITEM] * 11


def test_item_that_has_gone_is_not_held(scene, learned):
    said = states(readings_of(film([hold_up(dim(), BOX)] * 5 + [dim()] * 5), learned, scene))
    assert said[-2:] == [State.EMPTY] * 2


def test_shadow_beside_an_item_is_no_lamp(scene, learned):
    shade = cv2.GaussianBlur(np.where(COLUMNS > 460, 0.7, 1.0), (0, 0), 20)
    shown = (hold_up(dim(), BOX) * shade[..., None]).astype(np.uint8)
    assert set(states(readings_of(film([shown] * SECOND), learned, scene))) == {State.ITEM}


@pytest.mark.parametrize("shift", [(12, 0), (-17, 9), (5, -22)], ids=str)
def test_item_held_through_a_bump_is_found_again(scene, learned, shift):
    x, y, w, h = BOX
    box = (x + shift[0], y + shift[1], w, h)
    readings = readings_of(
        film([moved(hold_up(dim(), BOX), *shift)] * SECOND + [moved(dim(), *shift)] * 5), learned, scene
    )
    assert State.SCENE_CHANGED in states(readings[: SECOND // 2])
    assert min(box_iou(reading.box, box) for reading in readings[SECOND - 5 : SECOND]) > 0.85
    assert states(readings)[-1] is State.EMPTY


def test_item_held_through_a_bump_that_is_too_large_is_not_learned(scene, learned):
    shift = (60, 0)
    shown = [moved(hold_up(dim(), BOX), *shift)] * (4 * SECOND)
    after = [moved(dim(), *shift)] * (4 * SECOND)
    said = states(readings_of(film([hold_up(dim(), BOX)] * 5 + shown + after), learned, scene))
    assert State.LEARNING not in said[: 5 + len(shown)]
    assert State.LEARNING in said[5 + len(shown) :]
    assert said[-1] is State.EMPTY


def test_clock_that_goes_back_is_survived(scene, learned):
    """As when a clip begins again."""
    lit = np.clip(dim() * LAMP_RIGHT[..., None], 0, 255).astype(np.uint8)
    scene = replace(scene, watch=replace(scene.watch, time_s=1000.0, changed_since_s=999.0))
    said = states(readings_of(film([lit] * (4 * SECOND)), learned, scene))
    assert State.SCENE_CHANGED in said[:SECOND]
    assert said[-1] is State.EMPTY


def test_picture_size_may_change_while_an_item_is_held(scene, learned):
    shown, empty = hold_up(dim(), BOX), dim()
    larger = cv2.resize(shown, (1280, 960))
    readings = readings_of([larger, larger, empty], learned, scene)
    x, y, w, h = readings[-1].box
    assert x + w <= WIDTH
    assert y + h <= HEIGHT
