"""Writes what the program sees and says: predictions as JSON Lines, the annotated picture as video."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2

from fashioncam.errors import UserError
from fashioncam.messages import Frame, Image, Reading
from fashioncam.pipeline.overlay import annotate
from fashioncam.settings import Settings

# File name ending -> codec; what OpenCV's own FFmpeg can write everywhere.
CODECS = {".mp4": "mp4v", ".avi": "MJPG", ".webm": "VP90"}


class Recorder:
    """Writes the files that the settings ask for.

    Raises:
        UserError: here and in `write`, when a file cannot be written.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._predictions = PredictionWriter(settings.predictions) if settings.predictions else None
        self._video = VideoRecorder(settings.save_video) if settings.save_video else None

    def write(self, frame: Frame, reading: Reading, source_fps: float, processed_fps: float) -> None:
        """Add one frame and its reading.

        Args:
            source_fps: frames a second that the video is to be played at.
            processed_fps: what is written on the picture, where the settings want it.
        """
        if self._predictions:
            self._predictions.write(reading)
        if self._video:
            fps = processed_fps if self._settings.display_fps else None
            self._video.write(annotate(frame.image_bgr, reading, self._settings.display_input, fps), source_fps)

    def close(self) -> None:
        for writer in (self._predictions, self._video):
            if writer:
                writer.close()


class PredictionWriter:
    """One JSON object a line for every reading; a line is on the disk before the next frame."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("w", encoding="utf-8", buffering=1)
        except OSError as error:
            raise UserError(
                f"--predictions {path}: {error.strerror}; give a file in a folder you may write to"
            ) from None

    def write(self, reading: Reading) -> None:
        self._file.write(json.dumps(as_json(reading)) + "\n")

    def close(self) -> None:
        self._file.close()


def as_json(reading: Reading) -> dict[str, Any]:
    """The line of the predictions file for a reading, as a dict."""
    return {
        "frame": reading.frame_index,
        "time_s": round(reading.time_s, 4),
        "state": reading.state.value,
        "box": None if reading.box is None else list(reading.box),
        "top5": [{"index": p.index, "label": p.label, "probability": round(p.probability, 5)} for p in reading.top5],
        "stages_ms": {stage: round(ms, 3) for stage, ms in reading.stages_ms.items()},
    }


class VideoRecorder:
    """Writes pictures to a video file; the first one fixes size and rate."""

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() not in CODECS:
            raise UserError(f"--save-video {path}: the name has to end in {', '.join(CODECS)}")
        if not path.resolve().parent.is_dir():
            raise UserError(f"--save-video {path}: there is no folder {path.resolve().parent}")
        self._path = path
        self._writer: cv2.VideoWriter | None = None

    def write(self, image_bgr: Image, fps: float) -> None:
        """Append one H x W x 3 uint8 picture, to be played at `fps`."""
        if self._writer is None:
            height, width = image_bgr.shape[:2]
            codec = cv2.VideoWriter.fourcc(*CODECS[self._path.suffix.lower()])
            self._writer = cv2.VideoWriter(str(self._path), codec, fps, (width, height))
            if not self._writer.isOpened():
                raise UserError(f"--save-video {self._path}: cannot be written; give another place or format")
        self._writer.write(image_bgr)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.release()
