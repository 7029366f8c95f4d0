"""Photographs of garments with their background cut away: a folder of RGBA pictures and a table of their owners.

The folder holds `train/CLASS_ID.webp` and `train.csv` with the columns `file`, `class_index` and `sender_id`. Owners
are split, not pictures: no owner's garments are both trained and validated on.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import torch

from fashioncam.errors import UserError
from fashioncam.messages import Image, Segment
from fashioncam.pipeline.garment_input import largest_within

from .fashion_mnist import CLASSES, Split

EDGE_PX = 128
VALIDATION_PERCENT = 12  # of the owners
MOST_REPEATS = 6  # shoes are few


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the table: the picture, its class, and an owner's name or number."""

    path: Path
    class_index: int
    owner: str


def read_table(folder: Path) -> list[Entry]:
    """The rows of `train.csv`; UserError where it is missing or not as expected."""
    try:
        with (folder / "train.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        entries = [Entry(folder / "train" / row["file"], int(row["class_index"]), row["sender_id"]) for row in rows]
        if not entries or not all(0 <= entry.class_index < len(CLASSES) for entry in entries):
            raise ValueError(f"no rows, or a class_index that is not from 0 to {len(CLASSES) - 1}")
        if not all(entry.owner for entry in entries):
            raise ValueError("a row without sender_id")
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:
        raise UserError(f"{folder}: not a folder of garment cutouts with a train.csv: {error}") from None
    return entries


def load_cutouts(folder: Path) -> tuple[Split, Split]:
    """The cutouts to train on and those to validate on.

    Raises:
        UserError: the folder is not there or not as expected.
    """
    entries = read_table(folder)
    held_out = torch.tensor([is_held_out(entry.owner) for entry in entries])
    classes = torch.tensor([entry.class_index for entry in entries])
    try:
        pictures = np.stack([read_cutout(entry.path) for entry in entries])
    except (OSError, ValueError) as error:
        raise UserError(f"{folder}: not a folder of garment cutouts with a train.csv: {error}") from None
    if held_out.all() or not held_out.any():
        raise UserError(f"{folder}: garments of so few owners cannot be split for training and validation")
    cutouts = torch.from_numpy(pictures).permute(0, 3, 1, 2)
    train, validation = (Split(cutouts[part], classes[part]) for part in (~held_out, held_out))
    return train, validation


def held_out_entries(folder: Path) -> list[Entry]:
    """The rows of the held-out owners; UserError as for `read_table`, or if there are none."""
    entries = [entry for entry in read_table(folder) if is_held_out(entry.owner)]
    if not entries:
        raise UserError(f"{folder}: garments of so few owners that none is held out")
    return entries


def oversampled(cutouts: Split) -> Split:
    """The cutouts, rare classes repeated up to `MOST_REPEATS` times, up to the commonest class's number."""
    counts = torch.bincount(cutouts.labels)
    repeats = (counts.max() / counts[cutouts.labels]).round().long().clamp(max=MOST_REPEATS)
    return Split(*(part.repeat_interleave(repeats, dim=0) for part in (cutouts.images, cutouts.labels)))


def is_held_out(owner: str) -> bool:
    """Whether an owner's garments are for validation; independent of the other owners."""
    return int(hashlib.sha256(owner.encode()).hexdigest(), 16) % 100 < VALIDATION_PERCENT


def own_segment(cutout: Image) -> Segment:
    """The segment of a cutout, h x w x 4 uint8: its own mask, cropped to the bounding box."""
    mask = cv2.compare(cutout[..., 3], 127, cv2.CMP_GT)
    x, y, w, h = cv2.boundingRect(mask)
    return Segment((x, y, w, h), mask[y : y + h, x : x + w])


def read_picture(path: Path) -> Image:
    """One cutout at its own size, h x w x 4 uint8: B, G, R, alpha; ValueError where nothing is on it."""
    with PIL.Image.open(path) as opened:
        picture = np.asarray(opened.convert("RGBA"))[..., [2, 1, 0, 3]]
    if picture[..., 3].max() <= 127:
        raise ValueError(f"{path.name} shows nothing")
    return np.ascontiguousarray(picture)


def read_cutout(path: Path) -> Image:
    """One cutout, 128 x 128 x 4 uint8: B, G, R times alpha, alpha; ValueError as for `read_picture`."""
    picture = read_picture(path)
    return filling_the_square(picture[..., :3], picture[..., 3])


def filling_the_square(colour: Image, mask: Image) -> Image:
    """Cut out and scaled so that the longest edge fills the square; 128 x 128 x 4 uint8, colours times alpha."""
    x, y, w, h = cv2.boundingRect(mask)
    rgba = np.dstack((colour * (mask[..., None] / 255.0), mask)).astype(np.float32)[y : y + h, x : x + w]
    size_wh = largest_within((w, h), (EDGE_PX, EDGE_PX))
    square = np.zeros((EDGE_PX, EDGE_PX, 4), np.uint8)
    left, top = (EDGE_PX - size_wh[0]) // 2, (EDGE_PX - size_wh[1]) // 2
    square[top : top + size_wh[1], left : left + size_wh[0]] = cv2.resize(
        rgba, size_wh, interpolation=cv2.INTER_AREA
    ).round()
    return square
