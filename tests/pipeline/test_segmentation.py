import cv2
import numpy as np
import pytest
from scenes import SIZE_WH, frame, hold_up, learned_reference, overlap, room, seen_by_camera

from fashioncam.messages import State
from fashioncam.pipeline import find_item
from fashioncam.pipeline.segmentation import light_gain

BOX = (220, 100, 200, 240)


@pytest.fixture(scope="module")
def reference():
    return learned_reference(room())


@pytest.mark.parametrize("gain", [0.7, 1.0, 1.2], ids=["darker", "same light", "brighter"])
def test_item_is_found_under_changed_light(reference, gain):
    seen = seen_by_camera(hold_up(room(), BOX), 500, gain=gain)
    reading, _ = find_item(frame(seen), reference)
    assert reading.state is State.ITEM
    assert overlap(reading.box, BOX) > 0.9


@pytest.mark.parametrize("gain", [0.65, 0.9, 1.0, 1.15], ids=lambda gain: f"light x {gain}")
def test_empty_scene_stays_empty_when_the_whole_light_changes(reference, gain):
    for seed in range(5):
        reading, _ = find_item(frame(seen_by_camera(room(), 600 + seed, gain=gain)), reference)
        assert reading.state is State.EMPTY


def test_white_balance_alone_is_no_item(reference):
    tinted = np.clip(room() * np.array((1.08, 1.0, 0.92)), 0, 255).astype(np.uint8)
    reading, _ = find_item(frame(seen_by_camera(tinted, 1)), reference)
    assert reading.state is State.EMPTY


def test_soft_shadow_is_no_item(reference):
    shadow = np.zeros((SIZE_WH[1], SIZE_WH[0], 1), np.float32)
    cv2.ellipse(shadow, (320, 220), (110, 130), 0, 0, 360, 0.25, cv2.FILLED)
    shadow = cv2.GaussianBlur(shadow, (0, 0), 14)[..., None]
    shaded = (room() * (1 - shadow)).astype(np.uint8)
    reading, _ = find_item(frame(seen_by_camera(shaded, 1)), reference)
    assert reading.state is State.EMPTY


def test_mask_covers_the_item_and_only_the_item(reference):
    scene = room()
    shown = hold_up(scene, BOX)
    reading, _ = find_item(frame(seen_by_camera(shown, 2)), reference)
    truth = (shown != scene).any(axis=2)
    x, y, w, h = reading.box
    found = np.zeros_like(truth)
    found[y : y + h, x : x + w] = reading.segment.mask > 0
    assert (truth & found).sum() / (truth | found).sum() > 0.9


def test_holes_in_the_item_are_filled(reference):
    shown = hold_up(room(), BOX)
    x, y, w, h = BOX
    patch = slice(y + h // 2, y + h // 2 + 30), slice(x + w // 2 - 15, x + w // 2 + 15)
    shown[patch] = room()[patch]  # a print of the wall's own colour
    reading, _ = find_item(frame(seen_by_camera(shown, 3)), reference)
    centre = reading.segment.mask[h // 2 + 15 - 5 : h // 2 + 15 + 5, w // 2 - 5 : w // 2 + 5]
    assert centre.min() == 255


def test_of_two_items_the_larger_is_taken(reference):
    shown = hold_up(hold_up(room(), BOX), (500, 300, 90, 100))
    reading, _ = find_item(frame(seen_by_camera(shown, 4)), reference)
    assert overlap(reading.box, BOX) > 0.85


def test_speck_is_no_item(reference):
    reading, _ = find_item(frame(seen_by_camera(hold_up(room(), (300, 200, 30, 30)), 5)), reference)
    assert reading.state is State.EMPTY


def test_another_scene_is_said_to_be_one(reference):
    strange = np.random.default_rng(0).integers(0, 2, (6, 8, 3), np.uint8) * 255
    other = cv2.resize(strange, SIZE_WH, interpolation=cv2.INTER_NEAREST)
    reading, after = find_item(frame(other), reference)
    assert reading.state is State.SCENE_CHANGED
    assert after is reference


def test_another_picture_size_starts_learning_again(reference):
    reading, _ = find_item(frame(room((1280, 720))), reference)
    assert reading.state is State.LEARNING


def test_light_gain_is_measured_beside_a_large_item(reference):
    seen = seen_by_camera(hold_up(room(), (120, 40, 400, 400), (20, 20, 30)), 6, gain=0.8)
    small = cv2.resize(seen, (160, 120), interpolation=cv2.INTER_AREA)
    assert light_gain(small, reference.median) == pytest.approx([0.8] * 3, abs=0.02)


@pytest.mark.parametrize("value", [0, 255], ids=["black", "white"])
def test_blank_picture_is_survived(reference, value):
    reading, _ = find_item(frame(np.full((480, 640, 3), value, np.uint8)), reference)
    assert reading.state in (State.EMPTY, State.ITEM, State.SCENE_CHANGED)


def test_frame_is_not_drawn_on(reference):
    seen = seen_by_camera(hold_up(room(), BOX), 7)
    before = seen.copy()
    find_item(frame(seen), reference)
    assert np.array_equal(seen, before)


@pytest.mark.parametrize("stripe", [np.s_[200:208, :], np.s_[:, 300:308]], ids=["horizontal", "vertical"])
def test_thing_as_thin_as_a_cable_is_no_item(reference, stripe):
    seen = room()
    seen[stripe] = (10, 10, 200)
    reading, _ = find_item(frame(seen_by_camera(seen, 8)), reference)
    assert reading.state is State.EMPTY


def test_segment_is_never_empty(reference):
    for width in range(1, 60):
        seen = room()
        seen[60:420, 300 : 300 + width] = (10, 10, 200)
        reading, _ = find_item(frame(seen), reference)
        assert (reading.segment is None) == (reading.state is State.EMPTY)
        assert reading.segment is None or (min(reading.box[2:]) > 0 and reading.segment.mask.any())
