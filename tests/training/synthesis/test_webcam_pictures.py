import numpy as np
import pytest
import torch
from PIL import Image

from fashioncam.errors import UserError
from fashioncam.messages import InputDescription, Segment
from training.data.cutouts import EDGE_PX, Entry
from training.data.fashion_mnist import NOT_A_GARMENT, FashionMnist, Split
from training.synthesis import webcam_pictures
from training.synthesis.composites import DRAWN_ITEM, DRAWN_WITH_HANDLE, NO_ITEM, TWO_ITEMS
from training.synthesis.drawn.objects import draw_heap, draw_object, draw_slab, draw_vessel
from training.synthesis.webcam_pictures import (
    as_cutouts,
    borrowed,
    label_of,
    load_or_make,
    make_chunk,
    mask_iou,
    synthetic_cutouts,
    with_own_masks,
)

INPUT = InputDescription(size=28, mean=0.2861, std=0.3531)


@pytest.fixture
def small(monkeypatch):
    """Chunks of four pictures before two rooms, two chunks in all, one for validation, in this process."""
    for name, value in {
        "CHUNK": 4, "ROOMS": 2, "TRAIN_COUNT": 6, "VALIDATION_COUNT": 3, "CUTOUT_OBJECTS": 2, "SIZES_HW": ((72, 96),),
        "SYNTHETIC": {draw_vessel: (8, 2, 1), draw_object: (NOT_A_GARMENT, 3, 1)},
    }.items():  # fmt: skip
        monkeypatch.setattr(webcam_pictures, name, value)
    monkeypatch.setattr(webcam_pictures, "on_all_cores", lambda function, jobs, what: [function(*job) for job in jobs])


@pytest.fixture(scope="module")
def fashion(sample):
    images, labels = sample
    part = Split(images, labels)
    return FashionMnist(train=part, validation=part, test=part, input=INPUT, digest="digest")


def test_pictures_come_as_the_model_takes_them_and_are_kept(garments, fashion, small, tmp_path):
    made = load_or_make(garments, fashion, 0, tmp_path / "kept")
    assert made.train.images.shape == (6, 1, 28, 28)
    assert made.train.images.dtype == torch.uint8
    assert made.validation.labels.shape == (3,)
    assert made.photographs.images.shape == (3, 1, 28, 28)
    assert made.cutouts.images.shape[1:] == (4, EDGE_PX, EDGE_PX)
    assert (made.cutouts.labels == NOT_A_GARMENT).sum() == 2
    assert (made.cutouts.labels == 8).sum() == 2
    again = load_or_make(garments, fashion, 0, tmp_path / "kept")
    assert torch.equal(made.train.images, again.train.images)


def test_pictures_are_made_anew_when_a_mask_has_changed(garments, fashion, small, tmp_path):
    load_or_make(garments, fashion, 0, tmp_path / "kept")
    rgba = np.zeros((60, 40, 4), np.uint8)
    rgba[20:40, 10:30] = 255
    Image.fromarray(rgba).save(garments / "train" / "0.png")
    load_or_make(garments, fashion, 0, tmp_path / "kept")
    assert len(list((tmp_path / "kept").iterdir())) == 2


def test_missing_folder_is_a_user_error(fashion, tmp_path):
    with pytest.raises(UserError, match="not a folder of garment cutouts"):
        load_or_make(tmp_path / "nowhere", fashion, 0, tmp_path)


def test_damaged_pictures_are_a_user_error(garments, fashion, small, tmp_path):
    load_or_make(garments, fashion, 0, tmp_path / "kept")
    (kept,) = (tmp_path / "kept").iterdir()
    kept.write_bytes(kept.read_bytes()[:1000])
    with pytest.raises(UserError, match="is damaged; delete it"):
        load_or_make(garments, fashion, 0, tmp_path / "kept")


def test_garment_that_was_found_wrongly_is_not_learned_from(fashion, small, monkeypatch):
    looked = []

    def found_beside_it(frame_bgr, background_bgr, segmenter):
        if len(looked) == 12:
            raise StopAsyncIteration  # enough
        looked.append(frame_bgr)
        return Segment((0, 0, 8, 8), np.full((8, 8), 255, np.uint8))

    monkeypatch.setattr(webcam_pictures, "found_segment", found_beside_it)
    cutouts = borrowed(fashion.train, torch.Generator().manual_seed(0))
    rooms = torch.full((2, 3, 90, 120), 120, dtype=torch.uint8)
    with pytest.raises(StopAsyncIteration):
        next(webcam_pictures.seen_items(cutouts, rooms, INPUT, torch.Generator().manual_seed(0)))


def test_same_seed_makes_the_same_pictures(fashion, small):
    cutouts = borrowed(fashion.train, torch.Generator().manual_seed(0))
    first, second = (make_chunk(cutouts, INPUT, 5) for _ in range(2))
    assert torch.equal(first.images, second.images)
    assert first.labels.tolist() == second.labels.tolist()


def test_labels_are_those_of_the_cutouts(fashion, small):
    cutouts = borrowed(fashion.train, torch.Generator().manual_seed(0))
    shoes = Split(cutouts.images[cutouts.labels == 9], cutouts.labels[cutouts.labels == 9])
    assert set(make_chunk(shoes, INPUT, 1).labels.tolist()) <= {9, NOT_A_GARMENT}


@pytest.mark.parametrize(
    ("place", "expected"),
    [(1, 7), (NO_ITEM, NOT_A_GARMENT), (DRAWN_ITEM, NOT_A_GARMENT), (DRAWN_WITH_HANDLE, None), (TWO_ITEMS, None)],
    ids=["cutout", "no item", "drawn", "may be a bag", "two"],
)
def test_label_of_a_composite(place, expected):
    assert label_of(place, torch.tensor([3, 7])) == expected


def test_fashion_mnist_as_cutout_is_dark_where_it_was_bright():
    images = torch.zeros(1, 1, 28, 28, dtype=torch.uint8)
    images[..., 4:24, 8:20] = 200
    cutouts = as_cutouts(Split(images, torch.tensor([8])), torch.Generator().manual_seed(0))
    assert cutouts.images.shape == (1, 4, EDGE_PX, EDGE_PX)
    assert cutouts.images[0, 3, 64, 64] == 255
    assert cutouts.images[0, 3, 5, 5] == 0
    assert cutouts.images[0, :3, 64, 64].max() <= 55 * 1.3 + 1


def test_own_mask_gives_the_garment_alone_whatever_its_margin(tmp_path):
    entries = []
    for margin in (0, 8):
        picture = np.full((200, 80, 4), (255, 0, 0, 0), np.uint8)  # what is transparent may have any colour
        picture[margin : 200 - margin, margin : 80 - margin] = (100, 100, 100, 255)
        picture[margin + 20, margin : 80 - margin, 3] = 200  # and a soft edge is no shadow
        entries.append(Entry(tmp_path / f"{margin}.png", 1, "somebody"))
        Image.fromarray(picture).save(entries[-1].path)
    split = with_own_masks(entries, INPUT)
    assert split.labels.tolist() == [1, 1]
    for image in split.images[:, 0]:
        assert (image[:, 14] > 0).all()
        assert image[2:26, 12:16].float() == pytest.approx(155, abs=1)
        assert image[:, :6].max() == 0


@pytest.mark.parametrize("is_picture", [False, True], ids=["no picture", "nothing on it"])
def test_cutout_that_is_of_no_use_is_one_line(tmp_path, is_picture):
    (tmp_path / "0.png").write_bytes(b"no picture")
    if is_picture:
        Image.fromarray(np.zeros((20, 20, 4), np.uint8)).save(tmp_path / "0.png")
    with pytest.raises(UserError, match=r"0\.png"):
        with_own_masks([Entry(tmp_path / "0.png", 1, "somebody")], INPUT)


def test_synthetic_cutouts_have_their_labels_and_are_all_different(small, monkeypatch):
    monkeypatch.setattr(webcam_pictures, "SYNTHETIC_CHUNK", 2)
    train, validation = (synthetic_cutouts(part, 0) for part in (webcam_pictures.TRAIN, webcam_pictures.VALIDATION))
    assert train.labels.tolist() == [8] * 2 + [NOT_A_GARMENT] * 3
    assert validation.labels.tolist() == [8, NOT_A_GARMENT]
    assert len({picture.numpy().tobytes() for picture in torch.cat((train.images, validation.images))}) == 7
    assert torch.equal(train.images, synthetic_cutouts(webcam_pictures.TRAIN, 0).images)


RENDERED = [draw for draw in webcam_pictures.SYNTHETIC if draw is not draw_object]


@pytest.mark.parametrize("draw", [draw_slab, draw_vessel, draw_heap, *RENDERED])
@pytest.mark.parametrize("seed", range(2))
def test_synthetic_cutout_fills_its_square_and_is_premultiplied(draw, seed):
    thing = draw(np.random.default_rng(seed), np.full((1, 180, 240, 3), 90, np.uint8))
    assert thing.shape == (EDGE_PX, EDGE_PX, 4)
    rows, columns = np.nonzero(thing[..., 3])
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == EDGE_PX
    assert (thing[..., :3].max(axis=2) <= thing[..., 3].astype(int) + 1).all()


def test_overlap_of_a_segment_and_a_mask():
    item = np.zeros((20, 20), bool)
    item[5:15, 5:15] = True
    assert mask_iou(Segment((5, 5, 10, 10), np.full((10, 10), 255, np.uint8)), item) == 1
    assert mask_iou(Segment((10, 5, 10, 10), np.full((10, 10), 255, np.uint8)), item) == pytest.approx(50 / 150)
