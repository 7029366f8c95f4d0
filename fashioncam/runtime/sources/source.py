"""The protocol of a source of frames."""

from __future__ import annotations

from typing import Protocol

from fashioncam.errors import UserError
from fashioncam.messages import Frame


class SourceError(UserError):
    """A source cannot be opened, or stops delivering."""


class FrameSource(Protocol):
    """The part of a source that a capture loop and a headless run use.

    Attributes:
        name: as the user would call it.
        device: as `--device` names it.
        live: frames do not wait, so a late reader loses some; else they wait to be read.
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
