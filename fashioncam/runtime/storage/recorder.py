"""Writes the predictions as JSON Lines, and the annotated picture as a video."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from fashioncam import resources
from fashioncam.errors import UserError
from fashioncam.messages import DisplayStyle, Frame, Image, Reading
from fashioncam.pipeline.explanation.overlay import DEFAULT_STYLE, annotate
from fashioncam.pipeline.garment_input import largest_within
from fashioncam.runtime.loading import weights_path
from fashioncam.settings import DEMO, Settings

# File name ending -> codec; what OpenCV's own FFmpeg can write everywhere.
CODECS = {".mp4": "mp4v", ".avi": "MJPG", ".webm": "VP90"}
LEAST_FREE_BYTES = 64 << 20  # with more a film can still be closed; OpenCV itself does not say that a disk is full
CHECKED_EVERY = 30  # pictures
LONGEST_GAP_S = 2.0  # to fill it takes half a second of the inference thread at 1280x720


class Recorder:
    """Writes the files that the settings ask for.

    Raises:
        UserError: here and in `write`, when a file cannot be written, or is the source, the weights or the
            other one of these files.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        refuse_same_file(settings)
        self._video = VideoRecorder(settings.save_video) if settings.save_video else None
        self._predictions = PredictionWriter(settings.predictions) if settings.predictions else None
        self.frames = 0  # written

    def write(
        self,
        frame: Frame,
        reading: Reading,
        source_fps: float,
        processed_fps: float,
        style: DisplayStyle = DEFAULT_STYLE,
    ) -> None:
        """Add one frame and its reading.

        Args:
            source_fps: frames a second that the video is to be played at.
            processed_fps: frame rate written on the picture, if the settings want it.
            style: how the picture is drawn.
        """
        if self._predictions:
            self._predictions.write(reading, style if self._video else DEFAULT_STYLE)
        if self._video:
            fps = None if self._settings.display_fps is False else processed_fps
            picture = annotate(frame.image_bgr, reading, self._settings.display_input, fps, style)
            self._video.write(picture, source_fps, frame.time_s)
        self.frames += 1

    def close(self) -> None:
        for writer in (self._predictions, self._video):
            if writer:
                writer.close()


def refuse_same_file(settings: Settings) -> None:
    """UserError where a file to write is one that is read, or both are one."""
    weights = weights_path(settings)
    source = resources.own(resources.DEMO_CLIP) if settings.device in (None, DEMO) else Path(settings.device)
    twin = weights.with_suffix(".onnx") if weights.name else weights
    taken = [source, weights, twin, resources.own(resources.SEGMENTER)]
    for option, path in (("--predictions", settings.predictions), ("--save-video", settings.save_video)):
        if path is not None:
            if any(is_same_file(path, other) for other in taken):
                raise UserError(f"{option} {path}: that file is in use as something else; give another name")
            taken.append(path)


def is_same_file(path: Path, other: Path) -> bool:
    """Whether both names are one file's, also as a hard link, or where the disk ignores the case of letters."""
    try:
        return path.samefile(other)
    except OSError:  # one of them does not exist
        return os.path.realpath(path) == os.path.realpath(other)


class PredictionWriter:
    """Writes one JSON object a line for every reading, and each line at once.

    An older file of that name stays until the first line is written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_fresh = False
        try:
            self._file = path.open("a", encoding="utf-8", buffering=1)
        except OSError as error:
            raise self._failure(error) from None

    def write(self, reading: Reading, style: DisplayStyle) -> None:
        try:
            if not self._is_fresh and self._path.is_file():  # not a pipe
                self._file.truncate(0)
            self._is_fresh = True
            self._file.write(json.dumps(as_json(reading, style)) + "\n")
        except OSError as error:
            raise self._failure(error) from None

    def close(self) -> None:
        with suppress(OSError):  # `write` has reported it
            self._file.close()

    def _failure(self, error: OSError) -> UserError:
        return UserError(f"{self._path}: {error.strerror}; name a file in a folder that you may write to")


def as_json(reading: Reading, style: DisplayStyle = DEFAULT_STYLE) -> dict[str, Any]:
    """The line of the predictions file for a reading, as a dict.

    `box` is in the frame as it came; `mirrored` is there if the picture or film beside it is mirrored.
    """
    line = {
        "frame": reading.frame_index,
        "time_s": round(reading.time_s, 4),
        "state": reading.state.value,
        "box": None if reading.box is None else list(reading.box),
        "top5": [{"index": p.index, "label": p.label, "probability": round(p.probability, 5)} for p in reading.top5],
        "stages_ms": {stage: round(ms, 3) for stage, ms in reading.stages_ms.items()},
    }
    return line | ({"mirrored": True} if style.mirrored else {})


class VideoRecorder:
    """Writes pictures to a video file. The first one fixes size and rate.

    A picture is repeated until the next one is due, so a film of a slow run plays at the true speed. A gap longer than
    `LONGEST_GAP_S` is left out, as in a pause or when another source begins.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() not in CODECS:
            raise UserError(f"{path}: the name of a video has to end in {', '.join(CODECS)}")
        if not resources.is_utf8(path):
            raise UserError(f"{path}: the name is not UTF-8; take another one")
        folder = Path(os.path.realpath(path)).parent
        if not os.path.isdir(folder):  # noqa: PTH112 - unlike `Path.is_dir` also of one that may not be looked into
            raise UserError(f"{path}: there is no folder {folder}, or you may not use it; name another one")
        self._path, self._folder = path, folder
        self._check_disk()
        self._writer: cv2.VideoWriter | None = None
        self._size_wh, self._fps, self._first_s, self._written = (0, 0), 0.0, 0.0, 0
        self._last_bgr, self._last_s = np.empty((0, 0, 3), np.uint8), 0.0

    def write(self, image_bgr: Image, fps: float, time_s: float) -> None:
        """Append one H x W x 3 uint8 picture of that time, to be played at `fps`."""
        if self._writer is None:
            # MPEG-4 takes no time base finer than 1/65535 s, which 119.873 frames a second would need.
            self._size_wh, self._fps = image_bgr.shape[1::-1], round(fps, 2) if fps > 60 else fps
            self._first_s, self._last_s, self._last_bgr = time_s, time_s, image_bgr
            codec = cv2.VideoWriter.fourcc(*CODECS[self._path.suffix.lower()])
            self._writer = cv2.VideoWriter(str(self._path), codec, self._fps, self._size_wh)
            if not self._writer.isOpened():
                raise UserError(f"{self._path}: cannot be written; name another place or format")
        if image_bgr.shape[1::-1] != self._size_wh:  # another source has come
            image_bgr = fitted(image_bgr, self._size_wh)
        if not 0 <= time_s - self._last_s <= LONGEST_GAP_S:
            self._first_s = time_s - self._written / self._fps
        due = round((time_s - self._first_s) * self._fps) + 1
        while self._written < due:
            self._writer.write(self._last_bgr if self._written < due - 1 else image_bgr)
            self._written += 1
            if self._written % CHECKED_EVERY == 0:
                self._check_disk()
        self._last_bgr, self._last_s = image_bgr, time_s

    def close(self) -> None:
        """Finish the film; UserError if it lacks pictures, as on a disk with a quota."""
        if self._writer is None:
            return
        self._writer.release()
        self._writer = None
        film = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        held = film.get(cv2.CAP_PROP_FRAME_COUNT) if film.isOpened() else 0
        least = 0.9 * self._written - 1  # for some formats the count is an estimate
        is_whole = held >= least
        if is_whole and least > 0:  # .webm may claim pictures that found no room
            film.set(cv2.CAP_PROP_POS_FRAMES, int(least))
            is_whole = film.grab()
        film.release()
        if not is_whole:
            raise UserError(f"{self._path}: the video is incomplete; free some space, or name a place on another disk")

    def _check_disk(self) -> None:
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError as error:  # such as a drive that has been unplugged
            raise UserError(f"{self._path}: {error.strerror}; name a place on another disk") from None
        if free < LEAST_FREE_BYTES:
            raise UserError(f"{self._path}: the disk is nearly full; free some space, or name a place on another disk")


def fitted(image_bgr: Image, size_wh: tuple[int, int]) -> Image:
    """The picture scaled to that width and height, its aspect ratio kept, with black bars."""
    (width, height), (w, h) = size_wh, largest_within(image_bgr.shape[1::-1], size_wh)
    left, top = (width - w) // 2, (height - h) // 2
    whole = np.zeros((height, width, 3), np.uint8)
    whole[top : top + h, left : left + w] = cv2.resize(image_bgr, (w, h), interpolation=cv2.INTER_AREA)
    return whole
