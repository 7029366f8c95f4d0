"""Pictures for the segmentation network: a garment before a room, as a webcam and a person would show it.

Every batch is made anew from cutouts and rooms. It holds the room as it was learned, and as it is seen later: in other
light, with shadows, arms, a body, a bump of the camera, noise, and mostly an item. All functions are pure and work on
batches; all randomness comes from one generator. Colours are B G R.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from training.augmentation.random_fields import Dice, grid, sampled, waves
from training.synthesis.drawn.people import before_body, random_arms
from training.synthesis.photographed_hands import with_hands
from training.synthesis.photographed_people import People, random_crowd

# Shares of the composites; what else varies has its range beside it.
ITEM_SHARE = 0.75
SECOND_ITEM_SHARE = 0.08
DRAWN_ITEM_SHARE = 0.25
HANDLE_SHARE = 0.3  # of the drawn items: bags are missing among the cutouts
CAMOUFLAGE_SHARE = 0.2
GHOST_SHARE = 0.2  # something was there when the background was learned, and has gone
BUMP_SHARE = 0.2
LAMP_SHARE = 0.25
BAND_SHARE = 0.15
STRAY_SHADOW_SHARE = 0.15
STICK_SHARE = 0.12

NO_ITEM, DRAWN_ITEM, DRAWN_WITH_HANDLE, TWO_ITEMS = -1, -2, -3, -4


@dataclass(frozen=True, slots=True)
class Bank:
    """What composites are made from.

    Attributes:
        cutouts: N x 4 x S x S uint8: B, G, R times alpha, alpha; centred, the longest edge is S.
        rooms: M x 3 x H x W uint8.
        people: photographs of people and hands; None for composites without them.
    """

    cutouts: Tensor
    rooms: Tensor
    people: People | None = None

    def tensors(self) -> tuple[Tensor, ...]:
        """All that it holds."""
        people = () if self.people is None else (self.people.people, self.people.heads, self.people.hands)
        return (self.cutouts, self.rooms, *people)

    def to(self, device: torch.device) -> Bank:
        """A copy on that device: composites are made where their bank is."""
        people = None if self.people is None else self.people.to(device)
        return Bank(self.cutouts.to(device), self.rooms.to(device), people)


@dataclass(frozen=True, slots=True)
class Composites:
    """A batch.

    Attributes:
        frame: N x 3 x h x w uint8, what the camera sees.
        expected: N x 3 x h x w uint8, the learned background in the present light.
        item: N x 1 x h x w float32, how much of each pixel is item, 0..1.
        cutout: N int64, which of the bank's cutouts the item is, or `NO_ITEM`,
            `DRAWN_ITEM`, `DRAWN_WITH_HANDLE`, `TWO_ITEMS`.
    """

    frame: Tensor
    expected: Tensor
    item: Tensor
    cutout: Tensor


def compose(bank: Bank, count: int, size_hw: tuple[int, int], generator: torch.Generator) -> Composites:
    """A batch of `count` composites, h x w pixels each."""
    dice = Dice(count, generator)
    room = random_rooms(bank, dice, size_hw)
    exposure = dice.uniform(0.7, 1.25)
    colours, items, cutout = random_items(bank, dice, size_hw)
    # Another picture's item is as good as a new one, and saves a third of the time.
    ghost_colour, ghost = colours.roll(1, dims=0), items.roll(1, dims=0) * dice.happens(GHOST_SHARE)
    crowd = random_crowd(bank.people, room, items, generator)
    learned = crowd.learned * (1 - ghost) + ghost_colour * ghost

    colours = camouflaged(colours, room, items, dice)
    scene = crowd.present * random_light(dice, size_hw)
    shown = dice.happens(ITEM_SHARE) * (1 - crowd.empty_handed)
    item = items * shown
    # The shadow of something that is not in the picture: of an item, or of anything.
    stray = items.roll(3, dims=0) * dice.happens(STRAY_SHADOW_SHARE)
    scene = scene * cast_shadow(item, dice) * cast_shadow(stray, dice) * stray_shadow(dice, size_hw)
    scene = before_stick(before_body(scene, dice), dice)
    arm_colour, arm, hand = with_hands(bank.people, crowd, item, random_arms(item, dice), generator)
    scene = scene * cast_shadow(arm, dice)
    scene = scene * (1 - arm) + arm_colour * arm
    scene = scene * (1 - item) + colours * item
    beside = dice.happens(SECOND_ITEM_SHARE)
    other_colour, other = colours.roll(2, dims=0), items.roll(2, dims=0) * beside
    scene = scene * (1 - other) + other_colour * other
    item = item + other - item * other
    scene = scene * (1 - hand) + arm_colour * hand
    item = item * (1 - hand)

    gain = exposure * (1 + dice.uniform(-0.35, 0.35) * dice.happens(0.7)) * (1 + dice.normal(0.04, 3))
    moved = shifted(torch.cat((scene * gain, item), dim=1), dice)
    frame = camera_response(moved[:, :3], dice, size_hw)
    learned = (learned * exposure).clamp(0, 255)
    # The light is known from medians over the picture: nearly always well, sometimes badly.
    believed = gain / exposure * (1 + dice.normal(0.02, 3) + dice.uniform(-0.25, 0.25) * dice.happens(0.15))
    cutout = cutout.where(shown.flatten() > 0, NO_ITEM).where(beside.flatten() == 0, TWO_ITEMS)
    return Composites(frame, (learned * believed).clamp(0, 255).byte(), moved[:, 3:].clamp(0, 1), cutout)


def random_rooms(bank: Bank, dice: Dice, size_hw: tuple[int, int]) -> Tensor:
    """Parts of rooms, mirrored, enlarged and tinted: N x 3 x h x w float32, not below 0; above 255 is burnt out."""
    rooms = dice.choice(bank.rooms).float()
    zoom, flip = dice.uniform(0.5, 0.95), 1 - 2 * dice.happens(0.5)
    rows, columns = grid(size_hw, dice.device)
    x = columns * zoom * flip + dice.uniform(-1, 1) * (1 - zoom)
    y = rows * zoom + dice.uniform(-1, 1) * (1 - zoom)
    return tinted(sampled(rooms, x, y), dice)


def random_items(bank: Bank, dice: Dice, size_hw: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """Items somewhere in the picture, nearer its middle than its edges.

    Returns:
        Their colours, N x 3 x h x w float32 as `random_rooms` has them; how much of each pixel they cover,
        N x 1 x h x w in 0..1; and which of the cutouts they are, N int64.
    """
    height, width = size_hw
    drawn, chosen = dice.happens(DRAWN_ITEM_SHARE), dice.index(len(bank.cutouts))
    things, has_handle = random_shapes(dice, bank.cutouts.shape[-1])
    cutout = bank.cutouts[chosen].float() * (1 - drawn) + things * drawn
    kind = torch.where(has_handle.flatten() > 0, DRAWN_WITH_HANDLE, DRAWN_ITEM)
    chosen = chosen.where(drawn.flatten() == 0, kind)
    size = dice.uniform(0.3, 1.0) * height / width  # the longest edge, as a share of the height
    angle = dice.normal(0.3) * dice.happens(0.8)
    rows, columns = grid(size_hw, dice.device)
    across = (columns - dice.normal(0.25)) / size
    down = (rows * height / width - dice.normal(0.15)) / size
    stretch = 1 + dice.normal(0.1)
    x = (across * angle.cos() + down * angle.sin()) * stretch * (1 - 2 * dice.happens(0.5))
    y = down * angle.cos() - across * angle.sin()
    bend = dice.field(3, 3, size_hw, 2) * 0.06
    placed = sampled(cutout, x + bend[:, :1], y + bend[:, 1:], padding="zeros")
    alpha = (placed[:, 3:] / 255).clamp(0, 1)
    colour = placed[:, :3] / alpha.clamp(min=0.02)
    return tinted(colour.clamp(0, 255), dice) * dice.uniform(0.6, 1.15), alpha, chosen


def camouflaged(colours: Tensor, room: Tensor, items: Tensor, dice: Dice) -> Tensor:
    """Some items get the mean colour of the room behind them; their pattern stays."""
    pixels = items.sum(dim=(2, 3), keepdim=True).clamp(min=1)
    apart = ((room - colours) * items).sum(dim=(2, 3), keepdim=True) / pixels
    return (colours + apart * dice.happens(CAMOUFLAGE_SHARE) * dice.uniform(0.5, 1.0)).clamp(0, 255)


def random_shapes(dice: Dice, size: int) -> tuple[Tensor, Tensor]:
    """Random shapes with a pattern, as N x 4 x S x S cutouts, 0..255, and which have a handle."""
    rows, columns = grid((size, size), dice.device)
    outline = dice.field(4, 4, (size, size)) * 0.35
    power = dice.uniform(1.5, 5)
    radius = (rows.abs() ** power + (columns / dice.uniform(0.4, 1)).abs() ** power) ** (1 / power)
    body = dice.uniform(0.5, 0.8)
    alpha = ((body - radius + outline * 0.5) * size / 4).clamp(0, 1)
    handle = (columns**2 + (rows + body) ** 2).sqrt() - dice.uniform(0.15, 0.45)
    has_handle = dice.happens(HANDLE_SHARE)
    handle = ((dice.uniform(0.02, 0.08) - handle.abs()) * size / 3).clamp(0, 1) * has_handle
    alpha = torch.maximum(alpha, handle)
    alpha = alpha * ((1 - torch.maximum(rows.abs(), columns.abs())) * size / 2).clamp(0, 1)
    cells = F.interpolate(dice.field(3, 3, (6, 6), 3), (size, size), mode="nearest")
    pattern = cells * dice.uniform(0, 60) * dice.happens(0.4) + waves(dice, rows, columns) * dice.uniform(0, 40)
    colour = (dice.uniform(10, 245) + dice.normal(30, 3) + pattern).clamp(0, 255)
    return torch.cat((colour * alpha, alpha * 255), dim=1), has_handle


def tinted(colour: Tensor, dice: Dice) -> Tensor:
    """Other colours and contrast: some greyer, some of another hue; from 0 to 1.2 times 255."""
    grey = colour.mean(dim=1, keepdim=True)
    colour = grey + (colour - grey) * dice.uniform(0, 1.3)
    rolled = torch.where(dice.happens(0.3).bool(), colour.roll(1, dims=1), colour)
    gamma = dice.uniform(-0.5, 0.5).exp()
    return 255 * (rolled.clamp(0, 255) / 255) ** gamma * (1 + dice.normal(0.06, 3)).clamp(0.7, 1.2)


def random_light(dice: Dice, size_hw: tuple[int, int]) -> Tensor:
    """A factor for each pixel: slow differences, a lamp switched on or off, bands of a flickering lamp."""
    rows, columns = grid(size_hw, dice.device)
    weak = (dice.field(3, 4, size_hw) * dice.uniform(0, 0.06)).exp()
    angle = dice.uniform(0, 6.28)
    half = columns * angle.cos() + rows * angle.sin() + dice.uniform(-0.6, 0.6)
    spot = dice.uniform(0.2, 0.8) - ((columns - dice.normal(0.5)) ** 2 + (rows - dice.normal(0.5)) ** 2).sqrt()
    lit = torch.where(dice.happens(0.5).bool(), half, spot)
    lamp = torch.sigmoid(lit * dice.uniform(0.3, 4.4).exp())
    strength = dice.uniform(-0.8, 0.9) * dice.happens(LAMP_SHARE)
    band = torch.sin(rows * dice.uniform(2, 12) + dice.uniform(0, 6.28)) * dice.happens(BAND_SHARE)
    return weak * (strength * lamp).exp() * (1 + dice.uniform(0, 0.05) * band)


def cast_shadow(covered: Tensor, dice: Dice) -> Tensor:
    """The factor left by the soft shadow of what covers N x 1 x h x w."""
    height, width = covered.shape[-2:]
    rows, columns = grid((height, width), dice.device)
    x = columns - dice.normal(0.1)
    y = rows - dice.normal(0.1)
    coarse = F.avg_pool2d(covered, 4, ceil_mode=True)
    softer = F.avg_pool2d(F.pad(coarse, (2, 2, 2, 2), mode="replicate"), 5, 1)
    soft = torch.where(dice.happens(0.5).bool(), coarse, softer)
    soft = F.interpolate(soft, (height, width), mode="bilinear", align_corners=False)
    strength = dice.uniform(0, 0.6) * dice.happens(0.7) * (1 + dice.normal(0.05, 3))
    return 1 - (strength * sampled(soft, x, y)).clamp(0, 0.8)


def before_stick(scene: Tensor, dice: Dice) -> Tensor:
    """The scene, in some pictures behind a stick or a cable from edge to edge, which is no item."""
    height, width = scene.shape[-2:]
    rows, columns = grid((height, width), dice.device)
    angle = dice.uniform(0, 3.14)
    distance = (columns * width * angle.cos() + rows * height * angle.sin()) / 2 - dice.normal(25)
    covered = (dice.uniform(0.3, 3.0) - distance.abs() + 0.5).clamp(0, 1) * dice.happens(STICK_SHARE)
    return scene * (1 - covered) + (dice.uniform(5, 245) + dice.normal(50, 3)).clamp(0, 255) * covered


def stray_shadow(dice: Dice, size_hw: tuple[int, int]) -> Tensor:
    """The factor left by the shadow of something outside the picture."""
    edge = torch.sigmoid((dice.field(2, 3, size_hw) - dice.uniform(0, 1)) * dice.uniform(3, 20))
    return 1 - edge * dice.uniform(0, 0.5) * dice.happens(0.2)


def shifted(picture: Tensor, dice: Dice) -> Tensor:
    """Camera shake of a part of a pixel, and sometimes a bump."""
    height, width = picture.shape[-2:]
    rows, columns = grid((height, width), dice.device)
    bump = dice.happens(BUMP_SHARE)
    x = (dice.normal(0.25) + bump * dice.normal(3.0)) * 2 / width
    y = (dice.normal(0.25) + bump * dice.normal(3.0)) * 2 / height
    return sampled(picture, columns + x, rows + y)


def camera_response(scene: Tensor, dice: Dice, size_hw: tuple[int, int]) -> Tensor:
    """Tone curve, noise as it is left after scaling down, compression, clipping; uint8."""
    height, width = size_hw
    curve = dice.normal(0.05)  # the contrast that a camera adds or takes away
    level = scene.clamp(0, 255) / 255
    scene = scene + 255 * curve * (level - 0.5) * (1 - (2 * level - 1) ** 2)
    fine = torch.randn(scene.shape, generator=dice.generator, device=dice.device) * dice.uniform(-2.3, 1.4).exp()
    shape = len(scene), 3, height // 2, width // 2
    blocks = torch.randn(shape, generator=dice.generator, device=dice.device)
    coarse = F.interpolate(blocks, size_hw, mode="nearest") * dice.uniform(0, 1.5)
    return (scene + fine + coarse).clamp(0, 255).round().byte()


def mirrored(batch: Composites) -> Composites:
    """The same batch, left and right exchanged."""
    return Composites(batch.frame.flip(-1), batch.expected.flip(-1), batch.item.flip(-1), batch.cutout)
