"""Where frames come from: a camera, a file, a folder of pictures, a stream, or the demo clip."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from fashioncam import resources
from fashioncam.errors import UserError
from fashioncam.messages import Camera, Frame, Image
from fashioncam.settings import DEMO

NO_CAMERA = "No camera found"
CAMERA_HINT = "--list-devices lists the cameras, --device demo needs none"
# OpenCV's own choice tries every backend it knows and prints a warning for each that fails.
CAMERA_BACKEND = {
    "linux": cv2.CAP_V4L2,
    "darwin": cv2.CAP_AVFOUNDATION,
    "win32": cv2.CAP_DSHOW,
}.get(sys.platform, cv2.CAP_ANY)
OPEN_TIMEOUT_MS = READ_TIMEOUT_MS = 5000
# Above this width USB is too slow for raw pictures at full rate: cameras are asked for Motion-JPEG.
RAW_WIDTH_PX = 640
PICTURE_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff"}
FOLDER_FPS = 10.0
PATIENCE_S = 1.0  # with a camera that misses pictures
# What fails is said by `SourceError`; neither OpenCV nor FFmpeg in it adds lines of their own.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")


class SourceError(UserError):
    """A source cannot be opened, or stops delivering."""


class FrameSource(Protocol):
    """What a capture loop or a headless run needs of a source.

    Attributes:
        name: as the user would call it.
        device: as `--device` names it.
        live: frames come when they come, and a late reader loses some; else they wait to be read.
        fps: frames a second, as far as the source says.
        frame_count: how many frames there will be; None where nobody knows.
    """

    name: str
    device: str
    live: bool
    fps: float
    frame_count: int | None

    def read(self) -> Frame | None:
        """The next frame; None at the end. Raises SourceError when there should have been one."""

    def close(self) -> None:
        """Let go of the device or file."""


class CaptureSource:
    """A camera, video file or stream that OpenCV opens."""

    def __init__(
        self, name: str, capture: cv2.VideoCapture, live: bool, endless: bool, device: str | None = None
    ) -> None:
        """Take over an opened capture; an `endless` one is a camera, whose end is a failure."""
        self.name = name
        self.device = name if device is None else device
        self.live = live
        self._capture = capture
        self._endless = endless
        claimed = capture.get(cv2.CAP_PROP_FPS)
        # Some streams claim 0 or 180,000 frames a second, and a browser's films 1,000 and as many frames as that makes.
        believable = (claimed >= 1 if live else claimed > 0) and claimed <= 240
        self.fps = claimed if believable else 30.0
        count = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
        self.frame_count = count if believable and not live and count > 0 else None
        self._next_index = 0
        self._began_ms, self._time_s = 0.0, 0.0

    def read(self) -> Frame | None:
        image_bgr, grabbed_s = self._picture()
        missing_since_s = grabbed_s
        while image_bgr is None and self._endless and grabbed_s - missing_since_s < PATIENCE_S:
            time.sleep(PATIENCE_S / 20)
            image_bgr, grabbed_s = self._picture()
        if image_bgr is None:
            if self._next_index == 0:
                raise SourceError(f"{self.name} opens but gives no picture; try another source")
            if self._endless:
                raise SourceError(f"{self.name} stopped giving pictures; check its cable and start again")
            return None
        index, self._next_index = self._next_index, self._next_index + 1
        return Frame(index, image_bgr, 0.0 if self.live else self._film_time_s(index), grabbed_s)

    def close(self) -> None:
        self._capture.release()

    def _picture(self) -> tuple[Image | None, float]:
        """The next picture, None where there is none, and when it was grabbed."""
        is_there = self._capture.grab()
        grabbed_s = time.monotonic()
        return self._capture.retrieve()[1] if is_there else None, grabbed_s

    def _film_time_s(self, index: int) -> float:
        """As the film says, whose frames need not be evenly spaced; where its time does not go on, by the rate."""
        position_ms = self._capture.get(cv2.CAP_PROP_POS_MSEC)
        if index == 0:
            self._began_ms = position_ms
        else:
            told_s = (position_ms - self._began_ms) / 1000
            self._time_s = told_s if told_s > self._time_s else self._time_s + 1 / self.fps
        return self._time_s


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
        return Frame(index, image_bgr, index / self.fps, time.monotonic())

    def close(self) -> None:
        pass


def read_image(path: Path) -> Image | None:
    """H x W x 3 uint8, or None; under names outside ASCII too, which `cv2.imread` cannot open on Windows."""
    try:
        content = np.fromfile(path, np.uint8)
        return cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    except (OSError, cv2.error):  # the latter where it claims more than 2^30 pixels
        return None


class LoopingSource:
    """Plays a source again and again, counting on; the demo at a stand."""

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


def open_source(device: str, camera_size: tuple[int, int] | None = None) -> FrameSource:
    """Open what the user named: a camera index, "demo", a URL, a folder, or a file.

    Args:
        device: what `--device` names.
        camera_size: width and height to ask a camera for, pixels; None leaves it to the camera.

    Raises:
        SourceError: there is no such thing, or it cannot be opened.
    """
    if device == DEMO:
        clip = resources.own(resources.DEMO_CLIP)
        return CaptureSource("the demo clip", opened_file(clip), live=False, endless=False, device=DEMO)
    if device.isdecimal():
        return open_camera(int(device), camera_size)
    if "://" in device:
        timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS]
        capture = cv2.VideoCapture(device, cv2.CAP_FFMPEG, timeouts)
        if not capture.isOpened():
            raise SourceError(f"{device} cannot be opened; check the address, and that the stream is on")
        is_stream = capture.get(cv2.CAP_PROP_FRAME_COUNT) <= 0  # else it is a file, if a distant one
        return CaptureSource(device, capture, live=is_stream, endless=False)
    path = Path(device)
    if not device or not resources.exists(path):
        raise SourceError(f"{device!r} is no camera index, file, folder or URL; --list-devices lists the cameras")
    if path.is_dir():
        return FolderSource(path)
    if path.is_char_device():
        return open_camera(device, camera_size)
    if path.suffix.lower() in PICTURE_SUFFIXES and path.is_file():
        raise SourceError(
            f"{path} is a single picture, but items are found by comparison with the empty scene; take a film, or a "
            "folder that begins with twenty pictures of it"
        )
    return CaptureSource(device, opened_file(path), live=False, endless=False)


def open_camera(camera: int | str, size_wh: tuple[int, int] | None = None) -> FrameSource:
    """A camera by index, or by device file on Linux; it may choose another size than the one asked for.

    Where it gives no picture of that size, it is opened again in its own.
    """
    try:
        capture = cv2.VideoCapture(camera, CAMERA_BACKEND)
    except cv2.error:  # an index beyond 32 bits
        capture = cv2.VideoCapture()
    if not capture.isOpened():
        raise SourceError(f"camera {camera} cannot be opened; {why_closed(camera, sys.platform)}{CAMERA_HINT}")
    if size_wh is not None:
        if size_wh[0] > RAW_WIDTH_PX:  # before the size: some drivers offer it for this format alone
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, size_wh[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size_wh[1])
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # an old picture is worth nothing
    if not capture.grab():
        capture.release()
        if size_wh is not None:  # some promise one that they do not deliver
            return open_camera(camera)
        raise SourceError(f"camera {camera} opens but gives no picture; end what else uses it, or try another camera")
    return CaptureSource(f"camera {camera}", capture, live=True, endless=True, device=str(camera))


def why_closed(camera: int | str, platform: str) -> str:
    """What may keep the user from a camera on that platform, and the way out, ending in "; "; empty for nothing."""
    if platform == "darwin":
        return "allow it in System Settings > Privacy & Security > Camera, for the terminal you start from; "
    if platform == "win32":
        return "switch on Settings > Privacy & security > Camera > Let desktop apps access your camera; "
    path = Path(f"/dev/video{camera}" if isinstance(camera, int) else camera)
    if path.is_char_device() and not os.access(path, os.R_OK | os.W_OK):
        return f"you may not use {path}: sudo usermod -aG video $USER, then log in again; "
    return ""


def opened_file(path: Path) -> cv2.VideoCapture:
    if not resources.is_utf8(path):
        raise SourceError(f"{path}: the name is not UTF-8; give the file another one")
    # Absolute: FFmpeg takes what is before a colon for a protocol.
    capture = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG)
    if not capture.isOpened():
        raise SourceError(f"{path} cannot be opened as a video; take another file, or a folder of pictures")
    return capture


def open_first_camera(size_wh: tuple[int, int] | None = None) -> FrameSource:
    """Camera 0 or else the first that opens, for a user who has named no source.

    Raises:
        SourceError: none opens; the reason of the first that is listed, else that there is none.
    """
    refused = {}
    try:  # at once: to list all cameras takes a second on some systems
        return open_camera(0, size_wh)
    except SourceError as error:
        refused[0] = str(error)
    listed = [camera.index for camera in enumerated_cameras()]
    for index in listed:
        if index not in refused:
            try:
                return open_camera(index, size_wh)
            except SourceError as error:
                refused[index] = str(error)
    raise SourceError(refused[listed[0]].removesuffix(CAMERA_HINT).rstrip("; ") if listed else NO_CAMERA)


def instead_of_a_camera(error: SourceError) -> str:
    """What to tell a user who sees the demo clip, as no camera opens."""
    return f"Playing the demo clip: {error}"


def enumerated_cameras() -> tuple[Camera, ...]:
    """Every camera that the system lists."""
    from cv2_enumerate_cameras import enumerate_cameras

    return tuple(Camera(camera.index, camera.name) for camera in enumerate_cameras(CAMERA_BACKEND))
