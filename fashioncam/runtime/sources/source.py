"""What a source of frames is."""

from __future__ import annotations

from typing import Protocol

from fashioncam.errors import UserError
from fashioncam.messages import Frame


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
