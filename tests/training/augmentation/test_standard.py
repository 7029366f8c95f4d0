from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
import torch
from torch import Tensor

from training.augmentation.standard import alternating_flips, flip, random_crop, random_cutmix, random_erasing

AUGMENTATIONS = {
    "crop": lambda images, generator: random_crop(images, 3, generator),
    "erasing": lambda images, generator: random_erasing(images, 0.7, (0.02, 0.25), generator),
}


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def erased_by(probability: float, area: tuple[float, float], count: int = 2000) -> Tensor:
    """Which pixels were erased, count x 28 x 28: noise cannot be black and white at once."""
    black = torch.zeros(count, 1, 28, 28, dtype=torch.uint8)
    white = torch.full_like(black, 255)
    changed_black = random_erasing(black, probability, area, seeded()) != black
    changed_white = random_erasing(white, probability, area, seeded()) != white
    return (changed_black | changed_white)[:, 0]


@pytest.mark.parametrize("augment", AUGMENTATIONS.values(), ids=AUGMENTATIONS)
class TestEvery:
    def test_keeps_shape_and_type_and_its_input(
        self, augment: Callable[..., Tensor], sample: tuple[Tensor, Tensor]
    ) -> None:
        images = sample[0][:50]
        before = images.clone()
        augmented = augment(images, seeded())
        assert (augmented.shape, augmented.dtype) == (images.shape, torch.uint8)
        assert torch.equal(images, before)
        assert not torch.equal(augmented, images)

    def test_draws_from_its_generator_alone(
        self, augment: Callable[..., Tensor], sample: tuple[Tensor, Tensor]
    ) -> None:
        images = sample[0][:50]
        torch.manual_seed(1)
        first = augment(images, seeded(4))
        torch.manual_seed(2)
        assert torch.equal(augment(images, seeded(4)), first)
        assert not torch.equal(augment(images, seeded(5)), first)

    def test_keeps_several_channels_and_other_sizes(self, augment: Callable[..., Tensor]) -> None:
        images = torch.randint(0, 256, (6, 3, 20, 24), dtype=torch.uint8, generator=seeded())
        assert augment(images, seeded()).shape == images.shape


class TestFlip:
    def test_mirrors_those_that_are_named(self) -> None:
        images = torch.tensor([[1, 2, 3], [4, 5, 6]], dtype=torch.uint8).repeat(2, 1, 1, 1)
        flipped = flip(images, torch.tensor([True, False]))
        assert flipped[0, 0].tolist() == [[3, 2, 1], [6, 5, 4]]
        assert torch.equal(flipped[1], images[1])

    def test_every_picture_turns_from_epoch_to_epoch_and_half_begin_mirrored(self) -> None:
        cpu = torch.device("cpu")
        first, second, third = (alternating_flips(4000, 7, epoch, cpu) for epoch in range(3))
        assert first.float().mean().item() == pytest.approx(0.5, abs=0.03)
        assert torch.equal(second, ~first)
        assert torch.equal(third, first)
        assert not torch.equal(alternating_flips(4000, 8, 0, cpu), first)


class TestCutMix:
    IMAGES = torch.arange(1000, dtype=torch.int32).view(-1, 1, 1, 1).expand(1000, 1, 28, 28)
    TARGETS = torch.eye(1000)

    def test_target_is_shared_as_the_area_is(self) -> None:
        mixed, targets = random_cutmix(self.IMAGES, self.TARGETS, 1.0, seeded())
        own = (mixed == self.IMAGES).float().mean(dim=(1, 2, 3))
        assert torch.allclose(targets.diagonal(), own, atol=1e-6)
        for index in range(100):
            for source in mixed[index].unique().tolist():
                share = (mixed[index] == source).float().mean().item()
                assert targets[index, source].item() == pytest.approx(share, abs=1e-6)
        assert torch.allclose(targets.sum(dim=1), torch.ones(1000), atol=1e-6)

    def test_what_is_pasted_lies_at_the_same_place_and_is_a_rectangle(self) -> None:
        images = torch.randint(0, 256, (50, 1, 28, 28), dtype=torch.uint8, generator=seeded())
        mixed, targets = random_cutmix(images, torch.eye(50), 1.0, seeded(1))
        for index in range(50):
            other = int(targets[index].index_fill(0, torch.tensor(index), 0).argmax())
            pasted = (mixed[index, 0] == images[other, 0]) & (mixed[index, 0] != images[index, 0])
            rows, columns = pasted.any(dim=1).nonzero(), pasted.any(dim=0).nonzero()
            if len(rows):
                inside = mixed[index, 0, rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
                theirs = images[other, 0, rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
                assert torch.equal(inside, theirs)

    def test_mixes_the_wanted_share_of_the_pictures(self) -> None:
        mixed, _ = random_cutmix(self.IMAGES, self.TARGETS, 0.3, seeded())
        share = (mixed != self.IMAGES).any(dim=(1, 2, 3)).float().mean().item()
        assert share == pytest.approx(0.3, abs=0.05)

    def test_with_probability_0_is_the_identity(self) -> None:
        mixed, targets = random_cutmix(self.IMAGES, self.TARGETS, 0.0, seeded())
        assert torch.equal(mixed, self.IMAGES)
        assert torch.equal(targets, self.TARGETS)


class TestCrop:
    def test_by_nothing_is_the_identity(self, sample: tuple[Tensor, Tensor]) -> None:
        assert torch.equal(random_crop(sample[0], 0, seeded()), sample[0])

    def test_gives_shifts_of_the_original_filled_with_0(self, sample: tuple[Tensor, Tensor]) -> None:
        images = sample[0][:100]
        cropped = random_crop(images, 2, seeded())
        padded = torch.nn.functional.pad(images, (2, 2, 2, 2))
        shifts = [padded[:, :, dy : dy + 28, dx : dx + 28] for dy, dx in product(range(5), repeat=2)]
        is_a_shift = torch.stack([(cropped == shift).all(dim=(1, 2, 3)) for shift in shifts])
        assert is_a_shift.any(dim=0).all()

    def test_shifts_in_all_directions_equally_often(self) -> None:
        dot = torch.zeros(2500, 1, 9, 9, dtype=torch.uint8)
        dot[:, :, 4, 4] = 1
        where = random_crop(dot, 2, seeded()).flatten(1).argmax(dim=1)
        places, counts = where.unique(return_counts=True)
        assert places.tolist() == [9 * y + x for y, x in product(range(2, 7), repeat=2)]
        assert counts.min() > 60
        assert counts.max() < 140


class TestErasing:
    def test_with_probability_0_is_the_identity(self, sample: tuple[Tensor, Tensor]) -> None:
        assert torch.equal(random_erasing(sample[0], 0.0, (0.1, 0.3), seeded()), sample[0])

    def test_with_probability_1_erases_from_every_picture(self) -> None:
        assert erased_by(1.0, (0.1, 0.2)).any(dim=(1, 2)).all()

    def test_erases_from_the_wanted_share_of_the_pictures(self) -> None:
        share = erased_by(0.3, (0.1, 0.2)).any(dim=(1, 2)).float().mean()
        assert share.item() == pytest.approx(0.3, abs=0.04)

    def test_keeps_the_area_within_its_bounds_where_the_border_cuts_nothing_off(self) -> None:
        smallest, largest = 0.1 * 28 * 28, 0.2 * 28 * 28
        erased = erased_by(1.0, (0.1, 0.2))
        at_border = torch.ones(28, 28, dtype=torch.bool)
        at_border[1:-1, 1:-1] = False
        whole = erased[~(erased & at_border).any(dim=(1, 2))].sum(dim=(1, 2)).float()
        assert len(whole) > 300

        def half_perimeter(area: float) -> float:
            return area**0.5 * (3**0.5 + 3**-0.5)  # at the most extreme aspect ratio

        # A side of s pixels covers between s - 1 and s + 1 pixel centres.
        assert whole.min() >= smallest - half_perimeter(smallest) + 1
        assert whole.max() <= largest + half_perimeter(largest) + 1
        assert whole.mean().item() == pytest.approx((smallest + largest) / 2, rel=0.1)
        assert erased.sum(dim=(1, 2)).max() <= largest + half_perimeter(largest) + 1

    def test_erases_a_full_rectangle(self) -> None:
        for erased in erased_by(1.0, (0.1, 0.2), count=200):
            rows, columns = erased.any(dim=1), erased.any(dim=0)
            assert torch.equal(erased, rows[:, None] & columns[None, :])
            for line in (rows, columns):
                lit = line.nonzero()
                assert line.sum() == lit.max() - lit.min() + 1

    def test_fills_with_uniform_noise(self) -> None:
        grey = torch.full((1000, 1, 28, 28), 17, dtype=torch.uint8)
        noise = random_erasing(grey, 1.0, (0.3, 0.3), seeded())
        noise = noise[noise != 17].float()
        assert (noise.min(), noise.max()) == (0, 255)
        assert noise.mean().item() == pytest.approx(128, abs=1)
