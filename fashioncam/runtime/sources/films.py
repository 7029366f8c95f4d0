"""Films and streams, which OpenCV's FFmpeg opens, and a film without an end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2

from fashioncam import resources
from fashioncam.messages import Frame

from .opencv_capture import ASSUMED_FPS, claimed_fps, next_picture
from .source import FrameSource, SourceError

TIMEOUT_MS = 5000  # of a network


class FilmSource:
    """An opened film, whose frames carry its own times, or a stream, which is live and has none."""

    def __init__(self, name: str, device: str, capture: cv2.VideoCapture, live: bool = False) -> None:
        self.name, self.device, self.live = name, device, live
        self._capture = capture
        fps, count = claimed_fps(capture, live), int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
        self.fps = fps or ASSUMED_FPS
        # A file without a believable rate claims as many frames as that rate makes of its length.
        self.frame_count = count if fps and not live and count > 0 else None
        self._next_index = 0
        self._began_ms, self._time_s = 0.0, 0.0

    def read(self) -> Frame | None:
        image_bgr, grabbed_s = next_picture(self._capture)
        if image_bgr is None:
            if self._next_index == 0:
                raise SourceError(f"{self.name} opens but gives no picture; try another source")
            return None
        index, self._next_index = self._next_index, self._next_index + 1
        return Frame(index, image_bgr, 0.0 if self.live else self._film_time_s(index), grabbed_s)

    def close(self) -> None:
        self._capture.release()

    def _film_time_s(self, index: int) -> float:
        """The film's own time, as frames need not be evenly spaced; if that does not go on, by the rate."""
        position_ms = self._capture.get(cv2.CAP_PROP_POS_MSEC)
        if index == 0:
            self._began_ms = position_ms
        else:
            told_s = (position_ms - self._began_ms) / 1000
            self._time_s = told_s if told_s > self._time_s else self._time_s + 1 / self.fps
        return self._time_s


def open_film(path: Path, name: str, device: str) -> FrameSource:
    """A video file, under the name and the device that the user knows it by."""
    if not resources.is_utf8(path):
        raise SourceError(f"{path}: the name is not UTF-8; give the file another one")
    # Absolute: FFmpeg takes what is before a colon for a protocol.
    capture = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG)
    if not capture.isOpened():
        raise SourceError(f"{path} cannot be opened as a video; take another file, or a folder of pictures")
    return FilmSource(name, device, capture)


def open_stream(url: str) -> FrameSource:
    """A stream, or a film behind an address."""
    timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, TIMEOUT_MS]
    capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, timeouts)
    if not capture.isOpened():
        raise SourceError(f"{url} cannot be opened; check the address, and that the stream is on")
    return FilmSource(url, url, capture, live=capture.get(cv2.CAP_PROP_FRAME_COUNT) <= 0)


class LoopingSource:
    """Plays a source again and again, counting on; the demo clip at a stand."""

    live = False
    frame_count: int | None = None

    def __init__(self, open_source: Callable[[], FrameSource]) -> None:
        self._open_source = open_source
        self._source = open_source()
        self.name, self.device, self.fps = self._source.name, self._source.device, self._source.fps
        self._next_index = 0

    def read(self) -> Frame | None:
        frame = self._source.read()
        if frame is None:
            self._source.close()
            self._source = self._open_source()
            frame = self._source.read()
            assert frame is not None  # a source without any frame raises
        index, self._next_index = self._next_index, self._next_index + 1
        return Frame(index, frame.image_bgr, index / self.fps, frame.grabbed_s)

    def close(self) -> None:
        self._source.close()
