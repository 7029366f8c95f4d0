import sys
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from fakes import FakeSource
from mjpeg_server import MjpegServer
from scenes import room, short_film, write_clip

from fashioncam import bundled
from fashioncam.messages import Camera, Frame, Look, State, Stream
from fashioncam.runtime import camera_list, model_switch, source_choice
from fashioncam.runtime.learner import Learner
from fashioncam.runtime.live_session import LiveSession
from fashioncam.runtime.sources import SourceError
from fashioncam.settings import Settings

PULLS = 2000
PULL_INTERVAL_S = 0.01


def pull_until(session, condition):
    """Pull views as a window does until one of them meets the condition; returns all of them."""
    views, pause = [], threading.Event()
    for _ in range(PULLS):
        views.append(session.read_latest())
        if condition(views[-1]):
            return views
        pause.wait(PULL_INTERVAL_S)
    raise AssertionError(f"never came: last view {views[-1]}")


def no_camera(size_wh):
    raise SourceError("No camera found")


@pytest.fixture
def session(tmp_path):
    """A running session on a short film."""
    path = tmp_path / "film.avi"
    write_clip(str(path), short_film(held=20))
    session = LiveSession(Settings(device=str(path)), tmp_path)
    session.start()
    yield session
    session.stop()


def test_film_is_shown_before_the_model_is_there_and_named_afterwards(session):
    views = pull_until(session, lambda view: view.reading and view.reading.state is State.ITEM)
    assert views[-1].reading.top5 == ()
    assert not views[-1].model
    assert any(view.is_new_frame for view in views)
    session.load_model()
    pull_until(session, lambda view: view.model)


def test_end_of_a_film_is_said_and_its_last_picture_stays(session):
    views = pull_until(session, lambda view: view.stream is Stream.ENDED)
    assert views[-1].failure is None
    assert sum(view.is_new_frame for view in views) <= 45


def test_same_frame_is_not_counted_as_new(session):
    pull_until(session, lambda view: view.stream is Stream.ENDED)
    rest = [session.read_latest() for _ in range(5)]
    assert not any(view.is_new_frame for view in rest[1:])


def test_unusable_source_is_a_failure_by_the_user(tmp_path):
    session = LiveSession(Settings(device="nowhere.mp4"), tmp_path)
    session.start()
    views = pull_until(session, lambda view: view.failure)
    session.stop()
    assert views[-1].failure.by_user
    assert "nowhere.mp4" in views[-1].failure.text


def test_unusable_weights_are_a_failure_by_the_user(tmp_path):
    session = LiveSession(Settings(device="demo", weights=tmp_path / "missing.pth"), tmp_path)
    session.load_model()
    views = pull_until(session, lambda view: view.failure)
    session.stop()
    assert views[-1].failure.by_user
    assert "missing.pth" in views[-1].failure.text


def test_without_a_camera_the_demo_clip_is_played_and_said(monkeypatch, tmp_path):
    monkeypatch.setattr(source_choice, "open_first_camera", no_camera)
    session = LiveSession(Settings(), tmp_path)
    session.start()
    views = pull_until(session, lambda view: view.is_new_frame)
    session.stop()
    assert views[-1].notice == "Playing the demo clip: No camera found"
    assert views[-1].source == "the demo clip"


def test_notice_of_a_source_that_has_been_left_is_not_shown(tmp_path):
    """Opening it may take seconds, in which another one is chosen."""
    session = LiveSession(Settings(device="demo"), tmp_path)
    session.open_source("demo")
    session._sources.notice = "Playing the demo clip"
    assert session.read_latest().notice == ""
    session.stop()


def test_cameras_alone_are_opened_again_in_another_size(tmp_path):
    opened = []

    def open_named(device, size_wh):
        opened.append((device, size_wh))
        source = SteadySource()
        source.device = device
        return source

    for device in ("0", "/dev/video2", "http://127.0.0.1/video"):
        session = LiveSession(Settings(device=device), tmp_path, open_named=open_named)
        session.start()
        pull_until(session, lambda view: view.is_new_frame)
        session.set_camera_size((1280, 720))
        pull_until(session, lambda view: view.is_new_frame)
        session.stop()
    assert [device for device, size_wh in opened if size_wh == (1280, 720)] == ["0", "/dev/video2"]


@pytest.mark.parametrize("again", ["size", "choice"])
def test_lost_camera_comes_back_after_it_was_asked_for_again(tmp_path, again):
    plugged_in, tried = threading.Event(), threading.Event()
    cameras = [FakeSource(count=1), SteadySource()]
    cameras[1].device = "fake"

    def open_named(device, size_wh):
        if len(cameras) == 1 and not plugged_in.is_set():
            tried.set()
            raise SourceError("the cable is out")
        return cameras.pop(0)

    session = LiveSession(Settings(device="fake"), tmp_path, retry_s=0.01, open_named=open_named)
    session.start()
    pull_until(session, lambda view: view.stream is Stream.LOST)
    if again == "size":
        session.set_camera_size((1280, 720))
    else:
        session.open_source("fake")
    tried.clear()
    assert tried.wait(5)
    plugged_in.set()
    views = pull_until(session, lambda view: view.stream is Stream.PLAYING)
    session.stop()
    assert views[-1].failure is None


def test_model_that_comes_after_one_that_failed_is_in_use(tmp_path):
    session = LiveSession(Settings(device="demo", weights=tmp_path / "missing.pth"), tmp_path)
    session.load_model()
    pull_until(session, lambda view: view.failure)
    session.load_model(bundled.own(bundled.weights_of("hybrid")))
    views = pull_until(session, lambda view: view.model)
    session.stop()
    assert views[-1].failure is None
    assert views[-1].weights.name == "hybrid.pth"


def test_predictions_are_written_live_too(tmp_path):
    film = tmp_path / "film.avi"
    write_clip(str(film), short_film(held=5))
    session = LiveSession(Settings(device=str(film), predictions=tmp_path / "live.jsonl"), tmp_path)
    session.start()
    pull_until(session, lambda view: view.stream is Stream.ENDED)
    session.stop()
    assert (tmp_path / "live.jsonl").read_text().startswith('{"frame": ')


def test_failure_is_not_forgotten_at_the_end_of_the_film(tmp_path, capfd):
    film = tmp_path / "film.avi"
    write_clip(str(film), short_film(held=2))
    session = LiveSession(Settings(device=str(film), predictions=tmp_path / "out.jsonl"), tmp_path)

    def broken(*arguments):
        raise ValueError("disk full")

    session._recorder.write = broken
    session.start()
    pull_until(session, lambda view: view.failure)
    view = pull_until(session, lambda view: view.stream is Stream.ENDED)[-1]
    session.stop()
    assert view.failure.text == "ValueError: disk full"
    assert "disk full" in capfd.readouterr().err


def test_stop_waits_until_the_model_has_been_loaded(monkeypatch, tmp_path):
    """A process that ends while torch is being imported is aborted."""
    loading, go_on = threading.Event(), threading.Event()

    def load_slowly(settings):
        loading.set()
        go_on.wait(30)

    monkeypatch.setattr(model_switch, "load_recogniser", load_slowly)
    session = LiveSession(Settings(device="demo"), tmp_path)
    session.load_model()
    assert loading.wait(5)
    stopping = threading.Thread(target=session.stop)
    stopping.start()
    stopping.join(0.2)
    assert stopping.is_alive()
    go_on.set()
    stopping.join(5)
    assert not stopping.is_alive()


@pytest.fixture
def demo(tmp_path):
    """A running session on the demo clip, with a model."""
    session = LiveSession(Settings(device="demo"), tmp_path)
    session.start()
    session.load_model()
    pull_until(session, lambda view: view.model and view.reading)
    yield session
    session.stop()


def has_item(view):
    return view.reading is not None and view.reading.top5


def test_source_is_switched_without_a_restart(demo, tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    cv2.imwrite(str(folder / "a.png"), room())
    demo.open_source(str(folder))
    views = pull_until(demo, lambda view: view.reading and view.stream is Stream.ENDED)
    assert all(view.model for view in views)
    assert views[-1].source == str(folder)
    assert {view.reading.state for view in views if view.reading} == {State.LEARNING}


def test_source_that_cannot_be_opened_is_said_and_another_one_goes_on(demo, tmp_path):
    (tmp_path / "text.mp4").write_text("no video")
    demo.open_source(str(tmp_path / "text.mp4"))
    view = pull_until(demo, lambda view: view.failure)[-1]
    assert "cannot be opened as a video" in view.failure.text
    assert not demo.is_first_source
    demo.open_source("demo")
    assert pull_until(demo, lambda view: view.is_new_frame)[-1].failure is None


def test_model_is_switched_while_the_one_before_answers(demo):
    demo.load_model(bundled.own(bundled.weights_of("simplecnn")))
    views = pull_until(demo, lambda view: view.model == "simplecnn" and has_item(view))
    assert views[0].model_loading == "simplecnn"
    assert all(view.model for view in views)
    assert views[-1].model_loading == ""


def test_model_that_cannot_be_loaded_leaves_the_one_before(demo, tmp_path):
    demo.load_model(weights=tmp_path / "missing.pth")
    views = pull_until(demo, lambda view: view.news)
    assert "missing.pth" in views[-1].news
    assert (views[-1].model, views[-1].failure) == ("hybrid", None)


def test_remembered_weights_that_are_gone_give_way_to_the_settings_model(tmp_path):
    session = LiveSession(Settings(device="demo"), tmp_path)
    session.load_model(weights=tmp_path / "gone.pth")
    views = pull_until(session, lambda view: view.model)
    session.stop()
    assert views[-1].model == "hybrid"
    assert any("gone.pth" in view.news for view in views)


def test_remembered_camera_that_is_gone_gives_way_to_the_first(monkeypatch, tmp_path):
    monkeypatch.setattr(source_choice, "open_first_camera", no_camera)
    session = LiveSession(Settings(), tmp_path, preferred_device="97")
    session.start()
    views = pull_until(session, lambda view: view.is_new_frame)
    session.stop()
    assert views[-1].source == "the demo clip"
    assert any("camera 97 cannot be opened" in view.news for view in views)


def test_question_is_answered_while_paused_and_forgotten_when_the_item_has_left(demo):
    pull_until(demo, has_item)
    demo.set_paused(True)
    pull_until(demo, lambda view: view.stream is Stream.PAUSED)
    demo.explain_row(1)
    second = pull_until(demo, lambda view: view.request.explained is not None and has_item(view))[-1].reading.top5[1]
    pull_until(demo, lambda view: view.reading.explained == second.label and view.picture_bgr is not None)
    demo.toggle_contrast()
    assert pull_until(demo, lambda view: view.reading.against)[-1].explanation is not None
    demo.set_paused(False)
    demo.relearn()
    pull_until(demo, lambda view: view.reading and not view.reading.top5 and not view.request.contrast)


def test_region_is_given_in_the_picture_as_shown(demo):
    demo.set_look(Look(mirrored=True))
    demo.search_in((0.0, 0.0, 0.25, 1.0))
    view = demo.read_latest()
    assert view.request.region == pytest.approx((0.0, 0.0, 0.25, 1.0))
    assert view.picture_bgr is None or view.look.mirrored
    assert demo._request.region == pytest.approx((0.75, 0.0, 0.25, 1.0))


def test_picture_capture_and_recording_are_kept_and_told(demo, tmp_path):
    pull_until(demo, has_item)
    demo.set_paused(True)
    demo.save_picture()
    saved = pull_until(demo, lambda view: view.news)[-1].news
    assert saved.startswith(f"Saved {tmp_path}")
    pull_until(demo, lambda view: view.stream is Stream.PAUSED)
    assert demo.hold_capture()
    demo.file_capture(6)
    assert "Filed as Shirt" in pull_until(demo, lambda view: view.news)[-1].news
    assert [capture.label for capture in demo.captures()] == ["Shirt"]
    demo.delete_captures(demo.captures())
    assert demo.captures() == []
    assert "Deleted" in pull_until(demo, lambda view: view.news)[-1].news
    demo.toggle_recording()
    demo.set_paused(False)
    read = {view.reading.frame_index for view in pull_until(demo, lambda view: view.recording is not None)}
    for _ in range(2):  # the first of them at least has been recorded when the second is read
        read.add(pull_until(demo, lambda view: view.reading.frame_index not in read)[-1].reading.frame_index)
    demo.toggle_recording()
    assert "Recorded" in pull_until(demo, lambda view: "Recorded" in view.news)[-1].news


def test_garment_is_filed_by_the_classes_that_it_was_held_up_for(demo):
    pull_until(demo, has_item)
    assert demo.hold_capture()
    demo._models.classes = tuple(reversed(demo._models.classes))
    demo.file_capture(0)
    pull_until(demo, lambda view: "Filed as T-shirt/top" in view.news)


def test_files_are_closed_after_a_frame_that_took_long(session, monkeypatch):
    has_ended, closed = iter((False, True)), []
    monkeypatch.setattr(session._inference, "join", lambda: next(has_ended, True))
    monkeypatch.setattr(session._keeper, "close", lambda: closed.append("keeper"))
    session.stop()
    assert closed == ["keeper"]


def test_nothing_in_view_cannot_be_filed(tmp_path):
    session = LiveSession(Settings(device="demo"), tmp_path)
    assert not session.hold_capture()
    session.file_capture(0)
    assert "hold up a garment" in session.read_latest().news
    session.stop()


def test_cameras_are_found_in_a_thread_of_their_own(monkeypatch, tmp_path):
    monkeypatch.setattr(camera_list, "enumerated_cameras", lambda: [(0, "Built-in"), (2, "Desk camera")])
    session = LiveSession(Settings(device="demo"), tmp_path)
    session.list_cameras()
    view = pull_until(session, lambda view: view.cameras)[-1]
    session.stop()
    assert view.cameras == (Camera(0, "Built-in"), Camera(2, "Desk camera"))


def test_stream_whose_plug_is_pulled_and_put_back_goes_on(tmp_path):
    server = MjpegServer()
    session = LiveSession(Settings(device=server.url), tmp_path, retry_s=0.05)
    session.start()
    pull_until(session, lambda view: view.reading and view.reading.state is State.EMPTY)
    server.unplug()
    lost = pull_until(session, lambda view: view.stream is Stream.LOST)[-1]
    server.plug_in()
    views = pull_until(session, lambda view: view.is_new_frame and view.stream is Stream.PLAYING)
    session.stop()
    server.unplug()
    assert lost.failure is None
    assert views[-1].reading.state is State.EMPTY, "the background needs no learning"


class SteadySource:
    """A camera with a clock of its own: notes when each frame was grabbed."""

    name, device, live, fps, frame_count = "steady", "steady", True, 25.0, None

    def __init__(self):
        self.pause = threading.Event()
        self.started_s, self.grabbed_s = time.monotonic(), []

    def read(self):
        due_s = self.started_s + len(self.grabbed_s) / self.fps
        self.pause.wait(max(0.0, due_s - time.monotonic()))
        self.grabbed_s.append(time.monotonic())
        image = room()
        image[0, 0] = len(self.grabbed_s) - 1  # to be recognised by on the screen
        return Frame(len(self.grabbed_s) - 1, image, 0.0, self.grabbed_s[-1])

    def close(self):
        self.pause.set()


def test_numbers_agree_with_an_independent_measurement(tmp_path):
    source = SteadySource()
    settings = Settings(device="steady", predictions=tmp_path / "all.jsonl")
    session = LiveSession(settings, tmp_path, open_named=lambda device, size_wh: source)
    session.start()
    shown_s, delays_s, pause = [], [], threading.Event()
    while not shown_s or shown_s[-1] - shown_s[0] < 2.5:
        view = session.read_latest()
        if view.is_new_frame:
            session.picture_shown()
            shown_s.append(time.monotonic())
            delays_s.append(shown_s[-1] - source.grabbed_s[view.picture_bgr[0, 0, 0]])
        pause.wait(0.002)
    now_s, rates = time.monotonic(), session.read_latest().rates
    session.stop()

    def rate(times_s):
        last = [s for s in times_s if s > now_s - 1]
        return (len(last) - 1) / (last[-1] - last[0])

    assert rates.capture == pytest.approx(rate(source.grabbed_s), rel=0.05)
    assert rates.display == pytest.approx(rate(shown_s), rel=0.05)
    assert rates.latency_ms == pytest.approx(1000 * np.median(delays_s), rel=0.05, abs=0.5)
    assert rates.latency_p95_ms == pytest.approx(1000 * np.percentile(delays_s, 95), rel=0.05, abs=0.5)
    answered = (tmp_path / "all.jsonl").read_text().count("\n")
    assert answered + rates.dropped == pytest.approx(len(source.grabbed_s), abs=3), "all others were answered"


def test_no_item_stays_on_the_picture_when_inference_has_failed(demo, capfd):
    pull_until(demo, has_item)

    def broken(*arguments):
        raise ValueError("a defect")

    demo._recorder.write = broken
    views = pull_until(demo, lambda view: view.failure and view.is_new_frame and not has_item(view))
    assert views[-1].reading.segment is None
    assert "a defect" in capfd.readouterr().err


def test_learning_waits_for_a_model_and_ends_with_the_session(tmp_path):
    session = LiveSession(Settings(device="demo"), tmp_path)
    session.learn()
    assert session.read_latest().news == "Wait until the model has been loaded"
    command = (sys.executable, "-c", "import time; print('7 %', flush=True); time.sleep(60)")
    session._learner = Learner(tmp_path / "captures", tmp_path, session._keeper.tell, command)
    session._models.weights = tmp_path / "hybrid.pth"
    session.learn()
    pull_until(session, lambda view: view.learning.percent == 7)
    session.stop()
    assert not session.read_latest().learning.is_running


def test_loaded_model_is_what_will_be_adapted(session):
    session.load_model(weights=Path("weights/hybrid.pth"))
    pull_until(session, lambda view: view.model == "hybrid")
    assert session._models.weights.samefile("weights/hybrid.pth")
