"""Garments that the user filed under their true class: `l` in the program's window writes them, see `runtime.captures`.

A capture is a folder CLASS/TIME with crop.png (B G R), mask.png (255 on the garment) and capture.json.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from fashioncam.errors import UserError
from fashioncam.messages import FloatArray, Image, InputDescription, Segment
from fashioncam.pipeline.garment_input import garment_input, scaled_size

from .data import Split
from .webcam_augmentation import CANVAS, FILLED, SHOES, Garments


@dataclass(frozen=True, slots=True)
class Captures:
    """Filed garments, N of them, in the order of their folders' names.

    Attributes:
        inputs: what the program makes of them, size x size uint8, with their labels.
        garments: the same at four times as many pixels, to be held up in other ways.
    """

    inputs: Split
    garments: Garments

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
    labels, inputs, canvases = [], [], []
    for place in places:
        try:
            label, crop_bgr, mask = read_capture(place)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(f"{place}: a damaged capture ({error}); delete this folder") from None
        if label not in classes:
            raise UserError(
                f"{place}: {label!r} is no class of this model; delete this folder, or give other --weights"
            )
        segment = Segment((0, 0, mask.shape[1], mask.shape[0]), mask)
        labels.append(classes.index(label))
        inputs.append(garment_input(crop_bgr, segment, description))
        canvases.append(on_canvas(crop_bgr, segment))
    bright, cover = torch.from_numpy(np.stack(canvases)).unsqueeze(2).unbind(1)
    wanted = torch.tensor(labels)
    is_shoe = torch.isin(wanted, torch.tensor(SHOES))[:, None, None, None]
    return Captures(Split(torch.from_numpy(np.stack(inputs))[:, None], wanted), Garments(bright, cover, is_shoe))


def read_capture(place: Path) -> tuple[str, Image, Image]:
    """Its true class, the crop h x w x 3 uint8 and the mask h x w uint8; ValueError where they do not fit."""
    label = json.loads((place / "capture.json").read_text(encoding="utf-8"))["label"]
    crop_bgr = read_png(place / "crop.png", cv2.IMREAD_COLOR)
    mask = read_png(place / "mask.png", cv2.IMREAD_GRAYSCALE)
    if mask.shape != crop_bgr.shape[:2] or not mask.any():
        raise ValueError("mask.png does not fit crop.png, or is empty")
    return label, crop_bgr, mask


def read_png(path: Path, flag: int) -> Image:
    """Read a picture, under names outside ASCII too; ValueError where it is none."""
    content = np.frombuffer(path.read_bytes(), np.uint8)
    picture = cv2.imdecode(content, flag) if len(content) else None
    if picture is None:
        raise ValueError(f"{path.name} is no picture")
    return picture


def on_canvas(crop_bgr: Image, segment: Segment) -> FloatArray:
    """Brightness and cover as in `Garments`, 2 x 56 x 56 float32; the garment in the middle."""
    width, height = scaled_size(segment.box, round(FILLED * CANVAS))
    covered = (segment.mask > 0).astype(np.float32)
    grey = cv2.cvtColor(crop_bgr, cv2.COLOR_BGR2GRAY).astype(np.float32) / 255
    left, top = (CANVAS - width) // 2, (CANVAS - height) // 2
    canvas = np.zeros((2, CANVAS, CANVAS), np.float32)
    for part, picture in enumerate((grey * covered, covered)):
        scaled = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        canvas[part, top : top + height, left : left + width] = scaled
    return canvas
