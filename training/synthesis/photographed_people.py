"""Photographed people behind or beside an item: before the camera, in the learned background, or gone from it.

All functions are pure and work on batches; all randomness comes from one generator. Colours are B G R. Places are
counted in heights of the picture: x from its middle column, y from its upper edge.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from training.augmentation.random_fields import Dice, grid, sampled

# Share of a batch's composites that may have a photographed person; the others are as without photographs.
PEOPLE_SHARE = 0.5
# Shares of those: the person came after the background was learned, is in both and has moved, or has gone.
CAME_SHARE, MOVED_SHARE, GONE_SHARE = 0.42, 0.36, 0.1
SECOND_PERSON_SHARE = 0.15
BESIDE_SHARE = 0.2  # the person is beside the item, not behind it
NOTHING_HELD_SHARE = 0.2


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
