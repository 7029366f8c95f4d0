"""Random numbers and fields for whole batches of pictures, N x C x h x w, all from one generator."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F


class Dice:
    """Random numbers, one a picture, shaped to broadcast over N x C x h x w."""

    def __init__(self, count: int, generator: torch.Generator) -> None:
        self.count, self.generator = count, generator

    def uniform(self, low: float, high: float, channels: int = 1) -> Tensor:
        return low + (high - low) * torch.rand(self.count, channels, 1, 1, generator=self.generator)

    def normal(self, sigma: float, channels: int = 1) -> Tensor:
        return sigma * torch.randn(self.count, channels, 1, 1, generator=self.generator)

    def happens(self, share: float) -> Tensor:
        """1 in that share of the pictures, else 0; float32."""
        return (self.uniform(0, 1) < share).float()

    def choice(self, tensor: Tensor) -> Tensor:
        """An entry of `tensor` for each picture."""
        return tensor[torch.randint(len(tensor), (self.count,), generator=self.generator)]

    def field(self, rows: int, columns: int, size_hw: Sequence[int], channels: int = 1) -> Tensor:
        """A smooth random field around 0, of standard deviation about 0.6."""
        coarse = torch.randn(self.count, channels, rows, columns, generator=self.generator)
        return F.interpolate(coarse, list(size_hw), mode="bicubic", align_corners=True)


def grid(size_hw: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Rows and columns of pixel centres from -1 to 1, 1 x 1 x h x w each."""
    height, width = size_hw
    rows = (torch.arange(height) + 0.5) / height * 2 - 1
    columns = (torch.arange(width) + 0.5) / width * 2 - 1
    shape = 1, 1, height, width
    return rows[:, None].expand(shape), columns.expand(shape)


def sampled(picture: Tensor, x: Tensor, y: Tensor, padding: str = "reflection") -> Tensor:
    """`picture` at x and y, N x 1 x h x w in -1..1."""
    where = torch.stack((x.expand_as(x + y)[:, 0], y.expand_as(x + y)[:, 0]), dim=-1)
    where = where.expand(len(picture), *where.shape[1:])
    return F.grid_sample(picture, where, mode="bilinear", padding_mode=padding, align_corners=False)


def waves(dice: Dice, rows: Tensor, columns: Tensor) -> Tensor:
    """Stripes of any direction and width, hard or soft, -1..1."""
    angle, frequency = dice.uniform(0, 3.14), dice.uniform(3, 40)
    wave = torch.sin((columns * angle.cos() + rows * angle.sin()) * frequency + dice.uniform(0, 6.28))
    return (wave * dice.uniform(0.5, 5)).clamp(-1, 1)
