"""Cameras, which OpenCV opens: by index, or by device file on Linux."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import cv2

from fashioncam.messages import Camera, Frame
from fashioncam.runtime.threads.loop import Loop

from .opencv_capture import ASSUMED_FPS, claimed_fps, next_picture
from .source import FrameSource, SourceError

NO_CAMERA = "No camera found"
CAMERA_HINT = "--list-devices lists the cameras, --device demo needs none"
# OpenCV's own choice tries every backend it knows and prints a warning for each that fails.
CAMERA_BACKEND = {
    "linux": cv2.CAP_V4L2,
    "darwin": cv2.CAP_AVFOUNDATION,
    "win32": cv2.CAP_DSHOW,
}.get(sys.platform, cv2.CAP_ANY)
# Above this width USB is too slow for raw pictures at full rate: cameras are asked for Motion-JPEG.
RAW_WIDTH_PX = 640
PATIENCE_S = 1.0  # with a camera that misses pictures
ANSWER_TIMEOUT_S = 60.0  # for the user to read macOS's question and answer it
# Cleared while macOS waits for the user's answer whether this program may use cameras.
permission_answered = threading.Event()
permission_answered.set()


class CameraSource:
    """An opened camera, whose end is a failure."""

    live = True
    frame_count: int | None = None

    def __init__(self, camera: int | str, capture: cv2.VideoCapture) -> None:
        self.name, self.device = f"camera {camera}", str(camera)
        self.fps = claimed_fps(capture, live=True) or ASSUMED_FPS
        self._capture = capture
        self._next_index = 0

    def read(self) -> Frame:
        image_bgr, grabbed_s = next_picture(self._capture)
        missing_since_s = grabbed_s
        while image_bgr is None:
            if grabbed_s - missing_since_s >= PATIENCE_S:
                raise SourceError(f"{self.name} stopped giving pictures; check its cable and start again")
            time.sleep(PATIENCE_S / 20)
            image_bgr, grabbed_s = next_picture(self._capture)
        index, self._next_index = self._next_index, self._next_index + 1
        return Frame(index, image_bgr, 0.0, grabbed_s)

    def close(self) -> None:
        self._capture.release()


def ask_permission(device: str | None, platform: str = sys.platform) -> None:
    """Let macOS ask the user whether this program may use cameras, if it has not asked before.

    Call it on the main thread, before `device` is opened in another one. OpenCV shows the question only when the main
    thread opens a camera; in any other it prints a complaint and gives up (`startCaptureDevice` in OpenCV's
    modules/videoio/src/cap_avfoundation_mac.mm). So the question is put here and OpenCV's own is switched off. This
    returns at once; `open_camera` waits for the answer. Other systems do not ask, and no other source needs to.

    Args:
        device: as `--device` names it; None for the first camera.
    """
    if platform != "darwin" or not (device is None or device.isdecimal()):
        return
    try:  # Comes with cv2-enumerate-cameras. Qt's own `requestPermission` needs an application bundle.
        import AVFoundation as av  # type: ignore[import-not-found]  # noqa: N813
    except ImportError:
        return  # OpenCV asks by itself, where it can
    os.environ["OPENCV_AVFOUNDATION_SKIP_AUTH"] = "1"
    devices, video = av.AVCaptureDevice, av.AVMediaTypeVideo
    if devices.authorizationStatusForMediaType_(video) == av.AVAuthorizationStatusNotDetermined:
        permission_answered.clear()
        devices.requestAccessForMediaType_completionHandler_(video, lambda _granted: permission_answered.set())


def open_camera(camera: int | str, size_wh: tuple[int, int] | None = None) -> FrameSource:
    """A camera by index, or by device file on Linux; it may choose another size than the one asked for.

    Where it gives no picture of that size, it is opened again in its own.
    """
    permission_answered.wait(ANSWER_TIMEOUT_S)
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
    return CameraSource(camera, capture)


def why_closed(camera: int | str, platform: str) -> str:
    """Why the system may refuse a camera, and what to do, ending in "; "; empty if nothing is known."""
    if platform == "darwin":
        return "allow it in System Settings > Privacy & Security > Camera, for the terminal you start from; "
    if platform == "win32":
        return "switch on Settings > Privacy & security > Camera > Let desktop apps access your camera; "
    path = Path(f"/dev/video{camera}" if isinstance(camera, int) else camera)
    if path.is_char_device() and not os.access(path, os.R_OK | os.W_OK):
        return f"you may not use {path}: sudo usermod -aG video $USER, then log in again; "
    return ""


def open_first_camera(size_wh: tuple[int, int] | None = None) -> FrameSource:
    """Camera 0 or else the first that opens, for a user who has named no source.

    Raises:
        SourceError: none opens; the reason of the first that is listed, else that there is none.
    """
    try:  # at once: to list all cameras takes a second on some systems
        return open_camera(0, size_wh)
    except SourceError as error:
        refused = {0: str(error)}
    listed = [camera.index for camera in enumerated_cameras()]
    for index in listed:
        if index not in refused:
            try:
                return open_camera(index, size_wh)
            except SourceError as error:
                refused[index] = str(error)
    raise SourceError(refused[listed[0]].removesuffix(CAMERA_HINT).rstrip("; ") if listed else NO_CAMERA)


def instead_of_a_camera(error: SourceError) -> str:
    """The line for a user who sees the demo clip because no camera opens."""
    return f"Playing the demo clip: {error}"


def enumerated_cameras() -> tuple[Camera, ...]:
    """Every camera that the system lists; none where it cannot be asked."""
    try:
        from cv2_enumerate_cameras import enumerate_cameras
    except ImportError:  # on macOS without pyobjc
        return ()
    return tuple(Camera(camera.index, camera.name) for camera in enumerate_cameras(CAMERA_BACKEND))


class CameraList:
    """Looks for cameras when asked to, in a thread of its own: on some systems that takes a second.

    Args:
        tell: gets a line if that fails.

    Attributes:
        cameras: those found last.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._loop: Loop | None = None
        self.cameras: tuple[Camera, ...] = ()

    def refresh(self) -> None:
        """Start to look, unless this is going on already."""
        if self._loop is None or self._loop.join(0):
            self._loop = Loop("cameras", self._look, lambda failure: self._tell(failure.text))
            self._loop.start()

    def join(self) -> None:
        """Wait for the thread, two seconds at most."""
        if self._loop is not None:
            self._loop.join()

    def _look(self, stop: threading.Event) -> None:
        self.cameras = enumerated_cameras()
