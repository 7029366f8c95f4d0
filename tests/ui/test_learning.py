from pathlib import Path

import pytest
from fake_session import item_view
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fashioncam.messages import Capture, Learning
from fashioncam.ui.gallery import Gallery
from fashioncam.ui.learning_dialog import LearningDialog

FILED = [Capture(Path("captures/Shirt/one"), "Shirt", "Coat", "2026-11-24T10:00:00")]
DONE = Learning(is_running=False, percent=100, text="1 of 1 captures right", weights=Path("/tmp/learned.pth"))


def show(window, session, learning):
    session.views[:] = [item_view(learning=learning)]
    window._on_pull()


@pytest.fixture
def dialog(window, session):
    """The dialog of a window with one filed garment, opened by its key."""
    session.filed = list(FILED)
    show(window, session, None)
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(LearningDialog)
    yield dialog
    if window._learning is not None:
        dialog.close()


def test_it_is_begun_by_a_button(dialog, session):
    assert dialog._heading.text() == "Learn from 1 filed garment"
    assert not dialog._bar.isVisible()
    dialog._learn.click()
    assert session.asked("learn") == [()]


def test_it_shows_how_far_it_is_and_can_be_cancelled(dialog, window, session):
    show(window, session, Learning(is_running=True, percent=37))
    assert (dialog._bar.isVisible(), dialog._bar.value()) == (True, 37)
    assert not dialog._learn.isVisible()
    dialog._cancel.click()
    assert session.asked("cancel_learning") == [()]
    show(window, session, Learning(is_running=False, text="Cancelled"))
    assert dialog._text.text() == "Cancelled"
    assert not dialog._bar.isVisible()
    assert not dialog._use.isVisible()
    assert dialog._learn.isVisible()


def test_new_model_is_used_at_once_and_remembered(dialog, window, session, memory):
    show(window, session, DONE)
    assert dialog._text.text() == "1 of 1 captures right"
    dialog._use.click()
    assert session.asked("load_model") == [(("weights", DONE.weights),)]
    assert memory.text("weights") == str(DONE.weights)
    assert window._learning is None


def test_closed_it_goes_on_and_is_shown_again(dialog, window, session):
    show(window, session, Learning(is_running=True, percent=37))
    dialog.close()
    show(window, session, Learning(is_running=True, percent=52))
    assert session.asked("cancel_learning") == []
    window._actions["learn"].trigger()
    assert window._learning._bar.value() == 52
    window._learning.close()


def test_nothing_filed_is_nothing_to_learn_from(window, session):
    window._actions["learn"].trigger()
    assert not window._learning._learn.isEnabled()
    assert "press L" in window._learning._text.text()
    window._learning.close()


def test_gallery_leads_to_it(window, session):
    session.filed = list(FILED)
    window._actions["gallery"].trigger()
    gallery = window.findChild(Gallery)
    gallery.learn_asked.emit()
    assert window._learning.isVisible()
    window._learning.close()
    gallery.close()
