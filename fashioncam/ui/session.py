"""What the window asks of the program behind it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from fashioncam.messages import Capture, Look, Region, View


class Session(Protocol):
    """Threads, models and files behind the window; no method waits for a camera, a model or a picture."""

    def read_latest(self) -> View:
        """What is to be shown now."""

    def picture_shown(self) -> None:
        """The picture of the last view has been painted."""

    def load_model(self, weights: Path | None = None) -> None:
        """Load another model from its checkpoint, by default the settings'."""

    def set_cam_method(self, method: str) -> None:
        """Make heat maps in another way, named by a key of `CAM_METHODS`."""

    def open_source(self, device: str) -> None:
        """Leave the present source for another one, named as `--device` names it."""

    def set_camera_size(self, size_wh: tuple[int, int] | None) -> None:
        """Ask cameras for pictures of this size; None leaves it to them."""

    def list_cameras(self) -> None:
        """Look for cameras; a view to come tells which there are."""

    def relearn(self) -> None:
        """Learn the background again."""

    def set_paused(self, paused: bool) -> None:
        """Let the picture stand still, or go on."""

    def explain_row(self, row: int) -> None:
        """Why the class in this row, from 0."""

    def toggle_contrast(self) -> None:
        """The first class against the second, on or off."""

    def search_in(self, region: Region | None) -> None:
        """Look for items in a part of the picture as shown; None is all of it."""

    def set_look(self, look: Look) -> None:
        """Draw in another way."""

    def set_picture_place(self, width: int, height: int) -> None:
        """Make pictures as large as this place allows, in pixels of the screen."""

    def save_picture(self) -> None:
        """Keep the picture and its reading."""

    def toggle_recording(self) -> None:
        """Begin or end a recording."""

    def hold_capture(self) -> bool:
        """Hold on to the garment in view; False where there is none."""

    def file_capture(self, class_index: int) -> None:
        """File the garment held on to under its true class."""

    def captures(self) -> list[Capture]:
        """All filed garments, the newest first."""

    def delete_captures(self, captures: Sequence[Capture]) -> None:
        """Delete some of them."""

    def learn(self) -> None:
        """Adapt the model in use to the filed garments; views to come tell how far it is."""

    def cancel_learning(self) -> None:
        """End that; no new model comes of it."""
