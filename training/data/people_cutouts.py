"""Photographs of people and of hands with their background cut away: folders of RGBA pictures.

People look at the camera; the picture ends below at the chest, the hips or lower. Hands have their wrist at the lower
edge. A tenth of the files, chosen by their names, is for validation. Files whose names begin with `bench_`, and hands
whose number ends in 0, are never read: clips to measure with are made from them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from fashioncam.errors import UserError
from fashioncam.messages import Image

from .cutouts import is_held_out, read_cutout, read_picture

PERSON_PX, HAND_PX = 160, 64
SUFFIXES = (".webp", ".png")


def load_people(folders: Sequence[Path]) -> tuple[Tensor, Tensor, Tensor]:
    """N x 4 x 160 x 160 uint8 as `read_person` has them; N float32, heads' heights; N bool, which are for validation.

    Raises:
        UserError: as `load_folders` does.
    """
    pictures, held_out = load_folders(folders, read_person, lambda path: path.stem.startswith("bench_"))
    widths = (pictures[:, 3] > 127).any(dim=1).sum(dim=1) / PERSON_PX
    # From hip to head a person is half as wide as tall, head and shoulders are as wide as tall.
    return pictures, (0.7 * widths**2).clamp(0.18, 0.65), held_out


def load_hands(folders: Sequence[Path]) -> tuple[Tensor, Tensor]:
    """M x 4 x 64 x 64 uint8 as `read_hand` has them, and which are for validation; UserError as `load_folders`."""
    return load_folders(folders, read_hand, lambda path: path.stem.startswith("hand_") and path.stem.endswith("0"))


def load_things(folders: Sequence[Path]) -> tuple[Tensor, Tensor]:
    """Cutouts of other things that are held up, as `read_cutout` has them; UserError as `load_folders` does."""
    return load_folders(folders, read_cutout, lambda path: False)


def load_folders(
    folders: Sequence[Path], read: Callable[[Path], Image], left_out: Callable[[Path], bool]
) -> tuple[Tensor, Tensor]:
    """The pictures of folders, N x 4 x h x w uint8, and which are for validation, N bool.

    Raises:
        UserError: a folder is missing, or too few pictures are in them to hold one out.
    """
    paths = [path for folder in folders for path in sorted(folder.glob("*")) if path.suffix in SUFFIXES]
    paths = [path for path in paths if not left_out(path)]
    held_out = torch.tensor([is_held_out(path.name) for path in paths], dtype=torch.bool)
    if held_out.all() or not held_out.any():
        raise UserError(f"{', '.join(map(str, folders))}: not a folder of many RGBA cutouts (.webp or .png)")
    try:
        pictures = np.stack([read(path) for path in paths])
    except (OSError, ValueError) as error:
        raise UserError(f"{folders[0]}: not a folder of RGBA cutouts: {error}") from None
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).contiguous(), held_out


def read_person(path: Path) -> Image:
    """A person as tall as the square, 160 x 160 x 4 uint8: B, G, R times alpha, alpha; ValueError for an empty one."""
    rgba = read_picture(path)
    rgba[..., 3] = cv2.erode(rgba[..., 3], np.ones((3, 3), np.uint8))  # a white rim is left of the studio's wall
    rgba = premultiplied(rgba)
    x, y, w, h = cv2.boundingRect(cv2.compare(rgba[..., 3], 127, cv2.CMP_GT))
    rgba = rgba[y : y + h, x : x + w]
    width = max(1, round(w * PERSON_PX / h))
    rgba = cv2.resize(rgba, (width, PERSON_PX), interpolation=cv2.INTER_AREA)
    return in_the_middle(rgba, PERSON_PX, width // 2)


def read_hand(path: Path) -> Image:
    """A hand with its wrist in the middle of the lower edge, 64 x 64 x 4 uint8: B, G, R times alpha, alpha."""
    rgba = premultiplied(read_picture(path))
    height = round(rgba.shape[0] * HAND_PX / max(rgba.shape[:2]))
    width = round(rgba.shape[1] * HAND_PX / max(rgba.shape[:2]))
    rgba = cv2.resize(rgba, (width, height), interpolation=cv2.INTER_AREA)
    used = np.flatnonzero(rgba[..., 3].max(axis=1) > 127)
    rgba = rgba[: used[-1] + 1]
    wrist = np.flatnonzero(rgba[-3:, :, 3].max(axis=0) > 127)
    return in_the_middle(rgba, HAND_PX, round(float(wrist.mean())))


def premultiplied(rgba: Image) -> Image:
    """Colours times alpha, which can be scaled down; h x w x 4 uint8."""
    colour = (rgba[..., :3] * (rgba[..., 3:] / 255.0)).round().astype(np.uint8)
    return np.dstack((colour, rgba[..., 3]))


def in_the_middle(rgba: Image, edge_px: int, column: int) -> Image:
    """The picture in a square, this column of it in the middle, its lower edge on the square's."""
    square = np.zeros((edge_px, edge_px, 4), np.uint8)
    first = edge_px // 2 - column
    left, right = max(0, first), min(edge_px, first + rgba.shape[1])
    square[edge_px - rgba.shape[0] :, left:right] = rgba[:, left - first : right - first]
    return square
