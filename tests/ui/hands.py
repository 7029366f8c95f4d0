"""What a person at the window does, in a test."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton


def settle(window, session, view):
    """Let the window show a view."""
    session.views[:] = [view]
    window._on_pull()


def press(window, key, modifier=Qt.KeyboardModifier.NoModifier):
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    QTest.keyClick(window, key, modifier)


def double_click(widget, position, button=Qt.MouseButton.LeftButton, apart_ms=100):
    """Two clicks, as Qt tells them; its own `mouseDClick` leaves out the first."""
    QTest.mouseClick(widget, button, pos=position)
    second_click(widget, position, button, apart_ms)


def second_click(widget, position, button, since_first_ms):
    where, none = QPointF(position), Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseButtonDblClick, where, where, button, button, none)
    event.setTimestamp(widget._pressed_ms + since_first_ms)
    QApplication.sendEvent(widget, event)


def press_button(dialog, text):
    """Click a button of a dialog by what it says."""
    next(button for button in dialog.findChildren(QPushButton) if button.text().replace("&", "") == text).click()
