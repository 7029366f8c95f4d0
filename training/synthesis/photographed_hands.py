"""Photographed hands that hold an item at its edges, or gesture, with drawn forearms: batches, B G R, one generator."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from training.augmentation.random_fields import Dice, grid, sampled
from training.synthesis.photographed_people import Crowd, People, Pose, in_place_of_first

from .drawn.people import limb as limb_cover
from .drawn.people import skin

LEFT_HAND_SHARE, RIGHT_HAND_SHARE = 0.75, 0.75
LONG_SLEEVE_SHARE = 0.65
OWN_SKIN_SHARE = 0.6  # hands of the face's colour; the others are of any tone


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose arms they are, for each of K pictures: place, clothes, B G R of the skin, size of a hand's picture."""

    pose: Pose
    cloth: Tensor
    skin: Tensor
    hand_size: Tensor
    long_sleeve: Tensor


@dataclass(frozen=True, slots=True)
class Limb:
    """Where an arm lies: places relative to the grip, the direction to the elbow, both in the picture's heights.

    Attributes:
        x, y: of each pixel.
        turn: from straight down, radians.
        deep: how far the hand reaches beyond the grip, in units.
        unit: half of the edge of the hand's picture.
    """

    x: Tensor
    y: Tensor
    turn: Tensor
    deep: Tensor
    unit: Tensor

    @property
    def across(self) -> Tensor:
        """Columns of the hand's picture, -1..1 inside it."""
        return (self.x * self.turn.cos() - self.y * self.turn.sin()) / self.unit

    @property
    def along(self) -> Tensor:
        """Rows of the hand's picture, from the fingers to the elbow."""
        return (self.x * self.turn.sin() + self.y * self.turn.cos()) / self.unit - self.deep

    def at(self, row: float | Tensor) -> tuple[Tensor, Tensor]:
        """A place on the arm's axis."""
        far = self.unit * (self.deep + row)
        return self.turn.sin() * far, self.turn.cos() * far


Arms = tuple[Tensor, Tensor, Tensor]  # as `random_arms` returns them


def with_hands(people: People | None, crowd: Crowd, items: Tensor, arms: Arms, generator: torch.Generator) -> Arms:
    """The arms of N composites, those of the crowd with photographed hands in place of theirs."""
    if people is None or crowd.pose is None or crowd.cloth is None or crowd.face is None:
        return arms
    count = len(crowd.cloth)
    dice = Dice(count, generator)
    tone = torch.where(dice.happens(OWN_SKIN_SHARE).bool(), crowd.face.mean(dim=(2, 3), keepdim=True), skin(dice))
    size = (crowd.pose.head * dice.uniform(0.4, 1.5)).clamp(0.13, 0.5)
    owner = Owner(crowd.pose, crowd.cloth, tone, size, dice.happens(LONG_SLEEVE_SHARE))
    hands = random_hands(people.hands, owner, items[:count], dice)
    colour, behind, before = map(in_place_of_first, arms, hands)
    return colour, behind, before


def random_hands(hands: Tensor, owner: Owner, item: Tensor, dice: Dice) -> Arms:
    """Photographed hands that hold the item at its edges, or gesture where there is none, with drawn forearms.

    Returns:
        As `random_arms`: colours N x 3 x h x w; what they cover behind the item, and before it, N x 1 x h x w each.
    """
    colour = torch.zeros_like(item.expand(-1, 3, -1, -1))
    behind, before = torch.zeros_like(item), torch.zeros_like(item)
    for side, share in ((-1, LEFT_HAND_SHARE), (1, RIGHT_HAND_SHARE)):
        hand = toned(dice.choice(hands).float(), owner.skin, dice)
        limb_colour, cover, front = random_limb(hand, item, owner, side, dice)
        present = dice.happens(share)
        cover = cover * present
        colour = colour * (1 - cover) + limb_colour * cover
        behind = torch.maximum(behind, cover)
        before = before * (1 - cover) + front * present
    return colour.clamp(0, 255), behind, before


def toned(hand: Tensor, tone: Tensor, dice: Dice) -> Tensor:
    """Hands in another tone of skin, N x 3 x 1 x 1, folds and nails kept; some mirrored; N x 4 x H x H."""
    hand = torch.where(dice.happens(0.5).bool(), hand.flip(-1), hand)
    mean = hand[:, :3].sum(dim=(2, 3), keepdim=True) / (hand[:, 3:].sum(dim=(2, 3), keepdim=True) / 255).clamp(min=1)
    return torch.cat(((hand[:, :3] * tone / mean.clamp(min=1)).minimum(hand[:, 3:]), hand[:, 3:]), dim=1)


def random_limb(hand: Tensor, item: Tensor, owner: Owner, side: int, dice: Dice) -> Arms:
    """One arm: its colours, what it covers, and which part of that is before the item."""
    height, width = item.shape[-2:]
    rows, columns = grid((height, width), dice.device)
    grip_x, grip_y = edge_points(item, side, dice)
    turn = side * dice.uniform(-0.3, 1.0) + dice.normal(0.15) + dice.happens(0.08) * dice.uniform(-3.1, 3.1)
    limb = Limb(
        columns * width / height / 2 - grip_x,
        (rows + 1) / 2 - grip_y,
        turn,
        dice.uniform(-0.25, 0.35),  # how far the fingers reach over the edge
        owner.hand_size / 2,
    )
    u, v = limb.across, limb.along
    placed = sampled(hand, u, v, padding="zeros")
    alpha = placed[:, 3:] / 255
    shoulder = owner.pose.x + side * 0.8 * owner.pose.head - grip_x, owner.pose.top + 1.6 * owner.pose.head - grip_y
    colour, arm, sleeve = random_arm(limb, shoulder, owner, dice)
    colour = colour * (1 - alpha * (1 - sleeve)) + placed[:, :3] * (1 - sleeve)
    fingers = alpha * torch.sigmoid((dice.uniform(0.25, 0.6) - (u**2 + (v + limb.deep) ** 2).sqrt()) * 8)
    how = dice.uniform(0, 1)  # the whole arm, the whole hand, the fingers or nothing is before the item
    cover = torch.maximum(alpha, arm)
    front = torch.where(how < 0.12, cover, torch.where(how < 0.4, alpha, fingers * (how < 0.85)))
    return colour, cover, front


def random_arm(limb: Limb, shoulder: tuple[Tensor, Tensor], owner: Owner, dice: Dice) -> Arms:
    """A forearm and an upper arm: their colours, what they cover, and what of that is sleeve."""
    wrist, elbow = limb.at(0.93), limb.at(1 + dice.uniform(1.3, 2.4))
    thick = owner.hand_size * dice.uniform(0.11, 0.14) * (1 + 0.25 * owner.long_sleeve)
    bend = limb.turn + dice.normal(0.5)
    out_of_picture = elbow[0] + 2 * bend.sin(), elbow[1] + 2 * bend.cos()
    to_shoulder = dice.happens(0.5)
    end_x, end_y = (a * to_shoulder + b * (1 - to_shoulder) for a, b in zip(shoulder, out_of_picture, strict=True))
    lower, t = limb_cover(limb.x, limb.y, wrist, elbow, thick, thick * dice.uniform(1.15, 1.6))
    upper, _ = limb_cover(limb.x, limb.y, elbow, (end_x, end_y), thick * 1.4, thick * dice.uniform(1.5, 2.2))
    starts = owner.long_sleeve * dice.uniform(-0.6, 0.5) + (1 - owner.long_sleeve) * dice.uniform(0.6, 1.5)
    sleeve = torch.maximum(upper * (t > 0.99), (t > starts) * lower)
    cloth = sampled(owner.cloth, limb.across * 0.8, limb.along * 0.4) * dice.uniform(0.75, 1.1)
    round_shade = 1.05 - 0.3 * (limb.across * limb.unit / (2.2 * thick)).abs().clamp(max=1) ** 2
    colour = (cloth * sleeve + owner.skin * dice.uniform(0.85, 1.05) * (1 - sleeve)) * round_shade
    return colour, torch.maximum(lower, upper), sleeve


def edge_points(item: Tensor, side: int, dice: Dice) -> tuple[Tensor, Tensor]:
    """A point on the left (-1) or right (1) edge of each item; somewhere near the middle where there is no item."""
    height, width = item.shape[-2:]
    rows, columns = grid((height, width), dice.device)
    edge = item * (1 - F.avg_pool2d(item, 5, 1, 2)) * (item > 0.5)
    pixels = item.sum(dim=(1, 2, 3), keepdim=True).clamp(min=1)
    middle = (item * columns).sum(dim=(1, 2, 3), keepdim=True) / pixels
    anywhere = torch.exp(-4 * (columns - 0.3 * side) ** 2 - 3 * (rows - 0.2) ** 2)
    weight = edge * torch.exp((columns - middle) * side * 6 - rows * dice.uniform(-2, 4)) + 1e-6 * anywhere
    pixel = torch.multinomial(weight.flatten(1), 1, generator=dice.generator).view(-1, 1, 1, 1)
    column, row = (pixel % width).float() + 0.5, (pixel // width).float() + 0.5
    return (column - width / 2) / height, row / height
