"""Which kind of source a device names."""

from __future__ import annotations

from pathlib import Path

from fashioncam import resources
from fashioncam.settings import DEMO

from .cameras import open_camera
from .films import open_film, open_stream
from .folder import PICTURE_SUFFIXES, FolderSource
from .source import FrameSource, SourceError


def open_source(device: str, camera_size: tuple[int, int] | None = None) -> FrameSource:
    """Open what the user named: a camera index, "demo", a URL, a folder, or a file.

    Args:
        device: what `--device` names.
        camera_size: width and height to ask a camera for, pixels; None leaves it to the camera.

    Raises:
        SourceError: there is no such thing, or it cannot be opened.
    """
    if device == DEMO:
        return open_film(resources.own(resources.DEMO_CLIP), "the demo clip", DEMO)
    if device.isdecimal():
        return open_camera(int(device), camera_size)
    if "://" in device:
        return open_stream(device)
    path = Path(device)
    if not device or not resources.exists(path):
        raise SourceError(f"{device!r} is no camera index, file, folder or URL; --list-devices lists the cameras")
    if path.is_dir():
        return FolderSource(path)
    if path.is_char_device():
        return open_camera(device, camera_size)
    if path.suffix.lower() in PICTURE_SUFFIXES and path.is_file():
        raise SourceError(
            f"{path} is a single picture, but items are found by comparison with the empty scene; open a video, or "
            "a folder that begins with twenty pictures of it"
        )
    return open_film(path, device, device)
