"""Which source is opened: what a device names, and what a session starts with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from fashioncam import resources
from fashioncam.settings import DEMO

from .cameras import instead_of_a_camera, open_camera, open_first_camera
from .films import LoopingSource, open_film, open_stream
from .folder import PICTURE_SUFFIXES, FolderSource
from .source import FrameSource, SourceError

Size: TypeAlias = tuple[int, int]


def open_source(device: str, camera_size: Size | None = None) -> FrameSource:
    """Open what the user named: a camera index, "demo", a URL, a folder, or a file.

    Args:
        device: what `--device` names.
        camera_size: width and height to ask a camera for, pixels; with None it chooses.

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


class SourceChoice:
    """Opens sources for a session.

    Args:
        device: what the user has asked for; None for nothing.
        preferred: opened if nothing was asked for; if it cannot be opened, the first camera is.
        camera_size: width and height asked of cameras, pixels; with None they choose.
        tell: gets a line about a source that could not be opened.
        open_named: opens a source by its name, and cameras in a size.

    Attributes:
        notice: what the user should know about the source; empty for nothing.
    """

    def __init__(
        self,
        device: str | None,
        preferred: str | None,
        camera_size: Size | None,
        tell: Callable[[str], None],
        open_named: Callable[[str, Size | None], FrameSource],
    ) -> None:
        self._device, self._preferred, self._tell, self._open_named = device, preferred, tell, open_named
        self.camera_size = camera_size
        self.notice = ""

    def first(self) -> FrameSource:
        """The source to start with, and the same again after a loss; the demo clip if there is no camera."""
        if self._device is not None:
            return self.named(self._device)
        source = self._found()
        self._device = source.device
        return source

    def named(self, device: str) -> FrameSource:
        """As `open_source` opens it, but the demo clip without an end; SourceError if it cannot be opened."""
        if device == DEMO:
            return LoopingSource(lambda: open_source(DEMO))
        return self._open_named(device, self.camera_size)

    def _found(self) -> FrameSource:
        if self._preferred is not None:
            try:
                return self.named(self._preferred)
            except SourceError as error:
                self._tell(str(error))
        try:
            return open_first_camera(self.camera_size)
        except SourceError as error:
            self.notice = instead_of_a_camera(error)
            return self.named(DEMO)
