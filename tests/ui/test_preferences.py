from fake_session import OWN_WEIGHTS, item_view, reading
from hands import entry, press, settle, ticked, wait_for
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from fashioncam.commands import LoadModel, SetCameraSize
from fashioncam.messages import Camera, DisplayStyle, State, Stream
from fashioncam.ui.widgets import first_steps
from fashioncam.ui.widgets.first_steps import FirstSteps, steps_taken
from fashioncam.view import View

CAMERAS = Camera(0, "Built-in"), Camera(2, "Desk camera")


def test_zoom_is_remembered(window, preferences):
    press(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert preferences.number("zoom", 1.0, 0.5, 3) == 1.15
    press(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert preferences.number("zoom", 2.0, 0.5, 3) == 1.0


def test_scheme_follows_the_system_until_another_is_chosen(window, preferences):
    before = QApplication.palette().window().color()
    press(window, Qt.Key.Key_T)
    assert QApplication.palette().window().color() != before
    press(window, Qt.Key.Key_T)
    assert QApplication.palette().window().color() == before
    assert preferences.text("scheme") == ""


def test_look_is_remembered(window, session, preferences):
    settle(window, session, item_view())
    press(window, Qt.Key.Key_M)
    assert preferences.style == DisplayStyle(mirrored=True)


def test_cameras_are_listed_by_name_and_the_choice_is_remembered(window, session, preferences):
    names = "Built-in  (0)", "Desk camera  (2)"
    settle(window, session, item_view(cameras=CAMERAS, device="0"))
    assert ticked(window, *names) == ["Built-in  (0)"]
    entry(window, "Desk camera  (2)").trigger()
    assert session.opened == ["2"]
    settle(window, session, item_view(cameras=CAMERAS, device="0"))
    assert preferences.device is None
    assert ticked(window, *names) == ["Built-in  (0)"]
    settle(window, session, item_view(cameras=CAMERAS, device="2"))
    assert preferences.device == "2"
    assert ticked(window, *names) == ["Desk camera  (2)"]


def test_size_of_the_cameras_picture_is_remembered(window, session, preferences):
    entry(window, "1280 x 720").trigger()
    assert session.asked(SetCameraSize) == [SetCameraSize((1280, 720))]
    assert preferences.camera_size == (1280, 720)


def test_model_is_chosen_by_menu(window, session, preferences):
    hybrid, simplecnn = OWN_WEIGHTS
    settle(window, session, item_view(weights=hybrid))
    assert ticked(window, "hybrid", "simplecnn") == ["hybrid"]
    entry(window, "simplecnn").trigger()
    assert session.asked(LoadModel) == [LoadModel(simplecnn)]
    assert preferences.text("weights") == ""
    settle(window, session, item_view(weights=simplecnn))
    assert preferences.text("weights") == "simplecnn.pth"
    assert ticked(window, "hybrid", "simplecnn") == ["simplecnn"]


def test_model_that_cannot_be_loaded_is_neither_remembered_nor_ticked(window, session, preferences, tmp_path):
    hybrid, _ = OWN_WEIGHTS
    settle(window, session, item_view(weights=hybrid))
    entry(window, "simplecnn").trigger()
    window.open(str(tmp_path / "broken.pth"))
    settle(window, session, item_view(weights=hybrid))
    assert ticked(window, "hybrid", "simplecnn") == ["hybrid"]
    assert (preferences.text("weights"), preferences.text("opened")) == ("", "")


def test_stream_is_remembered_and_a_film_is_not(window, session, preferences):
    window.open("http://camera.local/video")
    settle(window, session, item_view(device="http://camera.local/video", stream=Stream.OPENING))
    assert preferences.device is None
    settle(window, session, item_view(device="http://camera.local/video"))
    assert preferences.device == "http://camera.local/video"
    window.open("/tmp/film.mp4")
    assert preferences.device == "http://camera.local/video"


def test_steps_are_taken_one_by_one():
    views = View(), *(View(reading=reading(state)) for state in (State.LEARNING, State.EMPTY)), item_view()
    assert [steps_taken(view) for view in views] == [0, 0, 1, 3]


def test_first_steps_fit_into_a_small_picture(qt_application):
    picture = QWidget()
    picture.resize(352, 264)
    steps = FirstSteps(picture)
    steps.place()
    for view in (View(), View(reading=reading(State.EMPTY)), item_view()):
        steps.show_view(view)
        card = steps.grab().toImage()
        beside_text = range(card.width() - 20, card.width() - 8)
        assert max(card.pixelColor(x, y).lightness() for x in beside_text for y in range(card.height())) < 60
    picture.deleteLater()


def test_first_steps_are_shown_at_the_first_run_only_and_go_by_themselves(
    open_window, session, preferences, monkeypatch
):
    assert open_window().findChild(FirstSteps) is None
    monkeypatch.setattr(first_steps, "STAY_MS", 0)
    preferences.save("steps_seen", False)
    window = open_window()
    assert window.findChild(FirstSteps).isVisible()
    settle(window, session, item_view())
    assert wait_for(lambda: window.findChild(FirstSteps) is None)
    assert preferences.flag("steps_seen", False)


def test_remembered_file_of_an_impossible_name_is_forgotten(preferences):
    preferences.save("weights", "x" * 5000)
    assert preferences.weights is None
