"""Garments filed under their true class: one folder each, for people to look at and for a model to learn from."""

from __future__ import annotations

import json
import re
import shutil
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np

from fashioncam.errors import UserError
from fashioncam.messages import Capture, Frame, Image, Reading

from .recorder import as_json

ABOUT = "capture.json"


def file_capture(folder: Path, frame: Frame, reading: Reading, label: str, index: int, taken: datetime) -> Capture:
    """Write a capture to `folder`/CLASS/TIME.

    crop.png is the item's box in the frame at full resolution (B G R), mask.png its mask (255 on the item), input.png
    what the model saw, and capture.json says the rest.

    Args:
        frame, reading: a frame with an item in it, and what was said of that very frame.
        label, index: the true class.
        taken: local time.

    Raises:
        UserError: the folder cannot be written to.
    """
    assert reading.segment is not None and reading.input_grey is not None
    x, y, w, h = reading.segment.box
    kind = re.sub(r"[^\w -]+", "-", label).strip() or "-"  # what every system takes as a folder's name
    place = folder / kind / f"{taken:%Y-%m-%d_%H-%M-%S-%f}"
    about = {"label": label, "index": index, "taken": taken.isoformat(), "reading": as_json(reading)}
    try:
        place.mkdir(parents=True)
        write_png(place / "crop.png", frame.image_bgr[y : y + h, x : x + w])
        write_png(place / "mask.png", reading.segment.mask)
        write_png(place / "input.png", reading.input_grey)
        (place / ABOUT).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")  # last: now it is complete
    except OSError as error:
        shutil.rmtree(place, ignore_errors=True)
        raise UserError(f"{place}: {error.strerror}; free some space, or make the folder writable") from None
    return load_capture(place)


def list_captures(folder: Path) -> list[Capture]:
    """All complete captures in a folder, the newest first."""
    captures = []
    for about in folder.glob(f"*/*/{ABOUT}"):
        try:
            captures.append(load_capture(about.parent))
        except (OSError, ValueError, KeyError, IndexError, TypeError):
            continue  # written by somebody else
    return sorted(captures, key=lambda capture: capture.taken, reverse=True)


def load_capture(place: Path) -> Capture:
    about = json.loads((place / ABOUT).read_text(encoding="utf-8"))
    datetime.fromisoformat(about["taken"])
    top5 = about["reading"]["top5"]
    return Capture(place, about["label"], top5[0]["label"] if top5 else "", about["taken"])


def delete_capture(capture: Capture) -> None:
    """Delete a capture, and its class's folder with the last one.

    Raises:
        UserError: it cannot be deleted.
    """
    try:
        shutil.rmtree(capture.folder)
        if not any(capture.folder.parent.iterdir()):
            capture.folder.parent.rmdir()
    except OSError as error:
        raise UserError(f"{capture.folder} cannot be deleted: {error.strerror}") from None


def write_png(path: Path, image: Image) -> None:
    """Write a picture (B G R or grey), under names outside ASCII too, which `cv2.imwrite` fails at on Windows."""
    path.write_bytes(cv2.imencode(".png", np.ascontiguousarray(image))[1].tobytes())
