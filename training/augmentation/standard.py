"""Augmentations: pure functions on batches, N x C x H x W of any dtype, all randomness from one generator."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def alternating_flips(count: int, seed: int, epoch: int, device: torch.device) -> Tensor:
    """Which of `count` pictures are mirrored in an epoch: at first half of them, then every picture changes each epoch.

    So no view comes twice before the other has come once (arXiv:2404.00498, section 3.6).
    """
    generator = torch.Generator(device).manual_seed(seed)
    return (torch.rand(count, generator=generator, device=device) < 0.5) ^ (epoch % 2 == 1)


def flip(images: Tensor, mirrored: Tensor) -> Tensor:
    """Mirror those pictures left to right for which `mirrored` (N bool) is true."""
    return torch.where(mirrored[:, None, None, None], images.flip(-1), images)


def random_crop(images: Tensor, padding: int, generator: torch.Generator) -> Tensor:
    """Shift each picture by up to `padding` pixels in both directions, filling with 0."""
    n, _, height, width = images.shape
    padded = F.pad(images, (padding,) * 4)
    dy, dx = torch.randint(0, 2 * padding + 1, (2, n), generator=generator, device=images.device)
    rows = dy[:, None] + torch.arange(height, device=images.device)
    columns = dx[:, None] + torch.arange(width, device=images.device)
    batch = torch.arange(n, device=images.device)[:, None, None]
    return padded[batch, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def random_erasing(images: Tensor, probability: float, area: tuple[float, float], generator: torch.Generator) -> Tensor:
    """Replace a rectangle by uniform noise in some pictures (arXiv:1708.04896).

    Args:
        images: uint8.
        probability: share of pictures that lose a rectangle.
        area: smallest and largest area of the rectangle as a share of the picture, before what
            lies beyond the border is cut off; its aspect ratio is drawn log-uniformly from 1/3..3.
    """
    n, _, height, width = images.shape

    def uniform(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(n, generator=generator, device=images.device)

    pixels, log_aspect = uniform(*area) * height * width, uniform(-1.0986, 1.0986)
    half_height = (pixels * log_aspect.exp()).sqrt().clamp(max=height) / 2
    half_width = (pixels / log_aspect.exp()).sqrt().clamp(max=width) / 2
    centre_y, centre_x = uniform(0, height), uniform(0, width)
    rows = torch.arange(height, device=images.device) + 0.5
    columns = torch.arange(width, device=images.device) + 0.5
    in_rows = (rows - centre_y[:, None]).abs() < half_height[:, None]
    in_columns = (columns - centre_x[:, None]).abs() < half_width[:, None]
    erased = in_rows[:, None, :, None] & in_columns[:, None, None, :]
    erased &= (uniform(0, 1) < probability)[:, None, None, None]
    noise = torch.randint(0, 256, images.shape, dtype=images.dtype, generator=generator, device=images.device)
    return torch.where(erased, noise, images)


def random_cutmix(
    images: Tensor, targets: Tensor, probability: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Give some pictures a rectangle of another one, and its share of the other's target (arXiv:1905.04899).

    Args:
        images: N x C x H x W.
        targets: N x classes float32, probabilities.
        probability: share of pictures that get a rectangle; its area is drawn uniformly from 0..1 of the picture,
            before what lies beyond the border is cut off, and its aspect is the picture's.
    """
    n, _, height, width = images.shape
    draw = torch.rand(4, n, generator=generator, device=images.device)
    half = draw[0].sqrt() / 2 * (draw[3] < probability)
    rows = (torch.arange(height, device=images.device) + 0.5) / height
    columns = (torch.arange(width, device=images.device) + 0.5) / width
    in_rows = (rows - draw[1][:, None]).abs() < half[:, None]
    in_columns = (columns - draw[2][:, None]).abs() < half[:, None]
    pasted = in_rows[:, :, None] & in_columns[:, None, :]
    other = torch.randperm(n, generator=generator, device=images.device)
    share = pasted.float().mean(dim=(1, 2))[:, None]
    return torch.where(pasted[:, None], images[other], images), targets * (1 - share) + targets[other] * share
