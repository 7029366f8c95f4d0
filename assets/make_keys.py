"""Writes fashioncam/KEYS.md from the program's table of keys: `python assets/make_keys.py`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fashioncam.ui.shortcuts import BINDINGS, MENUS, MOUSE

KEYS = Path(__file__).parent.parent / "fashioncam" / "KEYS.md"
HEAD = """# Keys and mouse

`H` shows this table in the window. `python assets/make_keys.py` makes this file from
[shortcuts.py](ui/shortcuts.py).
"""


def key_page() -> str:
    """A table of the keys of each menu, and one of the mouse, in Markdown."""
    tables = [HEAD]
    for menu in MENUS:
        rows = ((", ".join(f"`{key}`" for key in b.keys), b.text) for b in BINDINGS if b.menu == menu)
        tables.append(table(menu, "key", rows))
    return "\n".join((*tables, table("Mouse", "mouse", MOUSE)))


def table(title: str, what: str, rows: Iterable[tuple[str, str]]) -> str:
    """A heading, and a row for each pair."""
    lines = (f"## {title}", "", f"| {what} | what it does |", "| --- | --- |")
    return "\n".join((*lines, *(f"| {left} | {right} |" for left, right in rows), ""))


if __name__ == "__main__":
    KEYS.write_text(key_page(), encoding="utf-8")
