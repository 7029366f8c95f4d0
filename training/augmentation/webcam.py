"""Makes a picture of a garment look as if it had come through `garment_input` from a camera.

    seen = through_webcam(images, labels, 28, generator)            # of Fashion-MNIST
    seen = cutouts_through_webcam(pictures, labels, 28, generator)  # photographs without their background

Pure functions on batches. In between, a garment is its brightness and its cover on a canvas larger than the picture.
Each entry of `PARTS` is one thing that a camera, a light or a hand does to it. Every part happens to half of the
pictures; where a docstring gives a share, it is of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from fashioncam.pipeline.garment_input import sharpening_kernel

from .random_fields import Dice, grid, sampled

ROOM_PX = 28  # around the picture on its canvas, both sides together
FILLED = 0.72  # of the canvas' edge: room for tilts and arms
BGR_WEIGHTS = (0.114, 0.587, 0.299)  # OpenCV's
SHOES = (5, 7, 9)  # sandal, sneaker, ankle boot


@dataclass(frozen=True, slots=True)
class Garments:
    """A batch on the canvas.

    Attributes:
        bright: N x 1 x E x E float32, 0 black to 1 white, times cover.
        cover: N x 1 x E x E float32, how much of each pixel is garment, 0..1.
        is_shoe: N x 1 x 1 x 1 bool.
    """

    bright: Tensor
    cover: Tensor
    is_shoe: Tensor

    @property
    def size_hw(self) -> tuple[int, int]:
        return self.cover.shape[2], self.cover.shape[3]


def tone(garments: Garments, dice: Dice) -> Garments:
    """Exposure, contrast and gamma inside the garment: 0.6..1.5, 0.6..1.5, 0.5..2."""
    level = (garments.bright / garments.cover.clamp(min=0.05)).clamp(0, 1)
    level = level ** dice.uniform(-0.7, 0.7).exp()
    mean = (level * garments.cover).mean(dim=(2, 3), keepdim=True) / garments.cover.mean(dim=(2, 3), keepdim=True)
    level = mean + (level - mean) * dice.uniform(-0.5, 0.4).exp()
    level = level * dice.uniform(-0.5, 0.4).exp()
    return Garments(level.clamp(0, 1) * garments.cover, garments.cover, garments.is_shoe)


def polarity(garments: Garments, dice: Dice) -> Garments:
    """One in six garments inverted: the same cut is sold in black and in white."""
    turned = dice.happens(1 / 6)
    bright = garments.bright * (1 - turned) + (garments.cover - garments.bright) * turned
    return Garments(bright, garments.cover, garments.is_shoe)


def side_light(garments: Garments, dice: Dice) -> Garments:
    """Light that falls off by up to two thirds from one side to the other, and soft folds (sigma up to a sixth)."""
    rows, columns = grid(garments.size_hw, dice.device)
    angle = dice.uniform(0, 6.28)
    slope = (columns * angle.cos() + rows * angle.sin()) * dice.uniform(0, 0.5)
    folds = dice.field(5, 5, garments.size_hw) * dice.uniform(0, 0.2)
    bright = (garments.bright * (slope + folds).exp()).clamp(min=0)
    return Garments(bright.minimum(garments.cover), garments.cover, garments.is_shoe)


def pair(garments: Garments, dice: Dice) -> Garments:
    """Two in five shoes as a pair: the other one behind, up to a third of a length away, turned (sigma 17 degrees)."""
    shift_x, shift_y = dice.uniform(-0.5, 0.5), dice.uniform(-0.5, 0.5)
    other = warped(garments, dice.normal(0.3), shift_x, shift_y, flip=dice.happens(0.3))
    shown = dice.happens(0.4) * garments.is_shoe
    behind = (1 - garments.cover) * shown
    return Garments(garments.bright + other.bright * behind, garments.cover + other.cover * behind, garments.is_shoe)


def from_above(garments: Garments, dice: Dice) -> Garments:
    """Half of the shoes turned to any side, as they lie or hang, and up to half as long: seen more from above."""
    turned = dice.happens(0.5) * garments.is_shoe
    squeeze = 1 + turned * dice.uniform(0, 1)
    return warped(garments, turned * dice.uniform(-3.14, 3.14), stretch_x=squeeze)


def pose(garments: Garments, dice: Dice) -> Garments:
    """Rotated a little (sigma 5 degrees), 0.75..1.3 as wide, and leaning towards the camera (sigma an eighth)."""
    stretch = dice.uniform(-0.28, 0.26).exp()
    return warped(garments, dice.normal(0.08), stretch_x=stretch, tilt_x=dice.normal(0.12), tilt_y=dice.normal(0.12))


def cloth(garments: Garments, dice: Dice) -> Garments:
    """Sleeves spread and hems bent: a smooth warp, sigma up to a tenth of half the canvas."""
    bend = dice.field(4, 4, garments.size_hw, 2) * dice.uniform(0, 0.12)
    rows, columns = grid(garments.size_hw, dice.device)
    return resampled(garments, columns + bend[:, :1], rows + bend[:, 1:])


def ragged(garments: Garments, dice: Dice) -> Garments:
    """An outline that is wrong by a pixel or two; in a quarter of the pictures a piece is missing."""
    radius = round(garments.size_hw[0] / 18)  # of a canvas of 56 three pixels
    soft = F.avg_pool2d(garments.cover, 2 * radius + 1, 1, radius)
    noise = dice.field(14, 14, garments.size_hw) * dice.uniform(0, 0.3)
    kept = ((soft + noise - 0.3) * 6).clamp(0, 1)
    rows, columns = grid(garments.size_hw, dice.device)
    angle = dice.uniform(0, 6.28)
    x, y = FILLED * angle.cos() * dice.uniform(0.5, 1), FILLED * angle.sin() * dice.uniform(0.5, 1)
    distance = ((columns - x) ** 2 + (rows - y) ** 2).sqrt() + dice.field(6, 6, garments.size_hw) * 0.1
    bite = ((dice.uniform(0.1, 0.35) - distance) * 20).clamp(0, 1) * dice.happens(0.25)
    kept = kept * (1 - bite)
    return Garments(garments.bright * kept, garments.cover * kept, garments.is_shoe)


def forearm(garments: Garments, dice: Dice) -> Garments:
    """A piece of arm taken for garment, in a fifth of the pictures, mostly from below."""
    rows, columns = grid(garments.size_hw, dice.device)
    angle = 1.57 + dice.normal(0.6)
    x, y = dice.normal(0.2), dice.normal(0.2)
    along = (columns - x) * angle.cos() + (rows - y) * angle.sin()
    across = (columns - x) * angle.sin() - (rows - y) * angle.cos()
    width = dice.uniform(0.06, 0.16) * (1 + 0.4 * along)
    arm = ((width - across.abs()) * 20).clamp(0, 1) * (along > 0) * (along < dice.uniform(0.4, 1.0))
    before = dice.happens(0.3)  # else the garment hides it
    arm = arm * (1 - garments.cover * (1 - before)) * dice.happens(0.2)
    skin = dice.uniform(0.2, 0.8)
    return Garments(garments.bright * (1 - arm) + skin * arm, garments.cover * (1 - arm) + arm, garments.is_shoe)


PARTS: dict[str, Callable[[Garments, Dice], Garments]] = {
    part.__name__: part for part in (tone, polarity, pair, from_above, pose, cloth, side_light, ragged, forearm)
}


def through_webcam(
    images: Tensor, labels: Tensor, size: int, generator: torch.Generator, parts: Iterable[str] = tuple(PARTS)
) -> Tensor:
    """Fashion-MNIST's pictures as a webcam would have shown them.

    Args:
        images: N x 1 x 28 x 28 uint8, negated on 0.
        labels: N int64; shoes are shown in other ways than the rest.
        size: edge of what comes back.
        parts: keys of `PARTS`, each applied to half of the pictures; cutting, scaling and noise always are.

    Returns:
        N x 1 x size x size uint8.
    """
    garments = on_canvas(images, labels, size + ROOM_PX)
    return shown(garments, size, 0.5, generator, parts)  # the data set has sharpened them already


def cutouts_through_webcam(
    pictures: Tensor, labels: Tensor, size: int, generator: torch.Generator, parts: Iterable[str] = tuple(PARTS)
) -> Tensor:
    """Photographs without their background as a webcam would have shown them.

    Args:
        pictures: N x 4 x S x S uint8: B, G, R times alpha, alpha; the longest edge fills the square.
        labels, size, parts: as for `through_webcam`.

    Returns:
        N x 1 x size x size uint8.
    """
    grey = in_grey(pictures, Dice(len(pictures), generator))
    return shown(cutouts_on_canvas(grey, labels, size + ROOM_PX), size, 0.85, generator, parts)


def shown(
    garments: Garments, size: int, sharpened_share: float, generator: torch.Generator, parts: Iterable[str]
) -> Tensor:
    """The garments after all `parts`, as inputs: N x 1 x size x size uint8."""
    dice = Dice(len(garments.cover), generator)
    for name in parts:
        garments = half_of(garments, PARTS[name](garments, dice), dice)
    return sharpened_with_noise(cropped_to_input(garments, size, dice), sharpened_share, dice)


def half_of(before: Garments, after: Garments, dice: Dice) -> Garments:
    """`after` for half of the pictures, `before` for the others."""
    changed = dice.happens(0.5) > 0
    bright, cover = torch.where(changed, after.bright, before.bright), torch.where(changed, after.cover, before.cover)
    return Garments(bright, cover, before.is_shoe)


def on_canvas(images: Tensor, labels: Tensor, edge: int) -> Garments:
    """The garments in the middle of a canvas of that edge, as bright as before the data set negated them."""
    cover = cover_of(images)
    bright = cover - images.float() / 255 * cover
    rows, columns = grid((edge, edge), images.device)
    placed = sampled(torch.cat((bright, cover), dim=1), columns / FILLED, rows / FILLED, padding="zeros")
    return Garments(placed[:, :1], placed[:, 1:], are_shoes(labels))


def cover_of(images: Tensor) -> Tensor:
    """Where the garment is on Fashion-MNIST's pictures, 0 or 1: closed, since white parts inside are 0 there."""
    covered = (images > 0).float()
    return -F.max_pool2d(-F.max_pool2d(covered, 3, 1, 1), 3, 1, 1)


def in_grey(pictures: Tensor, dice: Dice) -> Tensor:
    """Pictures in grey: half with OpenCV's weights of the colours, half with random ones, as of other dyes or lamps.

    In these each weight is up to about three times larger or smaller; white stays white.

    Args:
        pictures: N x 4 x S x S uint8, as for `cutouts_through_webcam`.

    Returns:
        N x 2 x S x S float32, 0..1: brightness times alpha, alpha.
    """
    colours, alpha = pictures.float().div(255).split((3, 1), dim=1)
    weights = torch.tensor(BGR_WEIGHTS, device=pictures.device).view(1, 3, 1, 1)
    weights = weights * (dice.normal(0.6, 3) * dice.happens(0.5)).exp()
    grey = (colours * weights).sum(dim=1, keepdim=True) / weights.sum(dim=1, keepdim=True)
    return torch.cat((grey, alpha), dim=1)


def cutouts_on_canvas(grey: Tensor, labels: Tensor, edge: int) -> Garments:
    """Pictures from `in_grey`, in the middle of a canvas of that edge."""
    side = round(FILLED * edge)
    margin = (edge - side) // 2
    small = F.interpolate(grey, (side, side), mode="area")
    placed = F.pad(small, (margin, edge - side - margin, margin, edge - side - margin))
    return Garments(placed[:, :1], placed[:, 1:], are_shoes(labels))


def are_shoes(labels: Tensor) -> Tensor:
    """Whether each is a shoe: N x 1 x 1 x 1 bool."""
    return torch.isin(labels, torch.tensor(SHOES, device=labels.device))[:, None, None, None]


def warped(
    garments: Garments,
    angle: Tensor,
    shift_x: Tensor | float = 0.0,
    shift_y: Tensor | float = 0.0,
    stretch_x: Tensor | float = 1.0,
    tilt_x: Tensor | float = 0.0,
    tilt_y: Tensor | float = 0.0,
    flip: Tensor | float = 0.0,
) -> Garments:
    """Turned (radians), shifted and stretched (of half the canvas), tilted in perspective, mirrored."""
    rows, columns = grid(garments.size_hw, garments.cover.device)
    x, y = columns - shift_x, rows - shift_y
    depth = 1 + tilt_x * x + tilt_y * y
    x, y = x / depth, y / depth
    across, down = x * angle.cos() + y * angle.sin(), y * angle.cos() - x * angle.sin()
    return resampled(garments, across * stretch_x * (1 - 2 * flip), down)


def resampled(garments: Garments, x: Tensor, y: Tensor) -> Garments:
    """The garments read at x and y, see `sampled`."""
    moved = sampled(torch.cat((garments.bright, garments.cover), dim=1), x, y, padding="zeros")
    return Garments(moved[:, :1], moved[:, 1:], garments.is_shoe)


def cropped_to_input(garments: Garments, size: int, dice: Dice) -> Tensor:
    """Cut out with an error of up to a pixel, longest edge to `size`, centred, negated: N x 1 x size x size, 0..1."""
    seen = garments.cover[:, 0] > 0.5
    left, right = edges(seen.any(dim=1))
    top, bottom = edges(seen.any(dim=2))
    side = torch.maximum(right - left, bottom - top).clamp(min=0.2) * (1 + dice.uniform(-0.03, 0.05))
    rows, columns = grid((2 * size, 2 * size), dice.device)
    x = columns * side / 2 + (left + right) / 2 + dice.uniform(-0.03, 0.03)
    y = rows * side / 2 + (top + bottom) / 2 + dice.uniform(-0.03, 0.03)
    dark = sampled(torch.cat((garments.cover - garments.bright, garments.cover), dim=1), x, y, padding="zeros")
    small = F.avg_pool2d(dark, 2)
    return small[:, :1] * (small[:, 1:] > 0.1)


def edges(seen: Tensor) -> tuple[Tensor, Tensor]:
    """Where N x E begins and ends to be true, in -1..1: N x 1 x 1 x 1 each."""
    count = seen.shape[1]
    places = torch.arange(count, device=seen.device)
    first = torch.where(seen, places, count).amin(dim=1).clamp(max=count - 1)
    last = torch.where(seen, places + 1, 0).amax(dim=1).clamp(min=1)
    shape = -1, 1, 1, 1
    return (first / count * 2 - 1).view(shape), (last / count * 2 - 1).view(shape)


def sharpened_with_noise(images: Tensor, sharpened_share: float, dice: Dice) -> Tensor:
    """Sharpened as `garment_input` does, as they are, or (two in five of the rest) blurred; noise up to 10 levels."""
    kernel = torch.from_numpy(sharpening_kernel()).float().to(images.device)[None, None]
    padded = F.pad(images, (1, 1, 1, 1), mode="replicate")
    sharp, blurred = F.conv2d(padded, kernel), F.avg_pool2d(padded, 3, 1)
    draw = dice.uniform(0, 1)
    soft_from = sharpened_share + 0.6 * (1 - sharpened_share)
    out = torch.where(draw < sharpened_share, sharp, torch.where(draw < soft_from, images, 0.5 * (images + blurred)))
    noise = torch.randn(out.shape, generator=dice.generator, device=dice.device) * dice.uniform(0, 0.04)
    covered = images > 0
    return ((out + noise) * covered * 255).clamp(0, 255).round().byte()
