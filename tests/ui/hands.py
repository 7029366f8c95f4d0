"""What a person at the window does and sees, in a test."""

import time

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton


def settle(window, session, view):
    """Let the window show a view."""
    session.view = view
    window.show_view(view)


def press(window, key, modifier=Qt.KeyboardModifier.NoModifier):
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    QTest.keyClick(window, key, modifier)


def choose(window, action):
    """Trigger an action by its name in the table of keys."""
    window.findChild(QAction, action).trigger()


def entry(window, text):
    """The menu entry with this text."""
    entries = [action for menu in window.findChildren(QMenu) for action in menu.actions()]
    return next(action for action in entries if action.text() == text)


def ticked(window, *texts):
    """Which of these menu entries have a tick."""
    return [text for text in texts if entry(window, text).isChecked()]


def button(parent, text):
    """The button with this text."""
    return next(button for button in parent.findChildren(QPushButton) if button.text().replace("&", "") == text)


def double_click(widget, position, which=Qt.MouseButton.LeftButton, apart_ms=100):
    """A click, and the second one as Qt sends it; its own `mouseDClick` leaves out the first."""
    send_mouse(widget, QEvent.Type.MouseButtonPress, position, which, 1000)
    send_mouse(widget, QEvent.Type.MouseButtonRelease, position, which, 1050)
    send_mouse(widget, QEvent.Type.MouseButtonDblClick, position, which, 1000 + apart_ms)


def send_mouse(widget, kind, position, which, at_ms):
    where, none = QPointF(position), Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(kind, where, where, which, which, none)
    event.setTimestamp(at_ms)
    QApplication.sendEvent(widget, event)


def wait_for(condition, limit_s=5):
    """Let the window live on until the condition holds; returns whether it does."""
    ends_s = time.perf_counter() + limit_s
    while not (holds := condition()) and time.perf_counter() < ends_s:
        QApplication.processEvents()
        time.sleep(0.002)  # not Qt's own qWait, which keeps Python's interpreter lock from the other threads
    return holds
