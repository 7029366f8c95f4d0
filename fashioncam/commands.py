"""The commands that the window sends to the session: one frozen record each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from .messages import Capture, DisplayStyle, Region


class Command:
    """Base class of all commands."""

    __slots__ = ()


class Do(Command, Enum):
    """Commands without an argument."""

    LIST_CAMERAS = auto()
    RELEARN = auto()  # the background
    TOGGLE_CONTRAST = auto()  # explain the first class against the second, or the first alone
    SAVE_PICTURE = auto()  # with its reading
    TOGGLE_RECORDING = auto()
    HOLD_GARMENT = auto()  # the one in view, until it is filed
    LIST_CAPTURES = auto()
    LEARN = auto()  # adapt the model in use to the captures
    CANCEL_LEARNING = auto()


@dataclass(frozen=True, slots=True)
class OpenSource(Command):
    """Switch to another source, named as `--device` names it. If it does not open, the present one goes on."""

    device: str


@dataclass(frozen=True, slots=True)
class SetCameraSize(Command):
    """Ask cameras for this width and height, pixels; with None they choose."""

    size_wh: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Pause(Command):
    """Let the picture stand still, or go on."""

    paused: bool


@dataclass(frozen=True, slots=True)
class LoadModel(Command):
    """Load a model from its checkpoint; None for the one in the settings. The present model answers until then."""

    weights: Path | None = None


@dataclass(frozen=True, slots=True)
class SetCamMethod(Command):
    """Load the model again, with heat maps by this key of `CAM_METHODS`."""

    method: str


@dataclass(frozen=True, slots=True)
class ExplainRow(Command):
    """Explain the class in this row of the top five, from 0; the same row again: the first class."""

    row: int


@dataclass(frozen=True, slots=True)
class SearchIn(Command):
    """Look for items in a part of the picture as it is shown; None is all of it."""

    region: Region | None


@dataclass(frozen=True, slots=True)
class SetStyle(Command):
    """Draw in another way."""

    style: DisplayStyle


@dataclass(frozen=True, slots=True)
class SetPlace(Command):
    """Draw pictures as large as this place allows: width and height in pixels of the screen."""

    size_wh: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Painted(Command):
    """The picture of the frame that was grabbed at this time has reached the screen."""

    grabbed_s: float


@dataclass(frozen=True, slots=True)
class FileGarment(Command):
    """File the garment that is held under its true class."""

    class_index: int


@dataclass(frozen=True, slots=True)
class DeleteCaptures(Command):
    """Delete captures for good."""

    captures: tuple[Capture, ...]
