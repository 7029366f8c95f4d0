from pathlib import Path

import pytest
from fake_session import OWN_WEIGHTS, item_view
from hands import button, choose, entry, press, settle
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QProgressBar

from fashioncam.commands import Do, LoadModel
from fashioncam.messages import Capture, LearningProgress
from fashioncam.ui.dialogs.gallery import Gallery
from fashioncam.ui.dialogs.learning import LearningDialog
from fashioncam.ui.widgets.status_line import StatusLine

FILED = (Capture(Path("captures/Shirt/one"), "Shirt", "Coat", "2026-11-24T10:00:00"),)
DONE = LearningProgress(is_running=False, percent=100, text="1 of 1 captures right", weights=Path("/tmp/learned.pth"))


def show(window, session, learning, **more):
    settle(window, session, item_view(learning=learning, captures=FILED, **more))


def says(dialog):
    """Heading and text."""
    return [label.text() for label in dialog.findChildren(QLabel)]


def is_shown(dialog, text):
    return button(dialog, text).isVisible()


@pytest.fixture
def dialog(window, session):
    """The dialog of a window with one filed garment, opened by its key."""
    show(window, session, None)
    press(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    return window.findChild(LearningDialog)


def test_it_is_begun_by_a_button(dialog, session):
    assert session.asked(Do.LIST_CAPTURES)
    assert says(dialog)[0] == "Learn from 1 filed garment"
    assert not dialog.findChild(QProgressBar).isVisible()
    button(dialog, "Learn").click()
    assert session.asked(Do.LEARN)


def test_it_shows_how_far_it_is_and_can_be_cancelled(dialog, window, session):
    bar = dialog.findChild(QProgressBar)
    show(window, session, LearningProgress(is_running=True, percent=37))
    assert (bar.isVisible(), bar.value()) == (True, 37)
    assert not is_shown(dialog, "Learn")
    button(dialog, "Cancel").click()
    assert session.asked(Do.CANCEL_LEARNING)
    show(window, session, LearningProgress(is_running=False, text="Cancelled"))
    assert says(dialog) == ["Nothing was learned", "Cancelled"]
    assert dialog.focusWidget() is button(dialog, "Learn")
    assert not bar.isVisible()
    assert (is_shown(dialog, "Use the new model"), is_shown(dialog, "Learn")) == (False, True)


def test_long_message_is_shown_whole(dialog, window, session, qt_application):
    show(window, session, LearningProgress(is_running=False, text="What went wrong takes many lines to tell. " * 12))
    qt_application.processEvents()
    text = dialog.findChildren(QLabel)[1]
    assert text.height() >= text.heightForWidth(text.width())


def test_new_model_is_used_at_once_and_remembered(dialog, window, session, preferences):
    show(window, session, DONE)
    assert says(dialog)[1] == "1 of 1 captures right"
    button(dialog, "Use the new model").click()
    assert session.asked(LoadModel) == [LoadModel(DONE.weights)]
    show(window, session, None, weights=DONE.weights)
    assert preferences.text("weights") == str(DONE.weights)
    assert not dialog.isVisible()


def test_model_menu_leads_from_the_new_model_to_the_original_and_back(window, session, preferences, tmp_path):
    weights = tmp_path / "learned.pth"
    weights.touch()
    window.open(str(weights))
    show(window, session, None, weights=weights)
    learned = entry(window, "learned.pth")
    assert (learned.isVisible(), learned.isChecked()) == (True, True)
    entry(window, "hybrid").trigger()
    show(window, session, None, weights=OWN_WEIGHTS[0])
    assert not learned.isChecked()
    assert preferences.text("weights") == str(OWN_WEIGHTS[0])
    assert preferences.opened == weights  # a later start still offers it
    learned.trigger()
    show(window, session, None, weights=weights)
    assert preferences.weights == weights
    assert [command.weights for command in session.asked(LoadModel)] == [weights, OWN_WEIGHTS[0], weights]


def test_closed_it_goes_on_and_is_shown_again(dialog, window, session, qt_application):
    show(window, session, LearningProgress(is_running=True, percent=37))
    dialog.close()
    qt_application.processEvents()
    show(window, session, LearningProgress(is_running=True, percent=52))
    assert not session.asked(Do.CANCEL_LEARNING)
    choose(window, "learn")
    opened = [found for found in window.findChildren(LearningDialog) if found.isVisible()]
    assert [found.findChild(QProgressBar).value() for found in opened] == [52]


def test_nothing_filed_is_nothing_to_learn_from(window, session):
    choose(window, "learn")
    dialog = window.findChild(LearningDialog)
    assert not button(dialog, "Learn").isEnabled()
    assert "press L" in says(dialog)[1]
    show(window, session, None)  # one has been filed while the dialog is open
    assert says(dialog)[0] == "Learn from 1 filed garment"
    assert button(dialog, "Learn").isEnabled()


def test_gallery_leads_to_it(window, session):
    show(window, session, None)
    choose(window, "gallery")
    gallery = window.findChild(Gallery)
    QTest.qWaitForWindowActive(gallery)
    QTest.keyClick(gallery, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.findChild(LearningDialog).isVisible()


def test_closed_it_is_seen_in_the_status_line(window, session):
    show(window, session, LearningProgress(is_running=True, percent=37))
    assert window.findChild(StatusLine).text.endswith("learning: 37 %")
    show(window, session, DONE)
    assert "learning" not in window.findChild(StatusLine).text


def test_second_click_of_a_double_click_does_not_cancel(dialog, window, session):
    learn = button(dialog, "Learn")
    where = learn.geometry().center()
    learn.setFocus()
    learn.click()
    show(window, session, LearningProgress(is_running=True))
    dialog.layout().activate()
    assert dialog.childAt(where) is not button(dialog, "Cancel")
    assert dialog.focusWidget() is button(dialog, "Close"), "Space, which pauses the picture, would cancel"


def test_new_model_in_use_is_offered_no_more(dialog, window, session):
    show(window, session, DONE)
    assert is_shown(dialog, "Use the new model")
    show(window, session, DONE, weights=DONE.weights)
    assert not is_shown(dialog, "Use the new model")
    assert says(dialog)[0] == "Learn from 1 filed garment"
    assert is_shown(dialog, "Learn")
