"""What a person at the window does, in a test."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest


def settle(window, session, view):
    """Let the window show a view."""
    session.views[:] = [view]
    window._on_pull()


def press(window, key, modifier=Qt.KeyboardModifier.NoModifier):
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    QTest.keyClick(window, key, modifier)
