from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_session import item_view, picture, reading
from hands import button, choose, double_click, entry, press, send_mouse, settle, ticked, wait_for
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QInputDialog,
    QLabel,
    QSlider,
    QWidget,
)

from fashioncam.commands import Do, ExplainRow, LoadModel, OpenSource, Pause, SearchIn, SetCamMethod, SetStyle
from fashioncam.messages import Camera, DisplayStyle, Failure, Request, State, Stream
from fashioncam.ui.menus import METHODS
from fashioncam.ui.widgets import status_line
from fashioncam.ui.widgets.help_overlay import HelpOverlay
from fashioncam.ui.widgets.numbers_bar import NumbersBar
from fashioncam.ui.widgets.prediction_rows import PredictionRows
from fashioncam.ui.widgets.side_panel import SidePanel
from fashioncam.ui.widgets.status_line import StatusLine
from fashioncam.ui.widgets.video_view import LiveView
from fashioncam.view import View


def test_notification_is_seen_in_a_presentation_and_goes_again(window, session, monkeypatch):
    monkeypatch.setattr(status_line, "STAY_MS", 0)
    monkeypatch.setattr(status_line, "STAY_MS_PER_CHARACTER", 0)
    settle(window, session, item_view())
    choose(window, "present")
    status = window.findChild(StatusLine)
    assert not status.isVisible()
    settle(window, session, item_view(told="Saved a picture"))
    assert (status.isVisible(), status.text) == (True, "Saved a picture")
    assert wait_for(lambda: not status.isVisible())
    choose(window, "present")
    assert status.isVisible()


def test_click_on_a_row_asks_why(window, session):
    settle(window, session, item_view())
    rows = window.findChild(PredictionRows)
    QTest.mouseClick(rows, Qt.MouseButton.LeftButton, pos=QPoint(100, rows.height() * 3 // 10))
    assert session.asked(ExplainRow) == [ExplainRow(1)]


def test_click_on_an_empty_row_asks_nothing(window, session):
    settle(window, session, View(reading=reading(State.EMPTY), model="hybrid", stream=Stream.PLAYING))
    QTest.mouseClick(window.findChild(PredictionRows), Qt.MouseButton.LeftButton, pos=QPoint(100, 10))
    assert session.asked(ExplainRow) == []


def test_drag_limits_the_search_and_double_click_clears(window, session, qt_application):
    settle(window, session, item_view())
    video = window.findChild(LiveView)
    area = video.picture_area()
    start, end = area.center() - QPoint(area.width() // 4, area.height() // 4), area.center()
    QTest.mousePress(video, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(video, end)
    QTest.mouseRelease(video, Qt.MouseButton.LeftButton, pos=end)
    (region,) = [command.region for command in session.asked(SearchIn)]
    assert region == pytest.approx((0.25, 0.25, 0.25, 0.25), abs=0.01)
    settle(window, session, item_view(request=Request(region=region)))
    shown = window.grab().toImage()
    left_of_it = video.mapTo(window, start - QPoint(20, -20))
    inside = video.mapTo(window, start + QPoint(20, 20))
    assert shown.pixelColor(left_of_it).lightness() < 0.7 * shown.pixelColor(inside).lightness()
    double_click(video, end)
    assert session.asked(SearchIn)[-1] == SearchIn(None)


def test_click_on_the_picture_is_no_region(window, session):
    settle(window, session, item_view())
    QTest.mouseClick(
        window.findChild(LiveView), Qt.MouseButton.LeftButton, pos=window.findChild(LiveView).picture_area().center()
    )
    assert session.asked(SearchIn) == []


@pytest.mark.parametrize("size", [28, 56])
def test_panel_says_how_many_pixels_the_model_sees(window, session, size):
    view = item_view()
    seen = replace(view.reading, input_grey=np.full((size, size), 200, np.uint8))
    settle(window, session, replace(view, reading=seen))
    assert any(f"{size} x {size}" in label.text() for label in window.findChild(SidePanel).findChildren(QLabel))


@pytest.mark.parametrize(
    ("style", "key", "wanted"),
    [
        (DisplayStyle(strength=0.1), Qt.Key.Key_Comma, DisplayStyle(strength=0.1, heat=False)),
        (DisplayStyle(strength=0.1, heat=False), Qt.Key.Key_G, DisplayStyle(strength=0.1)),
        (DisplayStyle(strength=0.1, heat=False), Qt.Key.Key_Period, DisplayStyle(strength=0.2)),
    ],
    ids=["weaker than the weakest is off", "on as it was", "stronger"],
)
def test_heat_map_that_was_weakened_away_comes_back(window, session, style, key, wanted):
    settle(window, session, item_view(style=style))
    press(window, key)
    assert session.asked(SetStyle)[-1] == SetStyle(wanted)


def test_heat_map_that_is_off_cannot_be_weakened(window, session):
    settle(window, session, item_view(style=DisplayStyle(heat=False)))
    count = len(session.asked(SetStyle))
    press(window, Qt.Key.Key_Comma)
    assert len(session.asked(SetStyle)) == count


def test_slider_pulled_down_to_nothing_is_no_choice_of_a_strength(window, session):
    settle(window, session, item_view(style=DisplayStyle(strength=0.6)))
    slider = window.findChild(QSlider)
    slider.setSliderDown(True)
    for value in range(slider.value() - 1, -1, -1):
        slider.setValue(value)
    slider.setSliderDown(False)
    assert session.asked(SetStyle)[-1] == SetStyle(DisplayStyle(strength=0.6, heat=False))


def test_contrast_button_and_strength_slider(window, session):
    settle(window, session, item_view())
    button(window, "First against second").click()
    assert session.asked(Do.TOGGLE_CONTRAST)
    window.findChild(QSlider).setValue(5)
    assert session.asked(SetStyle)[-1] == SetStyle(DisplayStyle(strength=0.25))


def test_heat_map_method_is_chosen_by_menu(window, session):
    settle(window, session, item_view(cam_method="occlusion"))
    assert ticked(window, *METHODS.values()) == [METHODS["occlusion"]]
    entry(window, METHODS["gradcam"]).trigger()
    assert session.asked(SetCamMethod) == [SetCamMethod("gradcam")]


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("/tmp/film.mp4", OpenSource("/tmp/film.mp4")),
        ("/tmp/mine.pth", LoadModel(Path("/tmp/mine.pth"))),
        ("/tmp/MINE.PTH", LoadModel(Path("/tmp/MINE.PTH"))),
    ],
    ids=["film", "weights", "weights in capitals"],
)
def test_file_is_dropped_on_the_window(window, session, name, called):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(name)])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(10, 10), Qt.DropAction.CopyAction, data, left, none))
    assert called in session.sent


def test_notification_stays_until_the_next_one(window, session):
    status = window.findChild(StatusLine)
    saved = item_view(told="Saved /tmp/picture.png")
    settle(window, session, saved)
    assert status.text == "Saved /tmp/picture.png"
    settle(window, session, item_view(notification=saved.notification))
    assert status.text == "Saved /tmp/picture.png"
    settle(window, session, item_view(told="Saved /tmp/other.png"))
    assert status.text == "Saved /tmp/other.png"


def test_source_and_model_are_told(window, session):
    settle(window, session, item_view(model_loading="simplecnn"))
    assert window.findChild(StatusLine).text == "a test · loading simplecnn …"
    settle(window, session, item_view(notice="Playing the demo clip: No camera found"))
    assert window.findChild(StatusLine).text == "Playing the demo clip: No camera found · hybrid"
    settle(window, session, item_view(cameras=(Camera(2, "Desk camera"),), device="2"))
    assert window.findChild(StatusLine).text == "Desk camera · hybrid"


def test_age_of_the_reading_is_shown(window, session):
    video = window.findChild(LiveView)
    settle(window, session, item_view(picture=picture(1.23)))
    assert video.accessibleDescription() == "Prediction is 1.2 s old"
    settle(window, session, item_view(picture=picture(0.05)))
    assert video.accessibleDescription() == ""


def test_numbers_can_be_hidden(window, preferences):
    numbers = window.findChild(NumbersBar)
    assert numbers.isVisible()
    press(window, Qt.Key.Key_I)
    assert not numbers.isVisible()
    assert not preferences.flag("numbers", True)


@pytest.mark.parametrize("option", ["display_input", "display_fps"])
def test_parts_can_be_hidden_from_the_start(open_window, option):
    shown = {
        value: sum(widget.isVisible() for widget in open_window(**{option: value}).findChildren(QWidget))
        for value in (True, False)
    }
    assert shown[True] > shown[False]


@pytest.mark.parametrize(
    ("stream", "paused"),
    [(Stream.PLAYING, True), (Stream.PAUSED, False), (Stream.LOST, False), (Stream.ENDED, False)],
    ids=str,
)
def test_pause_is_begun_only_where_something_plays(window, session, stream, paused):
    settle(window, session, item_view(stream=stream))
    press(window, Qt.Key.Key_Space)
    assert session.asked(Pause) == [Pause(paused)]


def test_double_click_that_closes_the_help_leaves_the_region(window, session):
    settle(window, session, item_view())
    video = window.findChild(LiveView)
    where = video.picture_area().center()
    send_mouse(video, QEvent.Type.MouseButtonPress, where, Qt.MouseButton.LeftButton, at_ms=1000)
    send_mouse(video, QEvent.Type.MouseButtonRelease, where, Qt.MouseButton.LeftButton, at_ms=1050)
    choose(window, "help")
    QTest.mouseClick(window.findChild(HelpOverlay), Qt.MouseButton.LeftButton)
    send_mouse(video, QEvent.Type.MouseButtonDblClick, where, Qt.MouseButton.LeftButton, at_ms=3000)
    double_click(video, where, Qt.MouseButton.RightButton)
    assert session.asked(SearchIn) == []


@pytest.mark.parametrize(
    ("typed", "opened"), [("192.168.1.20:8080/video", "http://192.168.1.20:8080/video"), ("rtsp://a/b", "rtsp://a/b")]
)
def test_address_without_a_scheme_is_of_the_web(window, session, monkeypatch, typed, opened):
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: (f" {typed} ", True))
    press(window, Qt.Key.Key_U)
    assert session.opened == [opened]


def test_recording_says_when_it_waits(window, session):
    video = window.findChild(LiveView)
    settle(window, session, item_view(recording=Path("film.mp4")))
    assert video.accessibleDescription() == "Recording"
    settle(window, session, item_view(recording=Path("film.mp4"), stream=Stream.LOST))
    assert video.accessibleDescription() == "Recording is waiting for pictures"
    settle(window, session, item_view())
    assert video.accessibleDescription() == ""


def test_wheel_over_the_slider_is_for_the_panel(window, session):
    settle(window, session, item_view())
    slider = window.findChild(QSlider)
    before = slider.value()
    at, none = QPointF(5, 5), Qt.KeyboardModifier.NoModifier
    down, begun = QPoint(0, -120), Qt.ScrollPhase.NoScrollPhase
    wheel = QWheelEvent(at, at, down, down, Qt.MouseButton.NoButton, none, begun, False)
    QApplication.sendEvent(slider, wheel)
    assert slider.value() == before
    assert session.asked(SetStyle) == [SetStyle(DisplayStyle())], "of the start"


def test_pulling_an_unchanged_view_shows_nothing_again(window, session, monkeypatch):
    shown = []
    monkeypatch.setattr(window, "show_view", shown.append)
    session.view = item_view()
    assert wait_for(lambda: shown)
    ticks = []
    window.findChild(QTimer, "pull").timeout.connect(lambda: ticks.append(1))
    assert wait_for(lambda: len(ticks) > 5)
    assert shown == [session.view]


@pytest.mark.parametrize("unseen", ["showMinimized", "hide"])
def test_window_that_is_not_seen_pulls_seldom_and_misses_nothing(window, session, unseen):
    timer = window.findChild(QTimer, "pull")
    seen_ms = timer.interval()
    getattr(window, unseen)()
    assert wait_for(lambda: timer.interval() > 20 * seen_ms)
    session.view = item_view(told="Saved")
    session.view = item_view(notification=session.view.notification)
    assert wait_for(lambda: window.findChild(StatusLine).text == "Saved")
    window.showNormal()
    assert wait_for(lambda: timer.interval() == seen_ms)


def test_failure_at_the_start_closes_the_window(window, session):
    settle(window, session, View(failure=Failure("no such file", by_user=True), failed_at_start=True))
    assert not window.isVisible()


def test_defect_while_a_view_is_shown_is_told_once(window, session, capfd):
    ticks = []
    window.findChild(QTimer, "pull").timeout.connect(lambda: ticks.append(1))
    for index in range(3):
        session.view = item_view(cameras="no cameras", source=f"source {index}")
        before = len(ticks)
        assert wait_for(lambda before=before: len(ticks) > before + 1)
    assert "does not work" in window.findChild(StatusLine).text
    assert capfd.readouterr().err.count("Traceback") == 1
    session.view = item_view(source="another")
    assert wait_for(lambda: window.findChild(PredictionRows).accessibleName() != "")
    assert window.isVisible()
