import gc
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_session import CLASSES, TOP5, item_view, reading
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from scenes import room

from fashioncam.messages import Camera, Capture, Failure, Look, Request, State, Stream, View
from fashioncam.settings import Settings
from fashioncam.ui import theme
from fashioncam.ui.class_chooser import ClassChooser
from fashioncam.ui.first_steps import GIVEN_UP_S, STAYS_S, Progress
from fashioncam.ui.gallery import Gallery
from fashioncam.ui.main_window import MainWindow
from fashioncam.ui.qt_image import from_bgr, from_grey
from fashioncam.ui.shortcuts import BINDINGS
from fashioncam.ui.video_view import PictureView
from fashioncam.ui.wording import legend_ends, question, words


def settle(window, session, view):
    """Let the window show a view."""
    session.views[:] = [view]
    window._on_pull()


def press(window, key, modifier=Qt.KeyboardModifier.NoModifier):
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    QTest.keyClick(window, key, modifier)


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (View(), "Starting"),
        (View(reading=reading(State.LEARNING, learned=0.4), model_ready=True), "Learning the background"),
        (View(reading=reading(State.EMPTY)), "Loading the model"),
        (View(reading=reading(State.EMPTY), model_ready=True), "Hold up a garment"),
        (View(reading=reading(State.ITEM, TOP5), model_ready=True), "class 0"),
        (View(reading=reading(State.UNCERTAIN, TOP5), model_ready=True), "Not sure"),
        (View(reading=reading(State.SCENE_CHANGED), model_ready=True), "The scene has changed"),
        (View(reading=reading(State.ITEM, TOP5), failure=Failure("unplugged", by_user=True)), "Stopped"),
        (item_view(stream=Stream.ENDED), "The end"),
        (item_view(stream=Stream.LOST), "Camera lost"),
        (item_view(stream=Stream.PAUSED), "Paused"),
        (View(stream=Stream.PAUSED), "Paused"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_state_has_its_words(view, said):
    assert said in words(view).headline


def test_learning_shows_how_far_it_is():
    assert words(View(reading=reading(State.LEARNING, learned=0.4), model_ready=True)).progress == 0.4


def test_failure_is_told_in_full():
    assert words(View(failure=Failure("the cable is out", by_user=True))).advice == "the cable is out"


def test_question_is_said_in_words():
    assert question(reading(State.ITEM, TOP5, explained="Shirt")) == "Why Shirt?"
    contrast = reading(State.ITEM, TOP5, explained="Shirt", against="Coat")
    assert question(contrast) == "Shirt rather than Coat?"
    assert legend_ends(contrast) == ("for Coat", "for Shirt")


def test_picture_reaches_the_screen_and_is_counted_once(window, session, qt_application):
    view = item_view()
    session.views[:] = [view, item_view(is_new_frame=False), View(stream=Stream.PLAYING)]
    while len(session.views) > 1:
        qt_application.processEvents()
    qt_application.processEvents()
    assert session.asked("picture_shown") == [()]
    centre = window.grab().toImage().pixelColor(448, 340)
    assert (centre.blue(), centre.green(), centre.red()) == (200, 100, 50)


@pytest.mark.parametrize(
    ("key", "modifier", "name", "arguments"),
    [
        (Qt.Key.Key_N, 0, "relearn", ()),
        (Qt.Key.Key_Space, 0, "set_paused", (True,)),
        (Qt.Key.Key_S, 0, "save_picture", ()),
        (Qt.Key.Key_R, 0, "toggle_recording", ()),
        (Qt.Key.Key_1, 0, "explain_row", (0,)),
        (Qt.Key.Key_5, 0, "explain_row", (4,)),
        (Qt.Key.Key_C, 0, "toggle_contrast", ()),
        (Qt.Key.Key_D, 0, "open_source", ("demo",)),
        (Qt.Key.Key_G, 0, "set_look", (Look(heat=False),)),
        (Qt.Key.Key_M, 0, "set_look", (Look(mirrored=True),)),
        (Qt.Key.Key_Period, 0, "set_look", (Look(strength=0.8),)),
        (Qt.Key.Key_Comma, 0, "set_look", (Look(strength=0.6),)),
    ],
    ids=["n", "space", "s", "r", "1", "5", "c", "d", "g", "m", "stronger", "weaker"],
)
def test_keys_reach_the_session(window, session, key, modifier, name, arguments):
    settle(window, session, item_view())
    session.calls.clear()
    press(window, key)
    assert session.asked(name) == [arguments]
    assert window.isVisible()


def test_space_ends_a_pause(window, session):
    settle(window, session, item_view(stream=Stream.PAUSED))
    press(window, Qt.Key.Key_Space)
    assert session.asked("set_paused") == [(False,)]


def test_backspace_searches_the_whole_picture_again(window, session):
    settle(window, session, item_view(request=Request(region=(0.1, 0.1, 0.5, 0.5))))
    press(window, Qt.Key.Key_Backspace)
    assert session.asked("search_in") == [(None,)]


@pytest.mark.parametrize("key", [Qt.Key.Key_Q, Qt.Key.Key_Escape], ids=["q", "Esc"])
def test_keys_that_quit(window, key):
    press(window, key)
    assert not window.isVisible()


def test_escape_leaves_help_presentation_and_full_screen_before_it_quits(window, qt_application):
    press(window, Qt.Key.Key_F)
    press(window, Qt.Key.Key_P)
    press(window, Qt.Key.Key_H)
    assert window._help.isVisible()
    assert window.menuBar().isHidden()
    press(window, Qt.Key.Key_Escape)
    assert not window._help.isVisible()
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


def test_presentation_writes_large(window, session, qt_application):
    settle(window, session, item_view())
    usual = window._panel.rows.height()
    window._toggle_presentation()
    window.resize(1280, 720)
    qt_application.processEvents()
    assert window._panel.rows.sizeHint().height() > 1.9 * usual
    assert not window._panel.verticalScrollBar().isVisible()
    window._toggle_presentation()


def test_zoom_is_remembered(window, memory):
    press(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert memory.number("zoom", 1.0, 0.5, 3) == 1.15
    press(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert memory.number("zoom", 2.0, 0.5, 3) == 1.0


def test_scheme_follows_the_system_until_another_is_chosen(window, memory):
    before = window._theme.palette
    press(window, Qt.Key.Key_T)
    assert window._theme.palette is not before
    press(window, Qt.Key.Key_T)
    assert window._theme.palette is before
    assert memory.text("scheme") == ""


def test_click_on_a_row_asks_why(window, session):
    settle(window, session, item_view())
    rows = window._panel.rows
    QTest.mouseClick(rows, Qt.MouseButton.LeftButton, pos=QPoint(100, rows.height() * 3 // 10))
    assert session.asked("explain_row") == [(1,)]


def test_click_on_an_empty_row_asks_nothing(window, session):
    settle(window, session, View(reading=reading(State.EMPTY), model_ready=True, stream=Stream.PLAYING))
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
    QTest.mouseDClick(video, Qt.MouseButton.LeftButton, pos=end)
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


def test_contrast_button_and_strength_slider(window, session):
    settle(window, session, item_view())
    explanation = window._panel.explanation
    explanation._contrast.click()
    assert session.asked("toggle_contrast") == [()]
    explanation._strength.setValue(5)
    assert session.asked("set_look")[-1] == (Look(strength=0.25),)


def test_look_is_remembered(window, session, memory):
    settle(window, session, item_view())
    press(window, Qt.Key.Key_M)
    assert memory.look == Look(mirrored=True)


def test_cameras_are_listed_by_name_and_the_choice_is_remembered(window, session, memory):
    settle(window, session, item_view(cameras=(Camera(0, "Built-in"), Camera(2, "Desk camera")), device="0"))
    built_in, desk = window._camera_menus._cameras.actions()
    assert "Built-in" in built_in.text()
    assert (built_in.isChecked(), desk.isChecked()) == (True, False)
    desk.trigger()
    assert session.asked("open_source") == [("2",)]
    assert memory.device == "2"


def test_size_of_the_cameras_picture_is_remembered(window, session, memory):
    (sizes,) = [a.menu() for a in window.menuBar().actions()[1].menu().actions() if a.text().startswith("Size")]
    sizes.actions()[2].trigger()
    assert session.asked("set_camera_size") == [((1280, 720),)]
    assert memory.camera_size == (1280, 720)


def test_model_is_chosen_by_menu(window, session, memory):
    settle(window, session, item_view(model="hybrid"))
    hybrid, simplecnn = (window._model_menu._actions[name] for name in ("hybrid", "simplecnn"))
    assert (hybrid.isChecked(), simplecnn.isChecked()) == (True, False)
    simplecnn.trigger()
    assert session.asked("load_model") == [(("model", "simplecnn"),)]
    assert memory.model == "simplecnn"


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("/tmp/film.mp4", ("open_source", "/tmp/film.mp4")),
        ("/tmp/mine.pth", ("load_model", ("weights", Path("/tmp/mine.pth")))),
    ],
    ids=["film", "weights"],
)
def test_file_is_dropped_on_the_window(window, session, name, called):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(name)])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(10, 10), Qt.DropAction.CopyAction, data, left, none))
    assert called in session.calls


def test_stream_is_remembered_and_a_film_is_not(window, session, memory):
    window.open("http://camera.local/video")
    assert memory.device == "http://camera.local/video"
    window.open("/tmp/film.mp4")
    assert memory.device == "http://camera.local/video"


def test_news_are_told_and_bold(window, session):
    settle(window, session, item_view(news="Saved /tmp/picture.png"))
    assert window._status.text == "Saved /tmp/picture.png"
    settle(window, session, item_view())
    assert window._status.text == "Saved /tmp/picture.png"


def test_source_and_model_are_told(window, session):
    settle(window, session, item_view(model_loading="simplecnn"))
    assert window._status.text == "a test · loading simplecnn …"
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


def test_garment_is_filed_by_a_digit(window, session, qt_application):
    settle(window, session, item_view())
    press(window, Qt.Key.Key_L)
    chooser = window.findChild(ClassChooser)
    assert len(chooser.findChildren(QPushButton)) == len(CLASSES)
    QTest.keyClick(chooser, Qt.Key.Key_7)
    assert session.asked("file_capture") == [(7,)]
    assert not chooser.isVisible()


def test_garment_is_filed_by_a_click(window, session):
    settle(window, session, item_view())
    press(window, Qt.Key.Key_L)
    window.findChild(ClassChooser).findChildren(QPushButton)[3].click()
    assert session.asked("file_capture") == [(3,)]


def test_nothing_in_hand_asks_for_no_class(window, session):
    session.has_garment = False
    settle(window, session, View(reading=reading(State.EMPTY), model_ready=True, stream=Stream.PLAYING))
    press(window, Qt.Key.Key_L)
    assert window.findChild(ClassChooser) is None


def test_gallery_shows_and_deletes(window, session, tmp_path, qt_application):
    folder = tmp_path / "captures" / "Shirt" / "one"
    session.filed = [Capture(folder, "Shirt", "Coat", "2026-11-24T10:00:00")]
    window.resize(700, 400)
    press(window, Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    gallery = window.findChild(Gallery)
    assert gallery.size() == window.size(), "it would be larger than a small screen"
    assert "taken for Coat" in gallery._list.item(0).text()
    while gallery._loader.isActive():
        qt_application.processEvents()
    gallery._list.item(0).setSelected(True)
    gallery._delete.click()
    assert session.filed == []
    assert gallery._list.count() == 0
    window._actions["gallery"].trigger()
    assert window.findChildren(Gallery) == [gallery]
    session.filed = [Capture(folder, "Shirt", "", "2026-11-24T10:00:00")]
    settle(window, session, item_view(news="Filed as Shirt"))
    assert gallery._list.count() == 1
    gallery.close()


def test_first_steps_are_ticked_off_and_go_by_themselves():
    progress = Progress(0, 0.0)
    progress = progress.after(View(reading=reading(State.LEARNING)), 1.0)
    assert progress.taken == 0
    progress = progress.after(View(reading=reading(State.EMPTY)), 2.0)
    assert progress == Progress(1, 2.0)
    progress = progress.after(item_view(), 3.0)
    assert progress == Progress(3, 3.0)
    assert not progress.is_over(3.0 + STAYS_S)
    assert progress.is_over(3.1 + STAYS_S)
    assert Progress(1, 0.0).is_over(GIVEN_UP_S + 1)


def test_first_steps_are_shown_at_the_first_run_only(qt_application, session, memory):
    window = MainWindow(Settings(), session, memory, ())
    window.show()
    assert window._first_steps.isVisible()
    window._progress = Progress(3, -100.0)
    settle(window, session, item_view())
    assert window._first_steps is None
    assert memory.flag("steps_seen", False)
    window.close()
    window.deleteLater()


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
    settle(window, session, View(reading=long, model_ready=True))
    qt_application.processEvents()
    assert window._panel.widget().minimumSizeHint().width() <= window._panel.viewport().width()


def test_banner_keeps_its_height_in_every_usual_state(window, session):
    heights = set()
    for state in State:
        top5 = TOP5 if state in (State.ITEM, State.UNCERTAIN) else ()
        settle(window, session, View(reading=reading(state, top5), model_ready=True, stream=Stream.PLAYING))
        heights.add(window._panel.banner.minimumHeight())
    assert len(heights) == 1


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
    assert shown.pixelColor(200, 50) == QColor(theme.DARK.surround)
    assert shown.pixelColor(5, 200).red() == 255
    view.deleteLater()


def test_pulling_keeps_the_count_of_references_to_none(window, session):
    """PySide6 6.12.0 on Python 3.11 lost some with every call, until the process aborted."""
    session.views[:] = [item_view()]
    window.grab()
    gc.collect()  # or what other tests have left is collected in between, and its references are missing
    before = sys.getrefcount(None)
    for _ in range(300):
        window._on_pull()
        window.grab()
    assert sys.getrefcount(None) > before - 100
