from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from fashioncam.messages import InputDescription
from fashioncam.models.base import to_input
from training.data.fashion_mnist import NOT_A_GARMENT, Split
from training.engine.batches import shuffled_batches, targets_of
from training.engine.recipe import Recipe

INPUT = InputDescription(size=28, mean=0.2861, std=0.3531)


@pytest.fixture(scope="module")
def split(sample: tuple[Tensor, Tensor]) -> Split:
    return Split(sample[0][:100], sample[1][:100])


class TestShuffledBatches:
    PLAIN = Recipe(model="hybrid", crop_padding=0, erase_probability=0, batch_size=30)

    def batches(self, split: Split, recipe: Recipe, seed: int = 1, epoch: int = 0) -> list[tuple[Tensor, Tensor]]:
        return list(shuffled_batches(split, recipe, seed, epoch, INPUT))

    def test_leave_the_incomplete_one_out_and_repeat_no_picture(self, split: Split) -> None:
        batches = self.batches(split, self.PLAIN)
        assert [len(images) for images, _ in batches] == [30, 30, 30]
        drawn = torch.cat([images for images, _ in batches])
        assert len(drawn.flatten(1).unique(dim=0)) == 90

    def test_keep_each_picture_with_its_target(self, split: Split) -> None:
        originals = to_input(split.images, INPUT)
        for images, targets in self.batches(split, self.PLAIN):
            for image, target in zip(images, targets, strict=True):
                as_it_is = (originals == image).all(dim=(1, 2, 3))
                mirrored = (originals.flip(-1) == image).all(dim=(1, 2, 3))
                (index,) = (as_it_is | mirrored).nonzero()[0].tolist()
                assert target.tolist() == torch.eye(10)[split.labels[index]].tolist()

    def test_mirror_each_picture_in_one_of_two_epochs(self, sample: tuple[Tensor, Tensor]) -> None:
        split = Split(sample[0][:60], sample[1][:60])
        as_they_are, mirrored = to_input(split.images, INPUT), to_input(split.images.flip(-1), INPUT)
        count = 0
        for epoch in (0, 1):
            for images, _ in shuffled_batches(split, self.PLAIN, 1, epoch, INPUT):
                for image in images:
                    is_mirrored = any(torch.allclose(image, other) for other in mirrored)
                    assert is_mirrored or any(torch.allclose(image, other) for other in as_they_are)
                    count += is_mirrored
        assert count == 60

    def test_smoothed_targets_leave_a_share_to_every_class(self, split: Split) -> None:
        for _, targets in self.batches(split, replace(self.PLAIN, label_smoothing=0.2)):
            assert targets.max(dim=1).values.tolist() == pytest.approx([0.82] * 30)
            assert targets.min(dim=1).values.tolist() == pytest.approx([0.02] * 30)

    def test_cut_and_mixed_targets_are_shared(self, split: Split) -> None:
        _, targets = self.batches(split, replace(self.PLAIN, cutmix_probability=1.0))[0]
        assert torch.allclose(targets.sum(dim=1), torch.ones(30))
        assert (targets.max(dim=1).values < 1).any()

    def test_depend_on_seed_and_epoch_alone(self, split: Split) -> None:
        def drawn(seed: int, epoch: int) -> Tensor:
            return torch.cat(
                [images for images, _ in self.batches(split, replace(self.PLAIN, crop_padding=2), seed, epoch)]
            )

        first = drawn(1, 0)
        torch.rand(5)
        assert torch.equal(drawn(1, 0), first)
        assert not torch.equal(drawn(1, 1), first)
        assert not torch.equal(drawn(2, 0), first)


class TestTargets:
    def test_what_is_no_garment_is_every_class_alike(self) -> None:
        targets = targets_of(torch.tensor([3, NOT_A_GARMENT]), 0.0)
        assert targets[0].tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        assert torch.allclose(targets[1], torch.full((10,), 0.1))

    def test_smoothing_spreads_a_share(self) -> None:
        targets = targets_of(torch.tensor([0]), 0.1)
        assert targets[0, 0].item() == pytest.approx(0.91)
        assert targets[0, 1].item() == pytest.approx(0.01)
