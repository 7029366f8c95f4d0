import numpy as np
import pytest
import torch

from training.augmentation.random_fields import Dice
from training.synthesis import composites
from training.synthesis.composites import Bank, compose, mirrored
from training.synthesis.drawn import people
from training.synthesis.drawn.rooms import draw_room

SIZE_HW = (60, 80)


@pytest.fixture(scope="module")
def bank():
    """Four squares of one colour and six rooms."""
    cutouts = torch.zeros(4, 4, 32, 32, dtype=torch.uint8)
    for index in range(4):
        cutouts[index, :3, 4:28, 4:28] = 40 + 50 * index
        cutouts[index, 3, 4:28, 4:28] = 255
    rng = np.random.default_rng(0)
    rooms = np.stack([draw_room(rng, (120, 90)) for _ in range(6)])
    return Bank(cutouts, torch.from_numpy(rooms).permute(0, 3, 1, 2).contiguous())


def batch_of(bank, count=64, seed=0):
    return compose(bank, count, SIZE_HW, torch.Generator().manual_seed(seed))


def alone(monkeypatch, **shares):
    """No composite has anything but what is named."""
    for module in (composites, people):
        for name in [name for name in vars(module) if name.endswith("_SHARE")]:
            monkeypatch.setattr(module, name, shares.get(name, 0.0))


def test_batch_has_the_documented_form(bank):
    batch = batch_of(bank)
    assert batch.frame.shape == batch.expected.shape == (64, 3, *SIZE_HW)
    assert batch.frame.dtype == batch.expected.dtype == torch.uint8
    assert batch.item.shape == (64, 1, *SIZE_HW)
    assert batch.item.min() >= 0
    assert batch.item.max() <= 1


def test_same_seed_makes_the_same_batch(bank):
    first, second, other = batch_of(bank), batch_of(bank), batch_of(bank, seed=1)
    assert torch.equal(first.frame, second.frame)
    assert torch.equal(first.item, second.item)
    assert not torch.equal(first.frame, other.frame)


def test_most_have_an_item_and_some_have_none(bank):
    covered = batch_of(bank, 256).item.mean(dim=(1, 2, 3))
    assert 0.6 < (covered > 0.01).float().mean() < 0.97
    assert (covered == 0).any()


def test_without_an_item_frame_and_expected_agree(bank, monkeypatch):
    """What is left is light, shadow, noise and camera shake."""
    alone(monkeypatch)
    batch = batch_of(bank, 128)
    assert batch.item.sum() == 0
    apart = (batch.frame.float() - batch.expected.float()).abs().mean(dim=(1, 2, 3))
    assert apart.median() < 12


def test_item_is_where_frame_and_expected_differ(bank, monkeypatch):
    alone(monkeypatch, ITEM_SHARE=1.1)
    batch = batch_of(bank, 128)
    apart = (batch.frame.float() - batch.expected.float()).abs().mean(dim=1, keepdim=True)
    on, off = (apart * batch.item).sum() / batch.item.sum(), (apart * (1 - batch.item)).sum() / (1 - batch.item).sum()
    assert on > 3 * off


def test_something_that_was_there_before_and_has_gone_is_no_item(bank, monkeypatch):
    alone(monkeypatch)
    without = batch_of(bank)
    alone(monkeypatch, GHOST_SHARE=1.1)
    batch = batch_of(bank)
    assert batch.item.sum() == 0
    assert (batch.expected.float() - without.expected.float()).abs().mean() > 3
    assert torch.equal(batch.frame, without.frame)


def test_mirrored_batch_belongs_together(bank):
    batch = batch_of(bank)
    again = mirrored(mirrored(batch))
    assert torch.equal(again.frame, batch.frame)
    assert torch.equal(mirrored(batch).item, batch.item.flip(-1))
    assert torch.equal(mirrored(batch).expected, batch.expected.flip(-1))


def test_field_is_smooth_and_around_zero():
    field = Dice(200, torch.Generator().manual_seed(0)).field(3, 4, (60, 80))
    assert field.mean().abs() < 0.1
    assert (field.diff(dim=-1).abs().max()) < 0.5


def test_rooms_differ_and_fill_their_range():
    rooms = [draw_room(np.random.default_rng(seed), (80, 60)) for seed in range(20)]
    assert rooms[0].shape == (60, 80, 3)
    assert rooms[0].dtype == np.uint8
    assert np.std([room.mean() for room in rooms]) > 15
    assert np.array_equal(rooms[3], draw_room(np.random.default_rng(3), (80, 60)))
