from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_session import TOP5, item_view, reading
from hands import double_click, press, second_click, settle
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QPalette, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QInputDialog, QLabel, QLineEdit, QTreeView

from fashioncam.messages import Camera, Look, Prediction, Request, State, Stream, View
from fashioncam.settings import Settings
from fashioncam.ui import theme
from fashioncam.ui.main_window import MainWindow
from fashioncam.ui.widgets import status_line
from fashioncam.ui.widgets.explanation_view import Legend
from fashioncam.ui.widgets.prediction_rows import PredictionRows
from fashioncam.ui.widgets.video_view import PictureView


def test_presentation_writes_large(window, session, qt_application):
    settle(window, session, item_view())
    usual = window._panel.rows.height()
    window._toggle_presentation()
    window.showNormal()  # the screen of these tests is a square
    window.resize(1280, 720)
    qt_application.processEvents()
    assert window._panel.rows.sizeHint().height() > 1.9 * usual
    assert window._panel.verticalScrollBar().maximum() == 0, "all of it is seen"
    settle(window, session, item_view(news="Saved a picture"))
    qt_application.processEvents()
    assert window._status.isVisible()
    assert window._panel.verticalScrollBar().maximum() == 0, "above the news, too"
    window._toggle_presentation()


def test_news_are_seen_in_a_presentation_and_go_again(window, session, monkeypatch):
    settle(window, session, item_view())
    window._toggle_presentation()
    assert not window._status.isVisible()
    settle(window, session, item_view(news="Saved a picture"))
    assert window._status.isVisible()
    assert window._status.text == "Saved a picture"
    monkeypatch.setattr(status_line, "NEWS_STAY_MS", -1)
    monkeypatch.setattr(status_line, "NEWS_MS_PER_CHARACTER", 0)
    settle(window, session, item_view())
    assert not window._status.isVisible()
    window._toggle_presentation()
    assert window._status.isVisible()


def test_click_on_a_row_asks_why(window, session):
    settle(window, session, item_view())
    rows = window._panel.rows
    QTest.mouseClick(rows, Qt.MouseButton.LeftButton, pos=QPoint(100, rows.height() * 3 // 10))
    assert session.asked("explain_row") == [(1,)]


def test_click_on_an_empty_row_asks_nothing(window, session):
    settle(window, session, View(reading=reading(State.EMPTY), model="hybrid", stream=Stream.PLAYING))
    QTest.mouseClick(window._panel.rows, Qt.MouseButton.LeftButton, pos=QPoint(100, 10))
    assert session.asked("explain_row") == []


def test_drag_limits_the_search_and_double_click_clears(window, session, qt_application):
    settle(window, session, item_view())
    video, area = window._video, window._video.picture_area()
    start, end = area.center() - QPoint(area.width() // 4, area.height() // 4), area.center()
    QTest.mousePress(video, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(video, end)
    QTest.mouseRelease(video, Qt.MouseButton.LeftButton, pos=end)
    ((region,),) = session.asked("search_in")
    assert region == pytest.approx((0.25, 0.25, 0.25, 0.25), abs=0.01)
    settle(window, session, item_view(request=Request(region=region)))
    shown = window.grab().toImage()
    left_of_it = video.mapTo(window, start - QPoint(20, -20))
    inside = video.mapTo(window, start + QPoint(20, 20))
    assert shown.pixelColor(left_of_it).lightness() < 0.7 * shown.pixelColor(inside).lightness()
    double_click(video, end)
    assert session.asked("search_in")[-1] == (None,)


def test_click_on_the_picture_is_no_region(window, session):
    settle(window, session, item_view())
    QTest.mouseClick(window._video, Qt.MouseButton.LeftButton, pos=window._video.picture_area().center())
    assert session.asked("search_in") == []


@pytest.mark.parametrize("size", [28, 56])
def test_panel_says_how_many_pixels_the_model_sees(window, session, size):
    view = item_view()
    seen = replace(view.reading, input_grey=np.full((size, size), 200, np.uint8))
    settle(window, session, replace(view, reading=seen))
    assert any(f"{size} x {size}" in label.text() for label in window._panel.findChildren(QLabel))


@pytest.mark.parametrize(
    ("look", "key", "wanted"),
    [
        (Look(strength=0.1), Qt.Key.Key_Comma, Look(strength=0.1, heat=False)),
        (Look(strength=0.1, heat=False), Qt.Key.Key_G, Look(strength=0.1)),
        (Look(strength=0.1, heat=False), Qt.Key.Key_Period, Look(strength=0.2)),
    ],
    ids=["weaker than the weakest is off", "on as it was", "stronger"],
)
def test_heat_map_that_was_weakened_away_comes_back(window, session, look, key, wanted):
    settle(window, session, item_view(look=look))
    press(window, key)
    assert session.asked("set_look")[-1] == (wanted,)


def test_heat_map_that_is_off_cannot_be_weakened(window, session):
    settle(window, session, item_view(look=Look(heat=False)))
    count = len(session.asked("set_look"))
    press(window, Qt.Key.Key_Comma)
    assert len(session.asked("set_look")) == count


def test_slider_pulled_down_to_nothing_is_no_choice_of_a_strength(window, session):
    settle(window, session, item_view(look=Look(strength=0.6)))
    slider = window._panel.explanation._strength
    slider.setSliderDown(True)
    for value in range(slider.value() - 1, -1, -1):
        slider.setValue(value)
    slider.setSliderDown(False)
    assert session.asked("set_look")[-1] == (Look(strength=0.6, heat=False),)


def test_contrast_button_and_strength_slider(window, session):
    settle(window, session, item_view())
    explanation = window._panel.explanation
    explanation._contrast.click()
    assert session.asked("toggle_contrast") == [()]
    explanation._strength.setValue(5)
    assert session.asked("set_look")[-1] == (Look(strength=0.25),)


def test_way_to_a_heat_map_is_chosen_by_menu(window, session):
    settle(window, session, item_view(cam_method="occlusion"))
    actions = window._method_menu._actions
    assert [method for method, action in actions.items() if action.isChecked()] == ["occlusion"]
    actions["gradcam"].trigger()
    assert session.asked("set_cam_method") == [("gradcam",)]


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("/tmp/film.mp4", ("open_source", "/tmp/film.mp4")),
        ("/tmp/mine.pth", ("load_model", Path("/tmp/mine.pth"))),
        ("/tmp/MINE.PTH", ("load_model", Path("/tmp/MINE.PTH"))),
    ],
    ids=["film", "weights", "weights in capitals"],
)
def test_file_is_dropped_on_the_window(window, session, name, called):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(name)])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(10, 10), Qt.DropAction.CopyAction, data, left, none))
    assert called in session.calls


def test_news_are_told_and_bold(window, session):
    settle(window, session, item_view(news="Saved /tmp/picture.png"))
    assert window._status.text == "Saved /tmp/picture.png"
    settle(window, session, item_view())
    assert window._status.text == "Saved /tmp/picture.png"


def test_source_and_model_are_told(window, session):
    settle(window, session, item_view(model_loading="simplecnn"))
    assert window._status.text == "a test · loading simplecnn …"
    settle(window, session, item_view(notice="Playing the demo clip: No camera found"))
    assert window._status.text == "Playing the demo clip: No camera found · hybrid"
    settle(window, session, item_view(cameras=(Camera(2, "Desk camera"),), device="2"))
    assert window._status.text == "Desk camera · hybrid"


def test_age_of_the_answer_is_shown(window, session):
    settle(window, session, item_view(reading_age_s=1.23))
    assert window._video._note == "The answer is 1.2 s old"
    settle(window, session, item_view(reading_age_s=0.05))
    assert window._video._note == ""


def test_numbers_can_be_hidden(window, memory):
    assert window._status.numbers_shown
    press(window, Qt.Key.Key_I)
    assert not window._status.numbers_shown
    assert not memory.flag("numbers", True)


@pytest.mark.parametrize("option", ["display_input", "display_fps"])
def test_parts_can_be_hidden_from_the_start(qt_application, session, memory, option):
    shown = {}
    for value in (True, False):
        window = MainWindow(Settings(**{option: value}), session, memory, ())
        window.show()
        shown[value] = sum(w.isVisible() for w in window.findChildren(object) if hasattr(w, "isVisible"))
        window.close()
        window.deleteLater()
    assert shown[True] > shown[False]


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
def test_nothing_in_the_panel_is_wider_than_the_panel(window, session, qt_application, size, zoom):
    window.resize(*size)
    window._set_zoom(zoom)
    long = reading(State.ITEM, TOP5, explained="T-shirt/top", against="Ankle boot")
    settle(window, session, View(reading=long, model="hybrid"))
    qt_application.processEvents()
    assert window._panel.widget().minimumSizeHint().width() <= window._panel.viewport().width()


def test_banner_keeps_its_height_in_every_usual_state(window, session):
    heights = set()
    for state in State:
        top5 = TOP5 if state in (State.ITEM, State.UNCERTAIN) else ()
        settle(window, session, View(reading=reading(state, top5), model="hybrid", stream=Stream.PLAYING))
        heights.add(window._panel.banner.minimumHeight())
    assert len(heights) == 1


def test_first_window_fits_on_a_small_screen(qt_application, session, memory):
    window = MainWindow(Settings(), session, memory, ())
    assert window.size().boundedTo(window.screen().availableSize()) == window.size()
    window.close()
    window.deleteLater()


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
def test_dialogs_of_qt_itself_can_be_read(window, memory, scheme):
    memory.keep("scheme", scheme)
    window._apply_theme()
    dialog = QFileDialog(window)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    for kind in (QTreeView, QComboBox, QLineEdit):
        widget = dialog.findChild(kind)
        colours = widget.palette()
        lightness = [colours.color(role).lightness() for role in (QPalette.ColorRole.Base, QPalette.ColorRole.Text)]
        assert abs(lightness[0] - lightness[1]) > 150
    dialog.deleteLater()


def test_long_news_have_the_whole_line(window, session):
    settle(window, session, item_view(news="Saved"))
    assert not window._status._numbers.isHidden()
    long = "Stopped: " + 9 * "a folder with a long name/"
    settle(window, session, item_view(news=long))
    assert window._status._numbers.isHidden()
    assert window._status.numbers_shown, "by choice they are, and will be again"
    settle(window, session, item_view(news="Saved"))
    assert not window._status._numbers.isHidden()


@pytest.mark.parametrize(
    ("stream", "paused"),
    [(Stream.PLAYING, True), (Stream.PAUSED, False), (Stream.LOST, False), (Stream.ENDED, False)],
    ids=str,
)
def test_pause_is_begun_only_where_something_plays(window, session, stream, paused):
    settle(window, session, item_view(stream=stream))
    press(window, Qt.Key.Key_Space)
    assert session.asked("set_paused") == [(paused,)]


@pytest.mark.parametrize("width", [640, 900, 1280, 2000])
@pytest.mark.parametrize("zoom", [1.0, 1.5, 2.5])
def test_every_button_below_the_picture_is_seen(window, qt_application, width, zoom):
    window.resize(width, 720)
    window._set_zoom(zoom)
    qt_application.processEvents()
    bar = window._buttons
    assert bar.sizeHint().width() <= bar.width()


def test_ampersand_in_a_name_is_shown(window, session, memory, tmp_path):
    weights = tmp_path / "wool&silk.pth"
    weights.touch()
    window.open(str(weights))
    settle(window, session, item_view(weights=weights, cameras=(Camera(0, "Left & right"),)))
    assert window._model_menu._opened.text() == "wool&&silk.pth"
    assert window._camera_menus._cameras.actions()[0].text() == "Left && right  (0)"


def test_ends_of_the_legend_do_not_meet(qt_application):
    names = ("Long-sleeved hooded jacket with a zip", "Short-sleeved shirt with buttons and a collar")
    contrast = reading(State.ITEM, TOP5, explained=names[0], against=names[1])
    legend = Legend()
    legend.resize(260, 40)
    legend.show_view(replace(item_view(), reading=contrast))
    shown = legend.grab().toImage()
    middle = {shown.pixel(x, y) for x in range(126, 134) for y in range(16, 40)}
    assert len(middle) == 1, "one of them goes on across the middle"
    legend.deleteLater()


def test_double_click_that_closes_the_help_leaves_the_region(window, session):
    settle(window, session, item_view())
    video, where = window._video, window._video.picture_area().center()
    QTest.mouseClick(video, Qt.MouseButton.LeftButton, pos=where)
    window._toggle_help()
    QTest.mouseClick(window._help, Qt.MouseButton.LeftButton)
    second_click(video, where, Qt.MouseButton.LeftButton, since_first_ms=2000)
    double_click(video, where, Qt.MouseButton.RightButton)
    assert session.asked("search_in") == []


@pytest.mark.parametrize(
    ("typed", "opened"), [("192.168.1.20:8080/video", "http://192.168.1.20:8080/video"), ("rtsp://a/b", "rtsp://a/b")]
)
def test_address_without_a_scheme_is_of_the_web(window, session, monkeypatch, typed, opened):
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: (f" {typed} ", True))
    press(window, Qt.Key.Key_U)
    assert session.asked("open_source") == [(opened,)]


def test_recording_says_when_it_waits(window, session):
    settle(window, session, item_view(recording=Path("film.mp4")))
    assert window._video._recording == "Recording"
    settle(window, session, item_view(recording=Path("film.mp4"), stream=Stream.LOST))
    assert window._video._recording == "Recording waits for pictures"
    settle(window, session, item_view())
    assert window._video._recording == ""


def test_what_is_painted_has_a_name_for_screen_readers(window):
    assert [view for view in window.findChildren(PictureView) if not view.accessibleName()] == []
    assert "N: Learn the background again" in window._help.accessibleDescription()


def test_size_of_the_interface_is_told_and_left_alone_in_a_presentation(window, session, memory):
    press(window, Qt.Key.Key_Equal, Qt.KeyboardModifier.ControlModifier)
    assert (memory.number("zoom", 0, 0.75, 2.5), window._status._news) == (1.15, "Interface 115%")
    window._toggle_presentation()
    window._actions["zoom_in"].trigger()
    window._toggle_presentation()
    assert memory.number("zoom", 0, 0.75, 2.5) == 1.15


def test_interface_that_does_not_fit_does_not_grow_unseen(window, memory):
    window.resize(640, 480)
    for _ in range(5):
        window._actions["zoom_in"].trigger()
    assert memory.number("zoom", 0, 0.75, 2.5) == 1.15, "one step beyond what fits"


def test_wheel_over_the_slider_is_for_the_panel(window, session):
    settle(window, session, item_view())
    slider, before = window._panel.explanation._strength, window._panel.explanation._strength.value()
    at, none = QPointF(5, 5), Qt.KeyboardModifier.NoModifier
    down, begun = QPoint(0, -120), Qt.ScrollPhase.NoScrollPhase
    wheel = QWheelEvent(at, at, down, down, Qt.MouseButton.NoButton, none, begun, False)
    QApplication.sendEvent(slider, wheel)
    assert slider.value() == before
    assert session.asked("set_look") == [(Look(),)], "of the start"
