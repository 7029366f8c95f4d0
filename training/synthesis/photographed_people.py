"""Photographs of people and of hands round an item: before the camera, in the learned background, or gone from it.

All functions are pure and work on batches; all randomness comes from one generator. Colours are B G R. Places are
counted in heights of the picture: x from its middle column, y from its upper edge.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F

from training.augmentation.random_fields import Dice, grid, sampled

from .drawn.people import capsule, skin

# Share of a batch's composites that may have a photographed person; the others are as without photographs.
PEOPLE_SHARE = 0.5
# Shares of those: the person came after the background was learned, is in both and has moved, or has gone.
CAME_SHARE, MOVED_SHARE, GONE_SHARE = 0.42, 0.36, 0.1
SECOND_PERSON_SHARE = 0.15
BESIDE_SHARE = 0.2  # the person is beside the item, not behind it
NOTHING_HELD_SHARE = 0.2
LEFT_HAND_SHARE, RIGHT_HAND_SHARE = 0.75, 0.75
LONG_SLEEVE_SHARE = 0.65
OWN_SKIN_SHARE = 0.6  # hands of the face's colour; the others are of any tone


@dataclass(frozen=True, slots=True)
class People:
    """What people in composites are made from.

    Attributes:
        people: N x 4 x P x P uint8: B, G, R times alpha, alpha. The head is at the upper edge, the body reaches the
            lower one.
        heads: N float32, the head's height as a share of P.
        hands: M x 4 x H x H uint8, the same; the wrist is in the middle of the lower edge.
    """

    people: Tensor
    heads: Tensor
    hands: Tensor

    def to(self, device: torch.device) -> People:
        return People(self.people.to(device), self.heads.to(device), self.hands.to(device))


@dataclass(frozen=True, slots=True)
class Pose:
    """How people sit in the picture, N x 1 x 1 x 1 each: the head's middle column, crown and height; radians."""

    x: Tensor
    top: Tensor
    head: Tensor
    tilt: Tensor


@dataclass(frozen=True, slots=True)
class Crowd:
    """The people of N composites, the first K of which may have people.

    Attributes:
        learned, present: the room as it was learned and as it is, N x 3 x h x w float32.
        empty_handed: N x 1 x 1 x 1, 1 where nothing is held.
        pose: of the first person, of K; where nobody is seen, of someone below the picture.
        cloth, face: pieces of what that person wears and of the face, K x 3 x C x C float32.
    """

    learned: Tensor
    present: Tensor
    empty_handed: Tensor
    pose: Pose | None = None
    cloth: Tensor | None = None
    face: Tensor | None = None


def random_crowd(people: People | None, rooms: Tensor, items: Tensor, generator: torch.Generator) -> Crowd:
    """People behind or beside the items, which are N x 1 x h x w in 0..1, in rooms of N x 3 x h x w."""
    empty_handed = torch.zeros_like(items[:, :, :1, :1])
    count = round(PEOPLE_SHARE * len(rooms)) if people else 0
    if people is None or count == 0:
        return Crowd(rooms, rooms, empty_handed)
    dice, item = Dice(count, generator), items[:count]
    learned = present = rooms[:count]
    for share in (SECOND_PERSON_SHARE, 1.0):
        kind = dice.uniform(0, 1)
        came, moved = kind < CAME_SHARE, (kind >= CAME_SHARE) & (kind < CAME_SHARE + MOVED_SHARE)
        gone = (kind >= CAME_SHARE + MOVED_SHARE) & (kind < CAME_SHARE + MOVED_SHARE + GONE_SHARE)
        there = dice.happens(share)
        # By their heads: else photographs of head and shoulders, which are few, would come too seldom.
        chosen = torch.multinomial(people.heads, count, replacement=True, generator=generator)
        picture = in_other_light(people.people[chosen].float(), dice)
        head = people.heads[chosen].view(-1, 1, 1, 1)
        pose = random_pose(item, dice)
        learned = before_person(learned, picture, head, moved_a_little(pose, dice), (moved | gone) * there)
        seen = (came | moved) * there
        present = before_person(present, picture, head, pose, seen)
    pose = replace(pose, top=pose.top + 2 * (1 - seen))
    empty_handed = in_place_of_first(empty_handed, dice.happens(NOTHING_HELD_SHARE))
    learned, present = in_place_of_first(rooms, learned), in_place_of_first(rooms, present)
    cloth = piece(picture, (1.8 * head).clamp(max=0.93), 0.25 * head.clamp(max=0.4))
    face = piece(picture, 0.6 * head, 0.12 * head)
    return Crowd(learned, present, empty_handed, pose, cloth, face)


def in_place_of_first(batch: Tensor, first: Tensor) -> Tensor:
    """The batch, its first pictures replaced by these."""
    return torch.cat((first, batch[len(first) :]))


def random_pose(item: Tensor, dice: Dice) -> Pose:
    """Near the item's column, or beside it."""
    height, width = item.shape[-2:]
    _, columns = grid((height, width), dice.device)
    middle = (item * columns).sum(dim=(1, 2, 3), keepdim=True) / item.sum(dim=(1, 2, 3), keepdim=True).clamp(min=1)
    head = 0.1 * dice.uniform(0, 2.1).exp()  # most often 0.15 to 0.5, as before a laptop; up to 0.8
    beside = dice.happens(BESIDE_SHARE) * dice.uniform(0.35, 0.9) * (1 - 2 * dice.happens(0.5))
    x = 0.5 * middle * width / height + dice.normal(0.12) + beside
    return Pose(x, dice.uniform(-0.06, 0.3) - 0.2 * (head - 0.25), head, dice.normal(0.06))


def moved_a_little(pose: Pose, dice: Dice) -> Pose:
    """The same person some time earlier: most sway, some have moved to another place, some have not moved."""
    far = 1 + 4 * dice.happens(0.25)
    much = far * dice.happens(0.9)
    return Pose(
        pose.x + dice.normal(0.025) * much,
        pose.top + dice.normal(0.012) * much,
        pose.head * (dice.normal(0.02) * much).exp(),
        pose.tilt + dice.normal(0.015) * much,
    )


def in_other_light(picture: Tensor, dice: Dice) -> Tensor:
    """Premultiplied pictures, some mirrored, darker or brighter, of another tint; N x 4 x P x P float32."""
    picture = torch.where(dice.happens(0.5).bool(), picture.flip(-1), picture)
    alpha = picture[:, 3:].clamp(min=1) / 255
    colour = (picture[:, :3] / alpha / 255).clamp(0, 1) ** dice.uniform(-0.35, 0.5).exp()
    grey = colour.mean(dim=1, keepdim=True)
    colour = (grey + (colour - grey) * dice.uniform(0.5, 1.2)) * dice.uniform(0.55, 1.2) * (1 + dice.normal(0.06, 3))
    return torch.cat((255 * colour.clamp(0, 1.2) * alpha, picture[:, 3:]), dim=1)


def before_person(scene: Tensor, picture: Tensor, head_share: Tensor, pose: Pose, present: Tensor) -> Tensor:
    """The scene with the person in it, where `present`; the body goes on to the lower edge."""
    height, width = scene.shape[-2:]
    rows, columns = grid((height, width), scene.device)
    side = pose.head / head_share
    x, y = columns * width / height / 2 - pose.x, (rows + 1) / 2 - 1
    across = x * pose.tilt.cos() - y * pose.tilt.sin()
    down = x * pose.tilt.sin() + y * pose.tilt.cos() + 1 - pose.top
    below = (down - side).clamp(min=0)  # shoulders widen to the elbows where the photograph ends
    u = 2 * across / (side + 0.5 * below.clamp(max=0.3))
    v = (2 * down / side - 1).clamp(max=0.97)
    placed = sampled(picture, u, v, padding="zeros")
    cover = placed[:, 3:] / 255 * present
    return scene * (1 - cover) + placed[:, :3] * present


def piece(picture: Tensor, middle: Tensor, reach: Tensor, size: int = 24) -> Tensor:
    """What is seen of the person around this height, both in 0..1 of the picture's; N x 3 x size x size float32."""
    rows, columns = grid((size, size), picture.device)
    cut = sampled(picture, columns * 1.5 * reach, 2 * (middle + rows * reach).clamp(max=0.99) - 1)
    return cut[:, :3] / (cut[:, 3:] / 255).clamp(min=0.3)


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
    lower, t = capsule(limb.x, limb.y, wrist, elbow, thick, thick * dice.uniform(1.15, 1.6))
    upper, _ = capsule(limb.x, limb.y, elbow, (end_x, end_y), thick * 1.4, thick * dice.uniform(1.5, 2.2))
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
