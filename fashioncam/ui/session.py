"""What the window knows of the program behind it."""

from __future__ import annotations

from typing import Protocol

from fashioncam.commands import Command
from fashioncam.view import View


class Session(Protocol):
    """Threads, models and files behind the window."""

    @property
    def view(self) -> View:
        """What is to be shown now; the same object until something has changed. Reading it changes nothing."""

    def send(self, command: Command) -> None:
        """Carry out a command. It waits for no camera, model, picture or file."""
