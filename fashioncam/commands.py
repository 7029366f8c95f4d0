"""What the window asks of the session: one frozen record for each command."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TypeAlias

from .messages import Capture, DisplayStyle, Region


class Do(Enum):
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
class OpenSource:
    """Switch to another source, named as `--device` names it; the present one goes on where that does not open."""

    device: str


@dataclass(frozen=True, slots=True)
class SetCameraSize:
    """Ask cameras for pictures of this width and height, pixels; None leaves it to them."""

    size_wh: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Pause:
    """Let the picture stand still, or go on."""

    paused: bool


@dataclass(frozen=True, slots=True)
class LoadModel:
    """Load a model from its checkpoint, None for the settings'; the one before answers until then."""

    weights: Path | None = None


@dataclass(frozen=True, slots=True)
class SetCamMethod:
    """Load the model once more, with heat maps made by this key of `CAM_METHODS`."""

    method: str


@dataclass(frozen=True, slots=True)
class ExplainRow:
    """Explain the class in this row of the top five, from 0; the same row again: the first class."""

    row: int


@dataclass(frozen=True, slots=True)
class SearchIn:
    """Look for items in a part of the picture as it is shown; None is all of it."""

    region: Region | None


@dataclass(frozen=True, slots=True)
class SetStyle:
    """Draw in another way."""

    style: DisplayStyle


@dataclass(frozen=True, slots=True)
class SetPlace:
    """Make pictures as large as this place allows, width and height in pixels of the screen."""

    size_wh: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Painted:
    """The picture of the frame that was grabbed at this time has reached the screen."""

    grabbed_s: float


@dataclass(frozen=True, slots=True)
class FileGarment:
    """File the garment that is held under its true class."""

    class_index: int


@dataclass(frozen=True, slots=True)
class DeleteCaptures:
    """Delete captures for good."""

    captures: tuple[Capture, ...]


Command: TypeAlias = (
    Do
    | OpenSource
    | SetCameraSize
    | Pause
    | LoadModel
    | SetCamMethod
    | ExplainRow
    | SearchIn
    | SetStyle
    | SetPlace
    | Painted
    | FileGarment
    | DeleteCaptures
)
