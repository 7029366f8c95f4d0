"""What cameras and films have in common as long as OpenCV reads both."""

from __future__ import annotations

import os
import time

import cv2

from fashioncam.messages import Image

HIGHEST_FPS = 240  # some streams claim 180,000 frames a second, and a browser's films 1,000
ASSUMED_FPS = 30.0  # where what is claimed cannot be true
# What fails is said by `SourceError`; neither OpenCV nor FFmpeg in it adds lines of its own.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")


def claimed_fps(capture: cv2.VideoCapture, live: bool) -> float | None:
    """Frames a second as the device or file says; None where that cannot be true."""
    fps = capture.get(cv2.CAP_PROP_FPS)
    return fps if (fps >= 1 if live else fps > 0) and fps <= HIGHEST_FPS else None


def next_picture(capture: cv2.VideoCapture) -> tuple[Image | None, float]:
    """The next picture, None where there is none, and `time.perf_counter()` when it was grabbed."""
    is_there = capture.grab()
    grabbed_s = time.perf_counter()
    return capture.retrieve()[1] if is_there else None, grabbed_s
