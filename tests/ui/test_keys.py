import pytest
from fake_session import item_view
from hands import press, settle
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import QWidget

from fashioncam.commands import Do, ExplainRow, OpenSource, SearchIn, SetStyle
from fashioncam.messages import DisplayStyle, Request
from fashioncam.ui.shortcuts import BINDINGS
from fashioncam.ui.theme import Theme
from fashioncam.ui.widgets import help_overlay
from fashioncam.ui.widgets.help_overlay import HelpOverlay


@pytest.mark.parametrize(
    ("key", "command"),
    [
        (Qt.Key.Key_N, Do.RELEARN),
        (Qt.Key.Key_S, Do.SAVE_PICTURE),
        (Qt.Key.Key_R, Do.TOGGLE_RECORDING),
        (Qt.Key.Key_1, ExplainRow(0)),
        (Qt.Key.Key_5, ExplainRow(4)),
        (Qt.Key.Key_C, Do.TOGGLE_CONTRAST),
        (Qt.Key.Key_D, OpenSource("demo")),
        (Qt.Key.Key_G, SetStyle(DisplayStyle(heat=False))),
        (Qt.Key.Key_M, SetStyle(DisplayStyle(mirrored=True))),
        (Qt.Key.Key_Period, SetStyle(DisplayStyle(strength=0.8))),
        (Qt.Key.Key_Comma, SetStyle(DisplayStyle(strength=0.6))),
    ],
    ids=["n", "s", "r", "1", "5", "c", "d", "g", "m", "stronger", "weaker"],
)
def test_keys_reach_the_session(window, session, key, command):
    settle(window, session, item_view())
    session.sent.clear()
    press(window, key)
    assert session.asked(command) == [command]
    assert window.isVisible()


def test_backspace_searches_the_whole_picture_again(window, session):
    settle(window, session, item_view(request=Request(region=(0.1, 0.1, 0.5, 0.5))))
    press(window, Qt.Key.Key_Backspace)
    assert session.asked(SearchIn) == [SearchIn(None)]


@pytest.mark.parametrize("key", [Qt.Key.Key_Q, Qt.Key.Key_Escape], ids=["q", "Esc"])
def test_keys_that_quit(window, key):
    press(window, key)
    assert not window.isVisible()


def test_keys_and_what_they_do_do_not_run_into_each_other_in_the_help(qt_application):
    font = QFontMetrics(Theme().font(qt_application.font(), help_overlay.TEXT_PX))
    column_px = (help_overlay.WIDTH_PX - help_overlay.MARGIN_PX) / 2 - help_overlay.MARGIN_PX
    for heading, rows in help_overlay.sections():
        key_px = help_overlay.MOUSE_PX if heading == "Mouse" else help_overlay.KEY_PX
        for keys, text in rows:
            assert font.horizontalAdvance(keys) < key_px - 6
            assert font.horizontalAdvance(text) <= column_px - key_px


def test_escape_leaves_help_presentation_and_full_screen_before_it_quits(window, qt_application):
    press(window, Qt.Key.Key_F)
    press(window, Qt.Key.Key_P)
    press(window, Qt.Key.Key_H)
    assert window.findChild(HelpOverlay).isVisible()
    assert window.menuBar().isHidden()
    press(window, Qt.Key.Key_Escape)
    assert not window.findChild(HelpOverlay).isVisible()
    press(window, Qt.Key.Key_Escape)
    assert not window.menuBar().isHidden()
    assert window.isFullScreen(), "as before the presentation"
    press(window, Qt.Key.Key_Escape)
    assert window.isVisible()
    assert not window.isFullScreen()
    press(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_every_binding_is_in_its_menu_with_its_key_and_tool_tip(window):
    menus = {menu.text().replace("&", ""): menu.menu().actions() for menu in window.menuBar().actions()}
    for binding in BINDINGS:
        (action,) = [action for action in menus[binding.menu] if action.text() == binding.text]
        assert [key.toString() for key in action.shortcuts()] == list(binding.keys)
        assert binding.text in action.toolTip()


def test_key_that_is_held_down_repeats_only_what_goes_by_steps(window):
    repeating = {b.action for b in BINDINGS if window.findChild(QAction, b.action).autoRepeat()}
    assert repeating == {"stronger", "weaker", "zoom_in", "zoom_out"}


def test_no_key_is_bound_twice():
    keys = [key for binding in BINDINGS for key in binding.keys]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("key", [Qt.Key.Key_F, Qt.Key.Key_P], ids=["full screen", "presentation"])
def test_maximised_window_is_so_again_afterwards(window, key):
    window.showMaximized()
    press(window, key)
    assert window.isFullScreen()
    press(window, Qt.Key.Key_Escape)
    assert window.isMaximized() and not window.isFullScreen()


def test_full_screen_left_in_a_presentation_stays_left(window):
    for key in (Qt.Key.Key_F, Qt.Key.Key_P, Qt.Key.Key_F):
        press(window, key)
    assert not window.isFullScreen()
    press(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()


def test_size_is_remembered_though_one_quits_in_full_screen(window, preferences):
    window.resize(700, 500)
    press(window, Qt.Key.Key_F)
    press(window, Qt.Key.Key_Q)
    remembered = QWidget()
    assert remembered.restoreGeometry(preferences.geometry)
    assert (remembered.width(), remembered.isFullScreen()) == (700, False)
    remembered.deleteLater()
