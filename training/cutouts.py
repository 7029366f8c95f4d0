"""Photographs of garments with their background cut away: a folder of RGBA pictures and a table of their owners.

The folder holds `train/CLASS_ID.webp` and `train.csv` with the columns `file`, `class_index` and `sender_id`. Owners,
not pictures, are split: whose garments are validated on has none in the training.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from fashioncam.errors import UserError

from .data import CLASSES

EDGE_PX = 128
VALIDATION_PERCENT = 12  # of the owners
MOST_REPEATS = 6  # shoes are few


@dataclass(frozen=True, slots=True)
class Cutouts:
    """Garments without their background.

    Attributes:
        pictures: N x 4 x 128 x 128 uint8: B, G, R times alpha, alpha; centred.
        labels: N int64.
    """

    pictures: Tensor
    labels: Tensor


def load_cutouts(folder: Path) -> tuple[Cutouts, Cutouts]:
    """The cutouts to train on and those to validate on.

    Raises:
        UserError: the folder is not there or not as expected.
    """
    try:
        with (folder / "train.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        held_out = torch.tensor([is_held_out(row["sender_id"]) for row in rows])
        classes = torch.tensor([int(row["class_index"]) for row in rows])
        if not ((classes >= 0) & (classes < len(CLASSES))).all():
            raise ValueError(f"class_index has to be from 0 to {len(CLASSES) - 1}")
        pictures = np.stack([read_cutout(folder / "train" / row["file"]) for row in rows])
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(f"{folder}: not a folder of garment cutouts with a train.csv: {error}") from None
    if held_out.all() or not held_out.any():
        raise UserError(f"{folder}: garments of so few owners cannot be split for training and validation")
    cutouts = torch.from_numpy(pictures).permute(0, 3, 1, 2)
    train, validation = (Cutouts(cutouts[part], classes[part]) for part in (~held_out, held_out))
    return train, validation


def balanced(cutouts: Cutouts) -> Cutouts:
    """The cutouts, those of rare classes several times: up to `MOST_REPEATS`, up to the commonest class's number."""
    counts = torch.bincount(cutouts.labels)
    repeats = (counts.max() / counts[cutouts.labels]).round().long().clamp(max=MOST_REPEATS)
    return Cutouts(*(part.repeat_interleave(repeats, dim=0) for part in (cutouts.pictures, cutouts.labels)))


def is_held_out(owner: str) -> bool:
    """Whether an owner's garments are for validation; does not change when others come or go."""
    return int(hashlib.sha256(owner.encode()).hexdigest(), 16) % 100 < VALIDATION_PERCENT


def read_cutout(path: Path) -> np.ndarray:
    """One cutout, its longest edge scaled to `EDGE_PX`, centred: S x S x 4 uint8."""
    with Image.open(path) as opened:
        image = opened.convert("RGBA")
    scale = EDGE_PX / max(image.size)
    size_wh = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    # Colours times alpha before scaling, or what was cut away bleeds into the edges.
    rgba = np.asarray(image, np.float32)
    rgba[..., :3] *= rgba[..., 3:] / 255
    resample = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    bands = [Image.fromarray(rgba[..., band]).resize(size_wh, resample) for band in (2, 1, 0, 3)]
    square = np.zeros((EDGE_PX, EDGE_PX, 4), np.uint8)
    top, left = (EDGE_PX - size_wh[1]) // 2, (EDGE_PX - size_wh[0]) // 2
    scaled = np.stack([np.asarray(band) for band in bands], axis=2)
    square[top : top + size_wh[1], left : left + size_wh[0]] = np.clip(scaled, 0, 255)
    return square
