"""What a step of the training sees: batches drawn at random and augmented, with their targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from fashioncam.messages import InputDescription
from fashioncam.models.base import to_input

from . import augmentation
from .data import CLASSES, NOT_A_GARMENT, Split
from .recipes import Recipe
from .webcam_augmentation import through_webcam


def shuffled_batches(
    split: Split, recipe: Recipe, seed: int, epoch: int, description: InputDescription
) -> Iterator[tuple[Tensor, Tensor]]:
    """One epoch of augmented, normalised batches and their targets, N x classes; an incomplete last one is left out."""
    device = split.images.device
    generator = torch.Generator(device).manual_seed(seed * 100_003 + epoch)
    order = torch.randperm(len(split), generator=generator, device=device)
    mirrored = augmentation.alternating_flips(len(split), seed, epoch, device)
    targets = targets_of(split.labels, recipe.label_smoothing)
    count = recipe.batch_size - round(recipe.photo_share * recipe.batch_size)
    seen_count = round(recipe.webcam_share * count)
    for batch in order.split(count):
        if len(batch) < count:
            return
        images = augmentation.flip(split.images[batch], mirrored[batch])
        seen, plain = images[:seen_count], images[seen_count:]
        plain = augmentation.random_crop(plain, recipe.crop_padding, generator)
        area = (0.02, recipe.erase_area)
        plain = augmentation.random_erasing(plain, recipe.erase_probability, area, generator)
        if seen_count:
            seen = through_webcam(seen, split.labels[batch[:seen_count]], generator)
        images = torch.cat((seen, plain))
        images, mixed = augmentation.random_cutmix(images, targets[batch], recipe.cutmix_probability, generator)
        # channels_last: 1.1 to 1.4 times as fast on two CPU cores
        yield to_input(images, description).contiguous(memory_format=torch.channels_last), mixed


def with_photos(
    batches: Iterable[tuple[Tensor, Tensor]],
    photos: Split,
    count: int,
    recipe: Recipe,
    seed: int,
    epoch: int,
    description: InputDescription,
) -> Iterator[tuple[Tensor, Tensor]]:
    """The batches, each with `count` photographs more; they were made varied and are mirrored, shifted and erased."""
    device = photos.images.device
    generator = torch.Generator(device).manual_seed(seed * 100_003 + epoch + 50_021)
    targets = targets_of(photos.labels, recipe.label_smoothing)
    for images, wanted in batches:
        chosen = torch.randint(len(photos), (count,), generator=generator, device=device)
        mirrored = torch.rand(count, generator=generator, device=device) < 0.5
        shown = augmentation.flip(photos.images[chosen], mirrored)
        shown = augmentation.random_crop(shown, 1, generator)
        shown = augmentation.random_erasing(shown, recipe.erase_probability, (0.02, recipe.erase_area), generator)
        added = to_input(shown, description).contiguous(memory_format=torch.channels_last)
        yield torch.cat((images, added)), torch.cat((wanted, targets[chosen]))


def targets_of(labels: Tensor, smoothing: float) -> Tensor:
    """N labels -> N x classes probabilities; what is no garment is every class alike (arXiv:1812.04606)."""
    count = len(CLASSES)
    one_hot = F.one_hot(labels.clamp(min=0), count).float() * (1 - smoothing) + smoothing / count
    return torch.where((labels == NOT_A_GARMENT)[:, None], 1 / count, one_hot)
