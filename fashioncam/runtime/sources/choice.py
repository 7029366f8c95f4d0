"""Which source is opened, and in which size."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from fashioncam.settings import DEMO

from .cameras import instead_of_a_camera, open_first_camera
from .looping import LoopingSource
from .opening import open_source
from .source import FrameSource, SourceError

Size: TypeAlias = tuple[int, int]


class SourceChoice:
    """Opens sources for a session.

    Args:
        device: what the user has asked for; None for nothing.
        preferred: opened where nothing was asked for; where it cannot be opened, the first camera is.
        camera_size: width and height asked of cameras, pixels; None leaves it to them.
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
        """What to start with, and the same again after a loss; the demo clip where there is no camera."""
        if self._device is not None:
            return self.named(self._device)
        source = self._found()
        self._device = source.device
        return source

    def named(self, device: str) -> FrameSource:
        """A camera by its index, a file, a folder, an address or the demo clip; SourceError where it cannot be."""
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
