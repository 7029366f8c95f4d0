"""A folder of pictures as a film."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np

from fashioncam.messages import Frame, Image

from .source import SourceError

PICTURE_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff"}
FOLDER_FPS = 10.0


class FolderSource:
    """The pictures of a folder by name, as if they were `FOLDER_FPS` frames a second of one film."""

    live = False
    fps = FOLDER_FPS

    def __init__(self, folder: Path) -> None:
        self.name = self.device = str(folder)
        try:
            files = [path for path in folder.iterdir() if path.is_file()]
        except OSError as error:
            raise SourceError(f"{folder} cannot be read ({error.strerror}); give another folder") from None
        # Hidden ones are no pictures: macOS leaves a file ._NAME.jpg beside each NAME.jpg on a stick.
        shown = (path for path in files if not path.name.startswith("."))
        self._paths = sorted(path for path in shown if path.suffix.lower() in PICTURE_SUFFIXES)
        if not self._paths:
            raise SourceError(f"{folder} holds no pictures ({', '.join(sorted(PICTURE_SUFFIXES))})")
        self.frame_count: int | None = len(self._paths)
        self._next_index = 0
        self._shape: tuple[int, ...] | None = None

    def read(self) -> Frame | None:
        if self._next_index == len(self._paths):
            return None
        index, self._next_index = self._next_index, self._next_index + 1
        path = self._paths[index]
        image_bgr = read_image(path)
        if image_bgr is None:
            raise SourceError(f"{path} is not a picture; take it out of the folder")
        self._shape = self._shape or image_bgr.shape
        if image_bgr.shape != self._shape:
            raise SourceError(f"{path} has another size than the first picture; all have to show one scene")
        return Frame(index, image_bgr, index / self.fps, time.perf_counter())

    def close(self) -> None:
        pass


def read_image(path: Path) -> Image | None:
    """H x W x 3 uint8, or None; under names outside ASCII too, which `cv2.imread` cannot open on Windows."""
    try:
        content = np.fromfile(path, np.uint8)
        return cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    except (OSError, cv2.error):  # the latter where it claims more than 2^30 pixels
        return None
