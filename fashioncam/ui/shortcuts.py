"""The one table of keys; the menu and the README are made from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Binding:
    """An action of the window: its name in the code, its keys as Qt spells them, and its text."""

    action: str
    keys: tuple[str, ...]
    text: str


BINDINGS = (
    Binding("relearn", ("N",), "Learn the background again"),
    Binding("quit", ("Q", "Esc"), "Quit"),
)
