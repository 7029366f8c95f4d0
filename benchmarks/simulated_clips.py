"""Simulated webcam clips, made in memory: a photographed garment is held up before a photographed room.

    clips(folder, "hard", seed=31, per_class=3, size_wh=(640, 480))

The folder, called CLIPS in commands, has `cutouts/`, RGBA pictures named CLASS_ID, and `backgrounds/`, photographs of
empty rooms. It is not part of the project. Folder, level, seed and count give the same frames to the bit, each with its
true mask. How a frame is made: `webcam_simulation`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import cv2
import numpy as np

from fashioncam.errors import UserError
from fashioncam.messages import Box, Image
from training.data.fashion_mnist import CLASSES

from .webcam_simulation import FPS, LEVELS, SizeWH, simulate


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """One clip with its ground truth; all tuples have `CLIP_FRAMES` entries.

    Attributes:
        name: level, number in the series and class, as in the scored clips' file names.
        class_index: the garment's class, 0..9.
        size_wh: of the frames, pixels.
        jpegs: the frames as the camera compressed them.
        boxes: the item's x, y, width, height before the camera shook, or None where it is not in the picture.
        alphas: H x W uint8, how much of each pixel is item, 0..255, shaken like the frame; None where the box is.
        item_brightness_ratio: mean grey of the item over mean grey of the room that it hides, in one held frame
            before noise; NaN where the item is out of the picture.
    """

    name: str
    class_index: int
    level: str
    size_wh: SizeWH
    jpegs: tuple[bytes, ...]
    boxes: tuple[Box | None, ...]
    alphas: tuple[Image | None, ...]
    item_brightness_ratio: float

    def frames(self) -> Iterator[Image]:
        """H x W x 3 uint8, B G R, one after the other: as they leave the camera."""
        for jpeg in self.jpegs:
            frame_bgr = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
            assert frame_bgr is not None  # what OpenCV has encoded it decodes
            yield frame_bgr

    def recorded_frames(self) -> Iterator[Image]:
        """The frames as they are read from the scored .avi file, which OpenCV compresses a second time.

        Through a real file: FFmpeg's Motion-JPEG is coarser than a JPEG of quality 95 and shifts the colours by a
        level or two.
        """
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "clip.avi")
            writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"MJPG"), FPS, self.size_wh)
            for frame_bgr in self.frames():
                writer.write(frame_bgr)
            writer.release()
            video = cv2.VideoCapture(path)
            for _ in self.jpegs:
                frame_bgr = video.read()[1]
                if frame_bgr is None:
                    raise UserError("this build of OpenCV cannot write and read a Motion-JPEG .avi")
                yield frame_bgr
            video.release()


def clips(folder: Path, level: str, seed: int, per_class: int, size_wh: SizeWH) -> Iterator[Clip]:
    """Compose `per_class` clips of each class that the folder has cutouts of.

    Args:
        folder: has `cutouts/CLASS_*.png|webp` (B G R A) and `backgrounds/*.jpg|png`.
        level: a key of `LEVELS`.
        seed: of the series; it chooses the items, too.
        per_class: clips of each class, as far as there are items.
        size_wh: of the frames, pixels.

    Raises:
        UserError: a folder or a picture is missing, or not as expected.
    """
    rooms, cutouts = rooms_of(folder), labelled_cutouts(folder)
    numbers = count()
    for class_index in range(len(CLASSES)):
        items = [path for path, label in cutouts if label == class_index]
        order = np.random.default_rng((seed, class_index)).permutation(len(items))
        for chosen in order[:per_class]:
            number = next(numbers)
            rng = np.random.default_rng(100_000 * seed + number)
            photo_bgr = load_picture(rooms[int(rng.integers(len(rooms)))], channels=3)
            cutout = load_picture(items[chosen], channels=4)
            name = f"{level}-{number:03d}-{class_index}"
            footage = simulate(cutout, photo_bgr, LEVELS[level], rng, size_wh)
            yield Clip(name, class_index, level, size_wh, *footage)


def rooms_of(folder: Path) -> list[Path]:
    """The photographs of empty rooms; UserError where there are none."""
    return pictures_of(folder / "backgrounds", "*", (".jpg", ".png"))


def labelled_cutouts(folder: Path) -> list[tuple[Path, int]]:
    """The cutouts, which are named CLASS_ID, and their classes; UserError where there are none."""
    return [(path, int(path.name[0])) for path in pictures_of(folder / "cutouts", "[0-9]_*", (".png", ".webp"))]


def pictures_of(folder: Path, pattern: str, suffixes: tuple[str, ...]) -> list[Path]:
    """The folder's pictures, in order of their names; a `UserError` where there are none."""
    found = sorted(path for path in folder.glob(pattern) if path.suffix.lower() in suffixes)
    if not found:
        raise UserError(f"{folder}: no pictures ({', '.join(suffixes)}) named {pattern}; is it the right folder?")
    return found


def load_picture(path: Path, channels: int) -> Image:
    """H x W x channels uint8, B G R and perhaps alpha."""
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED if channels == 4 else cv2.IMREAD_COLOR)
    if picture is None or picture.shape[2:] != (channels,):
        raise UserError(f"{path}: not a picture with {channels} channels")
    return picture
