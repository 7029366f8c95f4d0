from fake_session import OWN_WEIGHTS, item_view, reading
from hands import press, settle
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fashioncam.messages import Camera, Look, State, Stream, View
from fashioncam.settings import Settings
from fashioncam.ui.main_window import MainWindow
from fashioncam.ui.widgets.first_steps import GIVEN_UP_S, STAYS_S, STEPS, FirstSteps, Progress

CAMERAS = Camera(0, "Built-in"), Camera(2, "Desk camera")


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


def test_look_is_remembered(window, session, memory):
    settle(window, session, item_view())
    press(window, Qt.Key.Key_M)
    assert memory.look == Look(mirrored=True)


def test_cameras_are_listed_by_name_and_the_choice_is_remembered(window, session, memory):
    settle(window, session, item_view(cameras=CAMERAS, device="0"))
    built_in, desk = window._camera_menus._cameras.actions()
    assert "Built-in" in built_in.text()
    assert (built_in.isChecked(), desk.isChecked()) == (True, False)
    desk.trigger()
    assert session.asked("open_source") == [("2",)]
    settle(window, session, item_view(cameras=CAMERAS, device="0"))
    assert memory.device is None
    assert [action.isChecked() for action in window._camera_menus._cameras.actions()] == [True, False]
    settle(window, session, item_view(cameras=CAMERAS, device="2"))
    assert memory.device == "2"
    assert [action.isChecked() for action in window._camera_menus._cameras.actions()] == [False, True]


def test_size_of_the_cameras_picture_is_remembered(window, session, memory):
    (sizes,) = [a.menu() for a in window.menuBar().actions()[1].menu().actions() if a.text().startswith("Size")]
    sizes.actions()[2].trigger()
    assert session.asked("set_camera_size") == [((1280, 720),)]
    assert memory.camera_size == (1280, 720)


def test_model_is_chosen_by_menu(window, session, memory):
    hybrid, simplecnn = OWN_WEIGHTS
    menu = window._model_menu
    settle(window, session, item_view(weights=hybrid))
    assert [action.isChecked() for action in menu._own] == [True, False]
    next(action for action, path in menu._own.items() if path == simplecnn).trigger()
    assert session.asked("load_model") == [(simplecnn,)]
    assert memory.text("weights") == ""
    settle(window, session, item_view(weights=simplecnn))
    assert memory.text("weights") == "simplecnn.pth"
    assert [action.isChecked() for action in menu._own] == [False, True]


def test_model_that_cannot_be_loaded_is_neither_remembered_nor_ticked(window, session, memory, tmp_path):
    menu, (hybrid, simplecnn) = window._model_menu, OWN_WEIGHTS
    settle(window, session, item_view(weights=hybrid))
    next(action for action, path in menu._own.items() if path == simplecnn).trigger()
    window.open(str(tmp_path / "broken.pth"))
    settle(window, session, item_view(weights=hybrid))
    assert [action.isChecked() for action in menu._own] == [True, False]
    assert (memory.text("weights"), memory.text("opened")) == ("", "")


def test_stream_is_remembered_and_a_film_is_not(window, session, memory):
    window.open("http://camera.local/video")
    settle(window, session, item_view(device="http://camera.local/video", stream=Stream.OPENING))
    assert memory.device is None
    settle(window, session, item_view(device="http://camera.local/video"))
    assert memory.device == "http://camera.local/video"
    window.open("/tmp/film.mp4")
    assert memory.device == "http://camera.local/video"


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


def test_first_steps_fit_into_a_small_picture(qt_application):
    picture = QWidget()
    picture.resize(352, 264)
    steps = FirstSteps(picture)
    steps.place()
    for taken in range(len(STEPS)):
        steps.set_taken(taken)
        card = steps.grab().toImage()
        beside_text = range(card.width() - 20, card.width() - 8)
        assert max(card.pixelColor(x, y).lightness() for x in beside_text for y in range(card.height())) < 60
    picture.deleteLater()


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


def test_remembered_file_of_an_impossible_name_is_forgotten(memory):
    memory.keep("weights", "x" * 5000)
    assert memory.weights is None
