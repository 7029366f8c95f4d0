"""Colours, scale, full screen and presentation of the window; what the user chooses is saved."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from .preferences import Preferences
from .theme import DARK, LIGHT, Theme

# A presentation's scale follows the window: a headline is a fifteenth of its height, except on a tall screen.
PRESENTED_WIDTH_PX, PRESENTED_HEIGHT_PX = 600, 340
SMALLEST_WIDTH_PX = 640  # at scale 1; a narrower window has a smaller interface than was chosen


class Appearance(QObject):
    """The theme that the choices and the window's size amount to.

    Signals:
        changed: another theme has been chosen, by the user or in the system.
    """

    changed = Signal()

    def __init__(self, window: QMainWindow, preferences: Preferences) -> None:
        super().__init__(window)
        self._window, self._preferences = window, preferences
        self._zoom = preferences.number("zoom", 1.0, 0.75, 2.5)
        self._state_before = window.windowState()
        self.is_presenting = False
        QGuiApplication.styleHints().colorSchemeChanged.connect(self.changed)

    @property
    def theme(self) -> Theme:
        width, height = self._window.width(), self._window.height()
        if self.is_presenting:
            scale = min(width / PRESENTED_WIDTH_PX, height / PRESENTED_HEIGHT_PX)
        else:
            scale = min(self._zoom, width / SMALLEST_WIDTH_PX)
        return Theme(DARK if self._is_dark else LIGHT, scale, self.is_presenting)

    @property
    def _is_dark(self) -> bool:
        chosen = self._preferences.text("scheme")
        return chosen == "dark" if chosen else system_is_dark()

    def toggle_scheme(self) -> None:
        """Light or dark; the system's own is saved as no choice."""
        dark = not self._is_dark
        self._preferences.save("scheme", "" if dark == system_is_dark() else "dark" if dark else "light")
        self.changed.emit()

    def set_zoom(self, zoom: float) -> None:
        """Another scale of the interface; a presentation keeps its own."""
        if not self.is_presenting:
            self._zoom = zoom
            self._preferences.save("zoom", zoom)
            self.changed.emit()

    def save_geometry(self) -> None:
        if not self._window.isFullScreen():
            self._preferences.save("geometry", self._window.saveGeometry())

    def toggle_full_screen(self) -> None:
        self.save_geometry()
        state = self._window.windowState() ^ Qt.WindowState.WindowFullScreen  # maximised stays maximised
        self._window.setWindowState(state)
        if self.is_presenting:
            self._state_before = state

    def toggle_presentation(self) -> None:
        self.is_presenting = not self.is_presenting
        if self.is_presenting:
            self.save_geometry()
            self._state_before = self._window.windowState()
            self._window.setWindowState(self._state_before | Qt.WindowState.WindowFullScreen)
        else:
            self._window.setWindowState(self._state_before)
        self.changed.emit()


def system_is_dark() -> bool:
    """Where the system has no preference, dark."""
    return QGuiApplication.styleHints().colorScheme() is not Qt.ColorScheme.Light
