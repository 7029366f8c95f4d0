"""Garments that the user filed under their true class, with the key L in the program's window.

A capture is a folder CLASS/TIME with crop.png (B G R), mask.png (255 on the garment) and capture.json; the program's
`runtime.storage.captures` writes it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from fashioncam.errors import UserError
from fashioncam.messages import Image, InputDescription, Segment
from fashioncam.pipeline.garment_input import garment_input

from .cutouts import filling_the_square
from .fashion_mnist import Split


@dataclass(frozen=True, slots=True)
class Captures:
    """Filed garments, N of them, in the order of their folders' names.

    Attributes:
        inputs: what the program makes of them, size x size uint8, with their labels.
        cutouts: the same, N x 4 x 128 x 128 (B, G, R times alpha, alpha), to be held up in other ways.
    """

    inputs: Split
    cutouts: Split

    def __len__(self) -> int:
        return len(self.inputs)


def load_captures(folder: Path, classes: tuple[str, ...], description: InputDescription) -> Captures:
    """Read all captures of a folder.

    Args:
        classes: labels of the model that is to learn from them.
        description: how that model's input is made.

    Raises:
        UserError: there is no such folder, no capture in it, or one that is damaged or of an unknown class.
    """
    if not folder.is_dir():
        raise UserError(f"{folder}: no such folder; file garments with the key L in fashioncam's window first")
    places = sorted(about.parent for about in folder.glob("*/*/capture.json"))
    if not places:
        raise UserError(f"{folder}: no captures in it; file garments with the key L in fashioncam's window first")
    labels, inputs, cutouts = [], [], []
    for place in places:
        try:
            label, crop_bgr, mask = read_garment(place)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(f"{place}: a damaged capture ({error}); delete this folder") from None
        if label not in classes:
            raise UserError(
                f"{place}: {label!r} is no class of this model; delete this folder, or take another model (--weights)"
            )
        segment = Segment((0, 0, mask.shape[1], mask.shape[0]), mask)
        labels.append(classes.index(label))
        inputs.append(garment_input(crop_bgr, segment, description))
        cutouts.append(filling_the_square(crop_bgr, mask))
    wanted = torch.tensor(labels)
    pictures = torch.from_numpy(np.stack(cutouts)).permute(0, 3, 1, 2)
    return Captures(Split(torch.from_numpy(np.stack(inputs))[:, None], wanted), Split(pictures, wanted))


def read_garment(place: Path) -> tuple[str, Image, Image]:
    """A capture's class, crop h x w x 3 uint8 and mask h x w uint8; ValueError if they do not fit together."""
    label = json.loads((place / "capture.json").read_text(encoding="utf-8"))["label"]
    crop_bgr = read_png(place / "crop.png", cv2.IMREAD_COLOR)
    mask = read_png(place / "mask.png", cv2.IMREAD_GRAYSCALE)
    if mask.shape != crop_bgr.shape[:2] or not mask.any():
        raise ValueError("mask.png does not fit crop.png, or is empty")
    return label, crop_bgr, mask


def read_png(path: Path, flag: int) -> Image:
    """Read a picture, also under a name outside ASCII; ValueError if it is none."""
    content = np.frombuffer(path.read_bytes(), np.uint8)
    picture = cv2.imdecode(content, flag) if len(content) else None
    if picture is None:
        raise ValueError(f"{path.name} is no picture")
    return picture
