"""People as a webcam sees them round an item: forearms, hands, a torso with a head. B, G, R; pure; batches."""

from __future__ import annotations

import torch
from torch import Tensor

from training.augmentation.random_fields import Dice, grid, waves

ARM_SHARE = 0.55
SECOND_ARM_SHARE = 0.25
SLEEVE_SHARE = 0.4
BODY_SHARE = 0.15


def before_body(scene: Tensor, dice: Dice) -> Tensor:
    """The scene, in some pictures with a person in it: a torso that reaches the lower edge, and a head."""
    rows, columns = grid(scene.shape[-2:], dice.device)
    x = (columns - dice.normal(0.5)) * scene.shape[-1] / scene.shape[-2]
    shoulders, wide = dice.uniform(-0.6, 0.7), dice.uniform(0.35, 0.8)
    torso = torch.minimum((rows - shoulders - 0.3 * (x / wide) ** 4) * 20, (wide - x.abs()) * 20).clamp(0, 1)
    radius = wide * dice.uniform(0.3, 0.45)
    head = ((1 - (x / radius) ** 2 - ((rows - shoulders + radius * 1.1) / radius / 1.25) ** 2) * 8).clamp(0, 1)
    cloth = dice.uniform(10, 245) + dice.normal(25, 3) + waves(dice, rows, columns) * dice.uniform(0, 40)
    shade = 1 + 0.25 * dice.field(3, 4, scene.shape[-2:])
    present = dice.happens(BODY_SHARE)
    scene = scene * (1 - torso * present) + (cloth * shade).clamp(0, 255) * torso * present
    return scene * (1 - head * present) + (skin(dice) * shade).clamp(0, 255) * head * present


def skin(dice: Dice) -> Tensor:
    """Skin of all shades, N x 3 x 1 x 1: B, G, R."""
    brightness = dice.uniform(50, 235)
    return brightness * torch.cat((dice.uniform(0.4, 0.8), dice.uniform(0.58, 0.85), dice.uniform(0.95, 1.05)), dim=1)


def random_arms(item: Tensor, dice: Dice) -> tuple[Tensor, Tensor, Tensor]:
    """Forearms that reach in from outside the picture, to the item where there is one.

    Returns:
        The arm's colours N x 3 x h x w; what the arm covers behind the item, and what the fingers cover before it,
        N x 1 x h x w each.
    """
    height, width = item.shape[-2:]
    rows, columns = grid((height, width), dice.device)
    aspect = width / height
    x = columns * aspect
    arm, hand, along = torch.zeros_like(item), torch.zeros_like(item), torch.zeros_like(item)
    for share in (ARM_SHARE, SECOND_ARM_SHARE):
        grip_x, grip_y = grip_points(item, dice)
        turn = 1.57 + dice.normal(0.7) + 3.14 * dice.happens(0.12)
        elbow_x, elbow_y = grip_x + dice.uniform(0.5, 1) * turn.cos(), grip_y + dice.uniform(0.5, 1) * turn.sin()
        turn = turn + dice.normal(0.4)
        end_x, end_y = elbow_x + 4 * turn.cos(), elbow_y + 4 * turn.sin()
        thin = dice.uniform(0.045, 0.1)
        lower, t = limb(x, rows, (grip_x, grip_y), (elbow_x, elbow_y), thin, thin * dice.uniform(1.1, 1.8))
        upper, _ = limb(x, rows, (elbow_x, elbow_y), (end_x, end_y), thin * 1.5, thin * dice.uniform(1.5, 2.5))
        palm = ((1 - ((x - grip_x) ** 2 + (rows - grip_y) ** 2).sqrt() / (thin * dice.uniform(1.0, 1.7))) * 6).clamp(
            0, 1
        )
        present = dice.happens(share)
        arm = torch.maximum(arm, torch.maximum(torch.maximum(lower, upper), palm) * present)
        along = torch.maximum(along, torch.maximum(t * lower, upper) * present)
        hand = torch.maximum(hand, fingers(x, rows, (grip_x, grip_y), thin, dice) * present * dice.happens(0.5))
    shade = 1 + 0.15 * dice.field(4, 5, (height, width))
    cloth = dice.uniform(10, 245) + dice.normal(25, 3) + waves(dice, rows, columns) * dice.uniform(0, 30)
    sleeve = dice.happens(SLEEVE_SHARE) * (along > dice.uniform(0.1, 1.0)).float()
    colour = (skin(dice) * (1 - sleeve) + cloth * sleeve) * shade
    return colour.clamp(0, 255), arm, hand


def grip_points(item: Tensor, dice: Dice) -> tuple[Tensor, Tensor]:
    """A place on the item for each picture, nearer its lower end; anywhere where there is no item."""
    height, width = item.shape[-2:]
    rows, _ = grid((height, width), dice.device)
    weight = (item > 0.5) * torch.exp(rows * dice.uniform(-3, 6)) + 1e-9
    pixel = torch.multinomial(weight.flatten(1), 1, generator=dice.generator).view(-1, 1, 1, 1)
    column, row = (pixel % width).float(), (pixel // width).float()
    return (column / width * 2 - 1) * width / height, row / height * 2 - 1


def fingers(x: Tensor, y: Tensor, grip: tuple[Tensor, Tensor], thin: Tensor, dice: Dice) -> Tensor:
    """A thumb and some fingers laid over the item."""
    covered = torch.zeros_like(x * grip[0])
    direction = dice.uniform(0, 6.28)
    for index in range(4):
        turn = direction + (index - 1.5) * 0.35 + dice.normal(0.1)
        length = thin * dice.uniform(1.0, 2.2)
        start = (
            grip[0] + thin * 0.5 * (index - 1.5) * direction.sin(),
            grip[1] - thin * 0.5 * (index - 1.5) * direction.cos(),
        )
        tip = start[0] + length * turn.cos(), start[1] + length * turn.sin()
        covered = torch.maximum(covered, limb(x, y, start, tip, thin * 0.22, thin * 0.3)[0])
    return covered


def limb(
    x: Tensor, y: Tensor, start: tuple[Tensor, Tensor], end: tuple[Tensor, Tensor], first: Tensor, last: Tensor
) -> tuple[Tensor, Tensor]:
    """What a limb of radius `first` at its start and `last` at its end covers, and how far along each pixel is."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    t = (((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy + 1e-6)).clamp(0, 1)
    distance = ((x - start[0] - t * dx) ** 2 + (y - start[1] - t * dy) ** 2).sqrt()
    radius = first + (last - first) * t
    return ((radius - distance) * x.shape[-1] / 3 + 0.5).clamp(0, 1), t
