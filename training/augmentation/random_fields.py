"""Random numbers and fields for whole batches of pictures, N x C x h x w, all from one generator."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F


class Dice:
    """Random numbers, one a picture, shaped to broadcast over N x C x h x w."""

    def __init__(self, count: int, generator: torch.Generator) -> None:
        self.count, self.generator, self.device = count, generator, generator.device

    def uniform(self, low: float, high: float, channels: int = 1) -> Tensor:
        return low + (high - low) * torch.rand(self._shape(channels), generator=self.generator, device=self.device)

    def normal(self, sigma: float, channels: int = 1) -> Tensor:
        return sigma * torch.randn(self._shape(channels), generator=self.generator, device=self.device)

    def happens(self, share: float) -> Tensor:
        """1 for this share of the pictures, else 0: float32."""
        return (self.uniform(0, 1) < share).float()

    def index(self, length: int) -> Tensor:
        """A place in a list of that length for each picture, N int64."""
        return torch.randint(length, (self.count,), generator=self.generator, device=self.device)

    def choice(self, tensor: Tensor) -> Tensor:
        """An entry of `tensor` for each picture."""
        return tensor[self.index(len(tensor))]

    def field(self, rows: int, columns: int, size_hw: Sequence[int], channels: int = 1) -> Tensor:
        """A smooth random field around 0, of standard deviation about 0.8."""
        shape = self.count, channels, rows, columns
        coarse = torch.randn(shape, generator=self.generator, device=self.device)
        return F.interpolate(coarse, list(size_hw), mode="bicubic", align_corners=True)

    def _shape(self, channels: int) -> tuple[int, int, int, int]:
        return self.count, channels, 1, 1


def grid(size_hw: Sequence[int], device: torch.device | None = None) -> tuple[Tensor, Tensor]:
    """Rows and columns of pixel centres from -1 to 1, 1 x 1 x h x w each."""
    height, width = size_hw
    rows = (torch.arange(height, device=device) + 0.5) / height * 2 - 1
    columns = (torch.arange(width, device=device) + 0.5) / width * 2 - 1
    shape = 1, 1, height, width
    return rows[:, None].expand(shape), columns.expand(shape)


def sampled(picture: Tensor, x: Tensor, y: Tensor, padding: str = "reflection") -> Tensor:
    """`picture` read bilinearly at x and y, N x 1 x h x w, -1..1 from edge to edge."""
    where = torch.stack((x.expand_as(x + y)[:, 0], y.expand_as(x + y)[:, 0]), dim=-1)
    where = where.expand(len(picture), *where.shape[1:])
    return F.grid_sample(picture, where, mode="bilinear", padding_mode=padding, align_corners=False)


def waves(dice: Dice, rows: Tensor, columns: Tensor) -> Tensor:
    """Stripes of any direction and width, hard or soft, -1..1."""
    angle, frequency = dice.uniform(0, 3.14), dice.uniform(3, 40)
    wave = torch.sin((columns * angle.cos() + rows * angle.sin()) * frequency + dice.uniform(0, 6.28))
    return (wave * dice.uniform(0.5, 5)).clamp(-1, 1)
