"""Everything fits and can be read: sizes, themes, long names, presentations."""

from dataclasses import replace

import pytest
from fake_session import TOP5, item_view, reading
from hands import choose, entry, press, settle
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLineEdit,
    QTreeView,
)

from fashioncam.messages import Camera, Prediction, State, Stream
from fashioncam.ui import theme
from fashioncam.ui.actions import ButtonBar
from fashioncam.ui.widgets.explanation_view import Legend
from fashioncam.ui.widgets.help_overlay import HelpOverlay
from fashioncam.ui.widgets.numbers_bar import NumbersBar
from fashioncam.ui.widgets.prediction_rows import PredictionRows
from fashioncam.ui.widgets.side_panel import SidePanel
from fashioncam.ui.widgets.state_banner import StateBanner
from fashioncam.ui.widgets.status_line import StatusLine
from fashioncam.ui.widgets.video_view import PictureView
from fashioncam.view import View


def test_presentation_writes_large(window, session, qt_application):
    settle(window, session, item_view())
    usual = window.findChild(PredictionRows).height()
    choose(window, "present")
    window.showNormal()  # the screen of these tests is a square
    window.resize(1280, 720)
    qt_application.processEvents()
    assert window.findChild(PredictionRows).sizeHint().height() > 1.9 * usual
    assert window.findChild(SidePanel).verticalScrollBar().maximum() == 0, "all of it is seen"
    settle(window, session, item_view(told="Saved a picture"))
    qt_application.processEvents()
    assert window.findChild(StatusLine).isVisible()
    assert window.findChild(SidePanel).verticalScrollBar().maximum() == 0, "above the notification, too"
    choose(window, "present")


def test_probabilities_are_drawn_as_bars(window, session):
    settle(window, session, item_view())
    shown = window.grab().toImage()
    green = sum(
        shown.pixelColor(x, y) == QColor(theme.GREEN)
        for x in range(shown.width() - 380, shown.width(), 4)
        for y in range(140, 200)
    )
    assert green > 150


@pytest.mark.parametrize("size", [(640, 400), (1280, 720), (1920, 1080)], ids=str)
@pytest.mark.parametrize("zoom", [0.75, 1.0, 2.0])
def test_nothing_in_the_panel_is_wider_than_the_panel(open_window, session, preferences, qt_application, size, zoom):
    preferences.save("zoom", zoom)
    window = open_window()
    window.resize(*size)
    long = reading(State.ITEM, TOP5, explained="T-shirt/top", against="Ankle boot")
    settle(window, session, item_view(reading=long))
    panel = window.findChild(SidePanel)
    for _ in ("usual", "presenting"):
        qt_application.processEvents()
        assert panel.widget().minimumSizeHint().width() <= panel.viewport().width()
        choose(window, "present")
        window.showNormal()
        window.resize(*size)


def test_banner_keeps_its_height_in_every_usual_state(window, session):
    heights = set()
    for state in State:
        top5 = TOP5 if state in (State.ITEM, State.UNCERTAIN) else ()
        settle(window, session, View(reading=reading(state, top5), model="hybrid", stream=Stream.PLAYING))
        heights.add(window.findChild(StateBanner).minimumHeight())
    assert len(heights) == 1


def test_first_window_fits_on_a_small_screen(open_window):
    window = open_window()
    assert window.size().boundedTo(window.screen().availableSize()) == window.size()


def test_long_name_leaves_room_for_its_probability(qt_application):
    right_ends = []
    for label in ("Coat", "Freizeithemd mit kurzen Aermeln und Knopfleiste"):
        rows = PredictionRows()
        rows.resize(300, 200)
        rows.set_reading(reading(State.ITEM, (Prediction(0, label, 0.93),)))
        shown = rows.grab().toImage()
        first_row = shown.copy(shown.width() - 40, 0, 40, 24)
        right_ends.append(first_row)
        rows.deleteLater()
    assert right_ends[0] == right_ends[1]


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_dialogs_of_qt_itself_can_be_read(open_window, preferences, scheme):
    preferences.save("scheme", scheme)
    window = open_window()
    dialog = QFileDialog(window)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    for kind in (QTreeView, QComboBox, QLineEdit):
        widget = dialog.findChild(kind)
        colours = widget.palette()
        lightness = [colours.color(role).lightness() for role in (QPalette.ColorRole.Base, QPalette.ColorRole.Text)]
        assert abs(lightness[0] - lightness[1]) > 150
    dialog.deleteLater()


def test_long_notification_has_the_whole_line(window, session):
    numbers = window.findChild(NumbersBar)
    settle(window, session, item_view(told="Saved"))
    assert numbers.isVisible()
    settle(window, session, item_view(told="Stopped: " + 9 * "a folder with a long name/"))
    assert not numbers.isVisible()
    settle(window, session, item_view(told="Saved"))
    assert numbers.isVisible(), "as chosen"


@pytest.mark.parametrize("width", [640, 900, 1280, 2000])
@pytest.mark.parametrize("zoom", [1.0, 1.5, 2.5])
def test_every_button_below_the_picture_is_seen(open_window, preferences, qt_application, width, zoom):
    preferences.save("zoom", zoom)
    window = open_window()
    window.resize(width, 720)
    qt_application.processEvents()
    bar = window.findChild(ButtonBar)
    assert bar.sizeHint().width() <= bar.width()


def test_ampersand_in_a_name_is_shown(window, session, tmp_path):
    weights = tmp_path / "wool&silk.pth"
    weights.touch()
    window.open(str(weights))
    settle(window, session, item_view(weights=weights, cameras=(Camera(0, "Left & right"),)))
    assert entry(window, "wool&&silk.pth").isVisible()
    assert entry(window, "Left && right  (0)").isVisible()


def test_legend_shows_colours_and_its_ends_do_not_meet(qt_application):
    names = ("Long-sleeved hooded jacket with a zip", "Short-sleeved shirt with buttons and a collar")
    contrast = reading(State.ITEM, TOP5, explained=names[0], against=names[1])
    legend = Legend()
    legend.set_theme(theme.Theme())
    legend.resize(200, 40)
    legend.show_view(replace(item_view(), reading=contrast))
    shown = legend.grab().toImage()
    assert shown.pixelColor(100, 4).name() == "#ff0000", "the heat map's colours"
    middle = {shown.pixel(x, y) for x in range(96, 104) for y in range(16, 40)}
    assert len(middle) == 1, "one of them goes on across the middle"
    legend.deleteLater()


def test_what_is_painted_has_a_name_for_screen_readers(window):
    assert [view for view in window.findChildren(PictureView) if not view.accessibleName()] == []
    assert "N: Learn the background again" in window.findChild(HelpOverlay).accessibleDescription()


def test_size_of_the_interface_is_told_and_left_alone_in_a_presentation(window, preferences):
    press(window, Qt.Key.Key_Equal, Qt.KeyboardModifier.ControlModifier)
    assert preferences.number("zoom", 0, 0.75, 2.5) == 1.15
    assert window.findChild(StatusLine).text == "Text and buttons at 115%"
    choose(window, "present")
    choose(window, "zoom_in")
    choose(window, "present")
    assert preferences.number("zoom", 0, 0.75, 2.5) == 1.15


def test_interface_that_does_not_fit_does_not_grow_unseen(window, preferences):
    window.resize(640, 480)
    for _ in range(5):
        choose(window, "zoom_in")
    assert preferences.number("zoom", 0, 0.75, 2.5) == 1.15, "one step beyond what fits"
