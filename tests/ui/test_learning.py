from pathlib import Path

import pytest
from fake_session import OWN_WEIGHTS, item_view
from hands import press, settle
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fashioncam.messages import Capture, LearningProgress
from fashioncam.ui.dialogs.gallery import Gallery
from fashioncam.ui.dialogs.learning import LearningDialog

FILED = [Capture(Path("captures/Shirt/one"), "Shirt", "Coat", "2026-11-24T10:00:00")]
DONE = LearningProgress(is_running=False, percent=100, text="1 of 1 captures right", weights=Path("/tmp/learned.pth"))


def show(window, session, learning, **more):
    settle(window, session, item_view(learning=learning, **more))


@pytest.fixture
def dialog(window, session):
    """The dialog of a window with one filed garment, opened by its key."""
    session.filed = list(FILED)
    show(window, session, None)
    press(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(LearningDialog)
    yield dialog
    if "learning" in window._dialogs._shown:
        dialog.close()


def test_it_is_begun_by_a_button(dialog, session):
    assert dialog._heading.text() == "Learn from 1 filed garment"
    assert not dialog._bar.isVisible()
    dialog._learn.click()
    assert session.asked("learn") == [()]


def test_it_shows_how_far_it_is_and_can_be_cancelled(dialog, window, session):
    show(window, session, LearningProgress(is_running=True, percent=37))
    assert (dialog._bar.isVisible(), dialog._bar.value()) == (True, 37)
    assert not dialog._learn.isVisible()
    dialog._cancel.click()
    assert session.asked("cancel_learning") == [()]
    show(window, session, LearningProgress(is_running=False, text="Cancelled"))
    assert dialog._text.text() == "Cancelled"
    assert dialog.focusWidget() is dialog._learn
    assert not dialog._bar.isVisible()
    assert not dialog._use.isVisible()
    assert dialog._learn.isVisible()


def test_long_message_is_shown_whole(dialog, window, session, qt_application):
    show(window, session, LearningProgress(is_running=False, text="What went wrong takes many lines to tell. " * 12))
    qt_application.processEvents()
    assert dialog._text.height() >= dialog._text.heightForWidth(dialog._text.width())


def test_new_model_is_used_at_once_and_remembered(dialog, window, session, memory):
    show(window, session, DONE)
    assert dialog._text.text() == "1 of 1 captures right"
    dialog._use.click()
    assert session.asked("load_model") == [(DONE.weights,)]
    show(window, session, None, weights=DONE.weights)
    assert memory.text("weights") == str(DONE.weights)
    assert "learning" not in window._dialogs._shown


def test_model_menu_leads_from_the_new_model_to_the_original_and_back(window, session, memory, tmp_path):
    weights = tmp_path / "learned.pth"
    weights.touch()
    menu = window._model_menu
    assert not menu._opened.isVisible()
    window.open(str(weights))
    show(window, session, None, weights=weights)
    assert (menu._opened.isVisible(), menu._opened.isChecked()) == (True, True)
    next(iter(menu._own)).trigger()
    show(window, session, None, weights=OWN_WEIGHTS[0])
    assert not menu._opened.isChecked()
    assert memory.text("weights") == str(OWN_WEIGHTS[0])
    assert memory.opened == weights  # a later start still offers it
    menu._opened.trigger()
    show(window, session, None, weights=weights)
    assert memory.weights == weights
    assert session.asked("load_model") == [(weights,), (OWN_WEIGHTS[0],), (weights,)]


def test_closed_it_goes_on_and_is_shown_again(dialog, window, session):
    show(window, session, LearningProgress(is_running=True, percent=37))
    dialog.close()
    show(window, session, LearningProgress(is_running=True, percent=52))
    assert session.asked("cancel_learning") == []
    window._actions["learn"].trigger()
    assert window._dialogs._shown["learning"]._bar.value() == 52
    window._dialogs._shown["learning"].close()


def test_nothing_filed_is_nothing_to_learn_from(window, session):
    window._actions["learn"].trigger()
    assert not window._dialogs._shown["learning"]._learn.isEnabled()
    assert "press L" in window._dialogs._shown["learning"]._text.text()
    session.filed = list(FILED)  # as it says, while it is open
    session.views[:] = [item_view(news="Filed as Shirt")]
    window._on_pull()
    assert window._dialogs._shown["learning"]._heading.text() == "Learn from 1 filed garment"
    assert window._dialogs._shown["learning"]._learn.isEnabled()
    window._dialogs._shown["learning"].close()


def test_gallery_leads_to_it(window, session):
    session.filed = list(FILED)
    window._actions["gallery"].trigger()
    gallery = window.findChild(Gallery)
    QTest.qWaitForWindowActive(gallery)
    QTest.keyClick(gallery, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window._dialogs._shown["learning"].isVisible()
    window._dialogs._shown["learning"].close()
    gallery.close()


def test_closed_it_is_seen_in_the_status_line(window, session):
    show(window, session, LearningProgress(is_running=True, percent=37))
    assert window._status.text.endswith("learning: 37 %")
    show(window, session, DONE)
    assert "learning" not in window._status.text


def test_second_click_of_a_double_click_does_not_cancel(dialog, window, session):
    where = dialog._learn.geometry().center()
    dialog._learn.setFocus()
    dialog._learn.click()
    show(window, session, LearningProgress(is_running=True))
    dialog.layout().activate()
    assert dialog.childAt(where) is not dialog._cancel
    assert dialog.focusWidget() is dialog._close, "Space, which pauses the picture, would cancel"


def test_new_model_in_use_is_offered_no_more(dialog, window, session):
    show(window, session, DONE)
    assert dialog._use.isVisible()
    show(window, session, DONE, weights=DONE.weights)
    assert not dialog._use.isVisible()
    assert dialog._heading.text() == "Learn from 1 filed garment"
    assert dialog._learn.text() == "Learn"
