import cv2
import pytest
import torch

from training.augmentation import webcam
from training.augmentation.random_fields import Dice, grid
from training.augmentation.webcam import (
    FILLED,
    PARTS,
    ROOM_PX,
    Garments,
    cropped_to_input,
    cutouts_on_canvas,
    cutouts_through_webcam,
    in_grey,
    on_canvas,
    through_webcam,
)

SNEAKER, SHIRT = 7, 6
CANVAS = 28 + ROOM_PX


def dice(count, seed=0):
    return Dice(count, torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def garments(sample):
    return on_canvas(*(part[::4] for part in sample), CANVAS)


def test_result_has_the_form_of_the_data_set(sample):
    images, labels = sample
    seen = through_webcam(images, labels, 28, torch.Generator().manual_seed(0))
    assert (seen.shape, seen.dtype) == (images.shape, torch.uint8)
    assert (seen != images).flatten(1).any(dim=1).all()


def test_same_generator_gives_the_same_pictures(sample):
    images, labels = sample
    first, second = (through_webcam(images, labels, 28, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, second)


def test_input_is_not_changed(sample):
    images, labels = sample
    before = images.clone()
    through_webcam(images, labels, 28, torch.Generator().manual_seed(0))
    assert torch.equal(images, before)


def test_without_any_part_the_picture_comes_back_nearly_as_it_was(sample):
    images, labels = sample
    seen = through_webcam(images, labels, 28, torch.Generator().manual_seed(0), parts=())
    assert (seen.float() - images.float()).abs().mean() < 0.12 * 255


@pytest.mark.parametrize("name", PARTS)
def test_each_part_changes_pictures_and_keeps_them_sound(name, garments):
    after = PARTS[name](garments, dice(len(garments.cover)))
    assert not torch.equal(after.bright, garments.bright)
    assert after.cover.amin() >= 0
    assert after.cover.amax() <= 1.0001
    assert (after.bright <= after.cover + 1e-3).all()
    assert after.bright.amin() >= -1e-3


@pytest.mark.parametrize("name", ["pair", "from_above"])
def test_only_shoes_come_in_pairs_or_are_seen_from_above(name, garments):
    after = PARTS[name](garments, dice(len(garments.cover)))
    changed = (after.cover - garments.cover).abs().amax(dim=(1, 2, 3)) > 0.2
    shoes = garments.is_shoe.flatten()
    assert changed[shoes].float().mean() > 0.3
    assert not changed[~shoes].any()


def test_polarity_turns_light_into_dark_inside_the_garment_alone(garments, monkeypatch):
    monkeypatch.setattr(Dice, "happens", lambda self, share: torch.ones(self.count, 1, 1, 1))
    after = webcam.polarity(garments, dice(len(garments.cover)))
    assert torch.allclose(after.bright + garments.bright, garments.cover, atol=1e-6)


def test_ragged_loses_cover_and_adds_none_far_away(garments):
    after = PARTS["ragged"](garments, dice(len(garments.cover)))
    assert after.cover.sum() < garments.cover.sum()
    assert (after.cover <= garments.cover + 1e-6).all()


def test_forearm_adds_something_to_a_fifth(garments):
    many = Garments(*(part.repeat(5, 1, 1, 1) for part in (garments.bright, garments.cover, garments.is_shoe)))
    after = PARTS["forearm"](many, dice(len(many.cover)))
    added = (after.cover - many.cover).sum(dim=(1, 2, 3)) > 5
    assert 0.05 < added.float().mean() < 0.25


def test_each_part_happens_to_half_of_the_pictures():
    nothing = torch.zeros(1000, 1, 2, 2)
    before, is_shoe = Garments(nothing, nothing, nothing[..., :1, :1] > 0), nothing[..., :1, :1] > 0
    after = webcam.half_of(before, Garments(nothing + 1, nothing + 1, is_shoe), dice(1000))
    assert after.cover.mean() == pytest.approx(0.5, abs=0.05)
    assert torch.equal(after.cover, after.bright)


def test_polarity_is_one_in_six():
    cover = torch.ones(1000, 1, 4, 4)
    after = PARTS["polarity"](Garments(0.2 * cover, cover, cover[..., :1, :1] > 2), dice(1000))
    assert (after.bright.mean(dim=(1, 2, 3)) > 0.5).float().mean() == pytest.approx(1 / 6, abs=0.04)


def test_tone_stays_in_its_range_and_uses_it():
    cover = torch.ones(1000, 1, 4, 4)
    level = PARTS["tone"](Garments(0.5 * cover, cover, cover[..., :1, :1] > 2), dice(1000)).bright.mean(dim=(1, 2, 3))
    assert 0.5**2.02 * 0.6 <= level.min() < 0.2  # gamma 2, exposure 0.6
    assert 0.85 < level.max() <= 1


def test_pose_rotates_by_five_degrees():
    rows, columns = grid((CANVAS, CANVAS))
    bar = ((columns.abs() < 0.1) & (rows.abs() < 0.6)).float().expand(400, 1, CANVAS, CANVAS)
    after = PARTS["pose"](Garments(bar, bar, bar[..., :1, :1] > 2), dice(400)).cover
    across, down, both = (
        (after * product).sum(dim=(1, 2, 3)) for product in (columns * columns, rows * rows, columns * rows)
    )
    angle = torch.atan2(2 * both, down - across) / 2
    assert 0.06 < angle.std() < 0.12


@pytest.mark.parametrize("size", [28, 56])
def test_longest_edge_fills_the_picture_within_two_pixels(sample, size):
    garments = on_canvas(*(part[::4] for part in sample), size + ROOM_PX)
    images = cropped_to_input(garments, size, dice(len(garments.cover)))
    rows, columns = (images > 0).any(dim=3).sum(dim=2), (images > 0).any(dim=2).sum(dim=2)
    longest = torch.maximum(rows, columns)
    assert longest.min() >= size - 4


def test_garment_lies_in_the_middle_of_the_canvas():
    image = torch.full((1, 1, 28, 28), 100, dtype=torch.uint8)
    garments = on_canvas(image, torch.tensor([SHIRT]), CANVAS)
    inside = round(CANVAS * FILLED)
    margin = (CANVAS - inside) // 2
    assert garments.cover[0, 0, margin + 1 : -margin - 1, margin + 1 : -margin - 1].min() > 0.99
    assert garments.cover[0, 0, : margin - 1].max() == 0
    assert garments.bright[0, 0, CANVAS // 2, CANVAS // 2] == pytest.approx(1 - 100 / 255, abs=1e-3)
    assert not on_canvas(image, torch.tensor([SHIRT]), CANVAS).is_shoe.any()
    assert on_canvas(image, torch.tensor([SNEAKER]), CANVAS).is_shoe.all()


def test_half_of_the_cutouts_are_grey_as_opencv_has_it_and_half_as_if_dyed_otherwise():
    blue_green_red = torch.tensor([20, 90, 240], dtype=torch.uint8).view(3, 1, 1)
    pictures = torch.full((1000, 4, 2, 2), 255, dtype=torch.uint8)
    pictures[:, :3] = blue_green_red
    usual = cv2.cvtColor(pictures[0, :3].permute(1, 2, 0).contiguous().numpy(), cv2.COLOR_BGR2GRAY)[0, 0] / 255
    seen = in_grey(pictures, Dice(1000, torch.Generator().manual_seed(0)))
    assert seen.shape == (1000, 2, 2, 2)
    levels = seen[:, 0, 0, 0]
    as_usual = (levels - usual).abs() < 0.003
    assert 0.45 < as_usual.float().mean() < 0.55
    assert 20 / 255 < levels.min() < 0.3 and 0.65 < levels.max() < 240 / 255
    assert (seen[:, 1] == 1).all()


def test_white_and_black_cloth_stay_so_whatever_the_dye():
    pictures = torch.zeros(200, 4, 2, 2, dtype=torch.uint8)
    pictures[:, 3] = 255
    pictures[100:] = 255
    brightness = in_grey(pictures, Dice(200, torch.Generator().manual_seed(0)))[:, 0]
    torch.testing.assert_close(brightness[:100], torch.zeros(100, 2, 2))
    torch.testing.assert_close(brightness[100:], torch.ones(100, 2, 2))


def test_cutout_fills_as_much_of_the_canvas_as_the_data_set_does():
    grey = torch.zeros(2, 2, 128, 128)
    grey[:, 1, :, 32:96] = 1
    grey[:, 0, :, 32:96] = 0.25
    garments = cutouts_on_canvas(grey, torch.tensor([SHIRT, SNEAKER]), CANVAS)
    rows = garments.cover[0, 0].amax(dim=1) > 0.5
    assert rows.sum() == round(CANVAS * FILLED)
    assert garments.cover.shape == (2, 1, CANVAS, CANVAS)
    assert garments.bright[0, 0, CANVAS // 2, CANVAS // 2] == pytest.approx(0.25, abs=1e-3)
    assert garments.is_shoe.flatten().tolist() == [False, True]


def test_cutouts_come_as_the_model_takes_them_dark_ones_bright():
    pictures = torch.zeros(40, 4, 128, 128, dtype=torch.uint8)
    pictures[:, 3, :, 32:96] = 255
    pictures[20:, :3, :, 32:96] = 230
    labels = torch.full((40,), SHIRT)
    seen = cutouts_through_webcam(pictures, labels, 28, torch.Generator().manual_seed(0), parts=("pose",))
    assert (seen.shape, seen.dtype) == ((40, 1, 28, 28), torch.uint8)
    middles = seen[:, 0, 14, 14].float()
    assert middles[:20].min() > 200
    assert middles[20:].max() < 80
