"""What the user has chosen in the window, saved from one run to the next by QSettings."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from fashioncam import resources
from fashioncam.messages import DisplayStyle


class Preferences:
    """Typed access to a store; a value that is missing or makes no sense is the default."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    def text(self, key: str) -> str:
        return str(self._store.value(key, "") or "")

    def flag(self, key: str, default: bool) -> bool:
        return str(self._store.value(key, default)).lower() == "true"

    def number(self, key: str, default: float, low: float, high: float) -> float:
        try:
            return min(high, max(low, float(str(self._store.value(key, default)))))
        except ValueError:
            return default

    def save(self, key: str, value: str | bool | float | QByteArray) -> None:
        self._store.setValue(key, value)

    @property
    def geometry(self) -> QByteArray:
        value = self._store.value("geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @property
    def style(self) -> DisplayStyle:
        """How the picture is drawn."""
        default = DisplayStyle()
        strength = self.number("look/strength", default.strength, 0.0, 1.0) or default.strength  # 0 cannot be seen
        return DisplayStyle(self.flag("look/heat", True), strength, self.flag("look/mirrored", False))

    def save_style(self, style: DisplayStyle) -> None:
        self.save("look/heat", style.heat)
        self.save("look/strength", style.strength)
        self.save("look/mirrored", style.mirrored)

    @property
    def camera_size(self) -> tuple[int, int] | None:
        """Width and height asked of cameras, pixels."""
        width, _, height = self.text("camera_size").partition("x")
        return (int(width), int(height)) if width.isdecimal() and height.isdecimal() else None

    def save_camera_size(self, size_wh: tuple[int, int] | None) -> None:
        self.save("camera_size", "" if size_wh is None else f"{size_wh[0]}x{size_wh[1]}")

    @property
    def device(self) -> str | None:
        """The camera or stream chosen last."""
        return self.text("device") or None

    @property
    def weights(self) -> Path | None:
        """The weights chosen last, where they still are."""
        return self._file("weights")

    @property
    def opened(self) -> Path | None:
        """The same for weights opened from a file, whether in use or not."""
        return self._file("opened")

    def _file(self, key: str) -> Path | None:
        path = Path(self.text(key))
        return path if resources.exists(path) and path.is_file() else None
