"""Reading with OpenCV, for cameras and films."""

from __future__ import annotations

import os
import time

import cv2

from fashioncam.messages import Image

HIGHEST_FPS = 240  # some streams claim 180,000 frames a second, and a browser's films 1,000
ASSUMED_FPS = 30.0  # if the claimed rate cannot be true
# A `SourceError` says what failed, so OpenCV and its FFmpeg print nothing.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")


def claimed_fps(capture: cv2.VideoCapture, live: bool) -> float | None:
    """Frames a second as the device or file says; None if that cannot be true."""
    fps = capture.get(cv2.CAP_PROP_FPS)
    return fps if (fps >= 1 if live else fps > 0) and fps <= HIGHEST_FPS else None


def next_picture(capture: cv2.VideoCapture) -> tuple[Image | None, float]:
    """The next picture, or None, and `time.perf_counter()` when it was grabbed."""
    is_there = capture.grab()
    grabbed_s = time.perf_counter()
    return capture.retrieve()[1] if is_there else None, grabbed_s
