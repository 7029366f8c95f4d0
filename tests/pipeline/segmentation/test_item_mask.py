import cv2
import numpy as np
import pytest
from scenes import SIZE_WH, frame, hold_up, learned_scene, room, seen_by_camera

from benchmarks.mask_metrics import box_iou
from fashioncam.messages import Segment, State
from fashioncam.pipeline.find_item import find_item
from fashioncam.pipeline.scene.background_model import light_gain
from fashioncam.pipeline.segmentation.deviation import beyond_shadow
from fashioncam.pipeline.segmentation.item_mask import cut_share, fill_holes, item_mask, smoothed_likelihood
from fashioncam.pipeline.segmentation.segmenter import LIKELY

BOX = (220, 100, 200, 240)


@pytest.fixture(scope="module")
def scene():
    return learned_scene(room())


@pytest.mark.parametrize("gain", [0.7, 1.0, 1.2], ids=["darker", "same light", "brighter"])
def test_item_is_found_under_changed_light(scene, segmenter, gain):
    seen = seen_by_camera(hold_up(room(), BOX), 500, gain=gain)
    reading, _ = find_item(frame(seen), scene, segmenter)
    assert reading.state is State.ITEM
    assert box_iou(reading.box, BOX) > 0.9


@pytest.mark.parametrize("gain", [0.65, 0.9, 1.0, 1.15], ids=lambda gain: f"light x {gain}")
def test_empty_scene_stays_empty_when_the_whole_light_changes(scene, segmenter, gain):
    for seed in range(5):
        reading, _ = find_item(frame(seen_by_camera(room(), 600 + seed, gain=gain)), scene, segmenter)
        assert reading.state is State.EMPTY


def test_white_balance_alone_is_no_item(scene, segmenter):
    tinted = np.clip(room() * np.array((1.08, 1.0, 0.92)), 0, 255).astype(np.uint8)
    reading, _ = find_item(frame(seen_by_camera(tinted, 1)), scene, segmenter)
    assert reading.state is State.EMPTY


def test_soft_shadow_is_no_item(scene, segmenter):
    shadow = np.zeros((SIZE_WH[1], SIZE_WH[0], 1), np.float32)
    cv2.ellipse(shadow, (320, 220), (110, 130), 0, 0, 360, 0.25, cv2.FILLED)
    shadow = cv2.GaussianBlur(shadow, (0, 0), 14)[..., None]
    shaded = (room() * (1 - shadow)).astype(np.uint8)
    reading, _ = find_item(frame(seen_by_camera(shaded, 1)), scene, segmenter)
    assert reading.state is State.EMPTY


def test_mask_covers_the_item_and_only_the_item(scene, segmenter):
    empty = room()
    shown = hold_up(empty, BOX)
    reading, _ = find_item(frame(seen_by_camera(shown, 2)), scene, segmenter)
    truth = (shown != empty).any(axis=2)
    x, y, w, h = reading.box
    found = np.zeros_like(truth)
    found[y : y + h, x : x + w] = reading.segment.mask > 0
    assert (truth & found).sum() / (truth | found).sum() > 0.9


@pytest.mark.parametrize("gap_px", [8, 16, 24])
def test_plain_item_before_a_wire_grid_is_found(learned, gap_px):
    grid = np.full((SIZE_WH[1], SIZE_WH[0], 3), 235, np.uint8)
    for first in range(2):
        grid[first::gap_px] = grid[:, first::gap_px] = 25
    grey = hold_up(grid, BOX, colour_bgr=(150, 150, 150))
    reading, _ = find_item(frame(seen_by_camera(grey, 2)), learned_scene(grid), learned)
    assert reading.state is State.ITEM
    assert box_iou(reading.box, BOX) > 0.9


def test_holes_in_the_item_are_filled(scene, segmenter):
    shown = hold_up(room(), BOX)
    x, y, w, h = BOX
    patch = slice(y + h // 2, y + h // 2 + 30), slice(x + w // 2 - 15, x + w // 2 + 15)
    shown[patch] = room()[patch]  # a print of the wall's own colour
    reading, _ = find_item(frame(seen_by_camera(shown, 3)), scene, segmenter)
    centre = reading.segment.mask[h // 2 + 15 - 5 : h // 2 + 15 + 5, w // 2 - 5 : w // 2 + 5]
    assert centre.min() == 255


def test_of_two_items_the_larger_is_taken(scene, segmenter):
    shown = hold_up(hold_up(room(), BOX), (500, 300, 90, 100))
    reading, _ = find_item(frame(seen_by_camera(shown, 4)), scene, segmenter)
    assert box_iou(reading.box, BOX) > 0.85


def test_of_two_equal_items_the_more_central_is_taken(scene, segmenter):
    central, outer = (260, 140, 150, 180), (450, 140, 150, 180)
    reading, _ = find_item(frame(seen_by_camera(hold_up(hold_up(room(), outer), central), 4)), scene, segmenter)
    assert box_iou(reading.box, central) > 0.85


def test_speck_is_no_item(scene, segmenter):
    reading, _ = find_item(frame(seen_by_camera(hold_up(room(), (300, 200, 30, 30)), 5)), scene, segmenter)
    assert reading.state is State.EMPTY


def test_another_picture_size_starts_learning_again(scene, segmenter):
    reading, _ = find_item(frame(room((1280, 720))), scene, segmenter)
    assert reading.state is State.LEARNING


def test_light_gain_is_measured_beside_a_large_item(scene):
    seen = seen_by_camera(hold_up(room(), (120, 40, 400, 400), (20, 20, 30)), 6, gain=0.8)
    small = cv2.resize(seen, (160, 120), interpolation=cv2.INTER_AREA)
    assert light_gain(small, scene.background) == pytest.approx([0.8] * 3, abs=0.02)


@pytest.mark.parametrize("value", [0, 255], ids=["black", "white"])
def test_blank_picture_is_survived(scene, segmenter, value):
    reading, _ = find_item(frame(np.full((480, 640, 3), value, np.uint8)), scene, segmenter)
    assert reading.state in (State.EMPTY, State.ITEM, State.SCENE_CHANGED)


def test_frame_is_not_drawn_on(scene, segmenter):
    seen = seen_by_camera(hold_up(room(), BOX), 7)
    before = seen.copy()
    find_item(frame(seen), scene, segmenter)
    assert np.array_equal(seen, before)


@pytest.mark.parametrize("stripe", [np.s_[200:208, :], np.s_[:, 300:308]], ids=["horizontal", "vertical"])
def test_thing_as_thin_as_a_cable_is_no_item(scene, segmenter, stripe):
    seen = room()
    seen[stripe] = (10, 10, 200)
    reading, _ = find_item(frame(seen_by_camera(seen, 8)), scene, segmenter)
    assert reading.state is State.EMPTY


def test_segment_is_never_empty(scene, segmenter):
    for width in range(1, 60):
        seen = room()
        seen[60:420, 300 : 300 + width] = (10, 10, 200)
        reading, _ = find_item(frame(seen), scene, segmenter)
        assert (reading.segment is None) == (reading.state is State.EMPTY)
        assert reading.segment is None or (min(reading.box[2:]) > 0 and reading.segment.mask.any())


@pytest.mark.parametrize("size_wh", [(641, 481), (32, 24), (50, 3000), (3000, 20)], ids=str)
def test_odd_pictures_are_survived(segmenter, size_wh):
    image = cv2.resize(room(), size_wh, interpolation=cv2.INTER_AREA)
    scene = learned_scene(image)
    for shown in (image, 255 - image, image):
        reading, scene = find_item(frame(shown), scene, segmenter)
        assert reading.frame_wh == size_wh


def test_light_of_a_wall_that_burns_out_is_known(scene):
    """Only the shelf and the picture on the wall are left to tell it from, beside a dark coat."""
    seen = seen_by_camera(hold_up(room(), (150, 40, 320, 360), (60, 60, 60)), 6, gain=1.35)
    small = cv2.resize(seen, (160, 120), interpolation=cv2.INTER_AREA)
    assert light_gain(small, scene.background) == pytest.approx([1.35] * 3, abs=0.07)


def ring(outer, inner):
    """The likelihood of a square with a square hole, at working size."""
    picture = np.zeros((120, 160), np.uint8)
    cv2.rectangle(picture, (80 - outer, 60 - outer), (80 + outer, 60 + outer), 255, cv2.FILLED)
    cv2.rectangle(picture, (80 - inner, 60 - inner), (80 + inner, 60 + inner), 0, cv2.FILLED)
    return picture


@pytest.mark.parametrize(
    ("inner", "room_is_seen", "filled"),
    [(3, True, True), (15, True, False), (15, False, True)],
    ids=["small hole", "handle of a bag", "hand"],
)
def test_holes_through_which_the_room_is_seen_stay(inner, room_is_seen, filled):
    item = ring(30, inner)
    deviating = np.full_like(item, 0 if room_is_seen else 255)
    assert (fill_holes(item.copy(), item, deviating)[60, 80] == 255) == filled


def test_item_in_view_is_preferred_to_one_that_is_a_little_larger():
    likelihood = np.zeros((120, 160), np.uint8)
    likelihood[40:80, 30:70], likelihood[38:82, 90:134] = 255, 255
    nothing = np.zeros_like(likelihood)
    first = item_mask(likelihood, nothing, None, nothing)
    before = np.zeros_like(likelihood)
    before[40:80, 30:70] = 255
    kept = item_mask(likelihood, nothing, before, nothing)
    assert first[60, 110] == 255
    assert kept[60, 50] == 255
    assert kept[60, 110] == 0


def test_item_that_would_go_on_over_the_whole_picture_is_none():
    likelihood, no_shadow = np.full((120, 160), 16, np.uint8), np.full((120, 160), 255, np.uint8)
    likelihood[50:70, 70:100] = 255
    assert item_mask(likelihood, no_shadow, None, np.zeros_like(likelihood)) is not None
    assert item_mask(likelihood, no_shadow, None, no_shadow) is None


def test_item_goes_on_where_it_is_doubted_and_no_shadow():
    likelihood, no_shadow = np.zeros((120, 160), np.uint8), np.zeros((120, 160), np.uint8)
    likelihood[40:80, 50:80], likelihood[40:80, 80:110] = 255, 40
    without = item_mask(likelihood, no_shadow, None, no_shadow)
    no_shadow[40:60, 80:110] = 255
    grown = item_mask(likelihood, no_shadow, None, no_shadow)
    assert without[50, 100] < LIKELY
    assert grown[50, 100] >= LIKELY
    assert grown[70, 100] < LIKELY


def test_doubt_alone_makes_no_item():
    doubted = np.zeros((120, 160), np.uint8)
    doubted[40:80, 50:110] = 40
    assert item_mask(doubted, doubted, None, np.full_like(doubted, 255)) is None


@pytest.mark.parametrize(("factor", "expected"), [(0.4, True), (0.6, False), (1.6, False)])
def test_what_no_shadow_does(factor, expected):
    wall = np.full((4, 4, 3), 150, np.uint8)
    assert beyond_shadow((wall * factor).astype(np.uint8), wall).all() == expected


def test_noise_on_a_still_outline_is_steadied_and_movement_is_not():
    rng = np.random.default_rng(0)
    item = cv2.GaussianBlur(ring(30, 0), (5, 5), 1)
    shaken = np.clip(item + rng.normal(0, 20, item.shape), 0, 255).astype(np.uint8)
    noise, left = (np.abs(picture.astype(int) - item).mean() for picture in (shaken, smoothed_likelihood(item, shaken)))
    assert left < 0.4 * noise
    moved = np.roll(item, 8, axis=1)
    assert np.array_equal(smoothed_likelihood(item, moved), moved)


def test_likelihood_is_made_at_any_size(segmenter):
    for size_hw in ((120, 160), (90, 160), (160, 90), (160, 2)):
        picture = cv2.resize(room(), size_hw[::-1], interpolation=cv2.INTER_AREA)
        likelihood = segmenter.likelihood(picture, picture, np.full(size_hw, 3, np.uint8))
        assert likelihood.shape == size_hw
        assert likelihood.dtype == np.uint8
        assert likelihood.max() < LIKELY


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        pytest.param((100, 100, 50, 80), 0.0, id="in the middle"),
        pytest.param((0, 100, 50, 80), 1.0, id="cut by the left edge"),
        pytest.param((590, 100, 50, 80), 1.0, id="cut by the right edge"),
        pytest.param((100, 0, 50, 80), 1.0, id="cut by the upper edge"),
        pytest.param((100, 400, 50, 80), 1.0, id="cut by the lower edge"),
    ],
)
def test_cut_share_of_a_rectangle(box, expected):
    mask = np.full((box[3], box[2]), 255, np.uint8)
    assert cut_share(Segment(box, mask), (640, 480)) == expected


def test_cut_share_counts_only_what_reaches_the_edge():
    mask = np.zeros((80, 50), np.uint8)
    mask[:, 10:] = 255
    mask[30:50, :10] = 255  # a sleeve
    assert cut_share(Segment((0, 100, 50, 80), mask), (640, 480)) == 0.25
