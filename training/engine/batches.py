"""Batches for training: drawn at random and augmented, with their targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from fashioncam.messages import InputDescription
from fashioncam.models.base import to_input
from training.augmentation import standard as augmentation
from training.augmentation.webcam import cutouts_through_webcam, through_webcam
from training.data.fashion_mnist import CLASSES, NOT_A_GARMENT, Split, WebcamPictures

from .recipe import Recipe


def shuffled_batches(
    split: Split, recipe: Recipe, seed: int, epoch: int, description: InputDescription
) -> Iterator[tuple[Tensor, Tensor]]:
    """One epoch of augmented, normalised batches and their targets, N x classes; an incomplete last one is left out."""
    device = split.images.device
    generator = torch.Generator(device).manual_seed(seed * 100_003 + epoch)
    order = torch.randperm(len(split), generator=generator, device=device)
    mirrored = augmentation.alternating_flips(len(split), seed, epoch, device)
    targets = targets_of(split.labels, recipe.label_smoothing)
    plain = plain_place(recipe)
    seen_count, count = plain.start, plain.stop
    for batch in order.split(count):
        if len(batch) < count:
            return
        images = augmentation.flip(split.images[batch], mirrored[batch])
        seen, as_it_is = images[:seen_count], images[seen_count:]
        as_it_is = augmentation.random_crop(as_it_is, recipe.crop_padding, generator)
        area = (0.02, recipe.erase_area)
        as_it_is = augmentation.random_erasing(as_it_is, recipe.erase_probability, area, generator)
        if seen_count:
            seen = through_webcam(seen, split.labels[batch[:seen_count]], description.size, generator)
        images = torch.cat((seen, as_it_is))
        images, mixed = augmentation.random_cutmix(images, targets[batch], recipe.cutmix_probability, generator)
        yield to_input(images, description), mixed


def with_photos(
    batches: Iterable[tuple[Tensor, Tensor]],
    photos: WebcamPictures,
    recipe: Recipe,
    seed: int,
    epoch: int,
    description: InputDescription,
) -> Iterator[tuple[Tensor, Tensor]]:
    """The batches, each with the recipe's shares of photographs added."""
    device = photos.train.images.device
    generator = torch.Generator(device).manual_seed(seed * 100_003 + epoch + 50_021)
    counts = photo_counts(recipe)
    for images, wanted in batches:
        found, found_labels = drawn_from(photos.train, counts[0], generator)
        # They were varied when they were made; here they are only mirrored, shifted and erased.
        found = augmentation.random_crop(found, 1, generator)
        found = augmentation.random_erasing(found, recipe.erase_probability, (0.02, recipe.erase_area), generator)
        cutouts, cutout_labels = drawn_from(photos.cutouts, counts[1], generator)
        seen = cutouts_through_webcam(cutouts, cutout_labels, description.size, generator)
        added = to_input(torch.cat((found, seen)), description)
        targets = targets_of(torch.cat((found_labels, cutout_labels)), recipe.label_smoothing)
        yield torch.cat((images, added)), torch.cat((wanted, targets))


def photo_counts(recipe: Recipe) -> tuple[int, int]:
    """How many of a batch are photographs as the program sees them, and how many are cutouts to be varied."""
    return round(recipe.photo_share * recipe.batch_size), round(recipe.cutout_share * recipe.batch_size)


def plain_place(recipe: Recipe) -> slice:
    """The slice of a batch that holds Fashion-MNIST's own pictures: after webcam ones, before photographs."""
    count = recipe.batch_size - sum(photo_counts(recipe))
    return slice(round(recipe.webcam_share * count), count)


def drawn_from(split: Split, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Pictures at random, half of them mirrored, and their labels."""
    device = split.images.device
    chosen = torch.randint(len(split), (count,), generator=generator, device=device)
    mirrored = torch.rand(count, generator=generator, device=device) < 0.5
    return augmentation.flip(split.images[chosen], mirrored), split.labels[chosen]


def targets_of(labels: Tensor, smoothing: float) -> Tensor:
    """N labels -> N x classes probabilities; other objects get the same for every class (arXiv:1812.04606)."""
    count = len(CLASSES)
    one_hot = F.one_hot(labels.clamp(min=0), count).float() * (1 - smoothing) + smoothing / count
    return torch.where((labels == NOT_A_GARMENT)[:, None], 1 / count, one_hot)
