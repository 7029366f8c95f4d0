import sys

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from scenes import room

from fashioncam.messages import Failure, Prediction, Reading, State, View
from fashioncam.settings import Settings
from fashioncam.ui import theme
from fashioncam.ui.main_window import MainWindow
from fashioncam.ui.qt_image import from_bgr, from_grey
from fashioncam.ui.shortcuts import BINDINGS
from fashioncam.ui.video_view import PictureView

TOP5 = tuple(Prediction(index, f"class {index}", 0.9 / (index + 1)) for index in range(5))


def reading(state, top5=(), learned=1.0):
    grey = np.full((28, 28), 200, np.uint8) if top5 else None
    return Reading(0, (640, 480), 0.0, 0.0, state, learned, None, top5, None, grey, {"segment": 1.5})


@pytest.fixture
def window(qt_application):
    """A window, the views it will pull (the last one again and again), and what it called."""
    views, calls = [View()], []

    def read_latest():
        return views.pop(0) if len(views) > 1 else views[0]

    window = MainWindow(Settings(), read_latest, lambda: calls.append("shown"), lambda: calls.append("relearn"))
    window.show()
    yield window, views, calls
    window.close()
    window.deleteLater()
    qt_application.processEvents()
    qt_application.sendPostedEvents(None, 52)  # QEvent.DeferredDelete


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (View(), "Starting"),
        (View(reading=reading(State.LEARNING, learned=0.4), model_ready=True), "Learning the background"),
        (View(reading=reading(State.EMPTY)), "Loading the model"),
        (View(reading=reading(State.EMPTY), model_ready=True), "Hold up a garment"),
        (View(reading=reading(State.ITEM, TOP5), model_ready=True), "class 0"),
        (View(reading=reading(State.UNCERTAIN, TOP5), model_ready=True), "Not sure"),
        (View(reading=reading(State.SCENE_CHANGED), model_ready=True), "The scene has changed"),
        (View(reading=reading(State.ITEM, TOP5), failure=Failure("unplugged", by_user=True)), "Stopped"),
        (View(reading=reading(State.ITEM, TOP5), model_ready=True, ended=True), "The end"),
    ],
    ids=["start", "learning", "loading", "empty", "item", "uncertain", "scene changed", "failure", "end"],
)
def test_every_state_has_its_words(view, words):
    assert words in theme.banner(view).headline


def test_failure_is_told_in_full():
    assert theme.banner(View(failure=Failure("the cable is out", by_user=True))).advice == "the cable is out"


def test_picture_reaches_the_screen_and_is_counted_once(window, qt_application):
    window, views, calls = window
    picture = np.zeros((480, 640, 3), np.uint8)
    picture[:] = (200, 100, 50)
    views[:] = [View(picture_bgr=picture, is_new_frame=True), View(picture_bgr=picture, is_new_frame=False), View()]
    while len(views) > 1:
        qt_application.processEvents()
    qt_application.processEvents()
    assert calls == ["shown"]
    shown = window.grab().toImage()
    centre = shown.pixelColor(400, 380)
    assert (centre.blue(), centre.green(), centre.red()) == (200, 100, 50)


@pytest.mark.parametrize(
    ("key", "called"), [(Qt.Key.Key_N, ["relearn"]), (Qt.Key.Key_Q, []), (Qt.Key.Key_Escape, [])], ids=["n", "q", "Esc"]
)
def test_keys(window, qt_application, key, called):
    window, _, calls = window
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    QTest.keyClick(window, key)
    qt_application.processEvents()
    assert calls == called
    assert window.isVisible() == (key == Qt.Key.Key_N)


def test_menu_holds_every_binding(window):
    window, _, _ = window
    texts = {action.text() for menu in window.menuBar().actions() for action in menu.menu().actions()}
    assert texts == {binding.text for binding in BINDINGS}


def test_probabilities_are_drawn_as_bars(window, qt_application):
    window, views, _ = window
    views[:] = [View(reading=reading(State.ITEM, TOP5), model_ready=True)]
    QTest.qWait(50)
    shown = window.grab().toImage()
    green = sum(
        shown.pixelColor(x, y) == QColor(theme.GREEN)
        for x in range(shown.width() - 340, shown.width(), 4)
        for y in range(0, shown.height(), 2)
    )
    assert green > 300


@pytest.mark.parametrize("option", ["display_input", "display_fps"])
def test_parts_can_be_hidden(qt_application, option):
    calls = []
    heights = {}
    for value in (True, False):
        window = MainWindow(Settings(**{option: value}), View, lambda: calls.append(1), lambda: calls.append(2))
        window.show()
        heights[value] = sum(
            widget.isVisible() for widget in window.findChildren(object) if hasattr(widget, "isVisible")
        )
        window.close()
        window.deleteLater()
    qt_application.sendPostedEvents(None, 52)
    assert heights[True] > heights[False]


def test_bgr_picture_keeps_its_colours():
    image = from_bgr(room())
    blue, green, red = room()[100, 60]
    pixel = image.pixelColor(60, 100)
    assert (pixel.red(), pixel.green(), pixel.blue()) == (red, green, blue)


def test_picture_with_odd_width_is_not_sheared():
    picture = np.zeros((5, 7, 3), np.uint8)
    picture[:, 3] = 255
    image = from_bgr(picture)
    assert [image.pixelColor(3, y).red() for y in range(5)] == [255] * 5
    grey = from_grey(np.ascontiguousarray(picture[:, :, 0]))
    assert [grey.pixelColor(3, y).red() for y in range(5)] == [255] * 5


def test_picture_keeps_its_proportions(qt_application):
    view = PictureView()
    view.resize(400, 400)
    view.set_image(from_bgr(np.full((100, 200, 3), 255, np.uint8)))
    shown = view.grab().toImage()
    assert shown.pixelColor(200, 200).red() == 255
    assert shown.pixelColor(200, 50) == QColor(theme.BACKGROUND)
    assert shown.pixelColor(5, 200).red() == 255
    view.deleteLater()
    qt_application.sendPostedEvents(None, 52)


def test_pulling_keeps_the_count_of_references_to_none(window):
    """PySide6 6.12.0 on Python 3.11 lost some with every call, until the process aborted."""
    window, views, _ = window
    picture = np.zeros((48, 64, 3), np.uint8)
    views[:] = [View(picture_bgr=picture, is_new_frame=True, reading=reading(State.ITEM, TOP5), model_ready=True)]
    window.grab()
    before = sys.getrefcount(None)
    for _ in range(300):
        window._on_pull()
        window.grab()
    assert sys.getrefcount(None) > before - 100
