import threading

import numpy as np
import pytest
from scenes import frame, hold_up, learned_scene, room, short_film, write_clip

from fashioncam.messages import State, Stream
from fashioncam.pipeline import find_item
from fashioncam.pipeline.segmentation import StatisticalSegmenter
from fashioncam.runtime import live_session
from fashioncam.runtime.live_session import LiveSession
from fashioncam.runtime.sources import NO_CAMERA_NOTICE
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
    assert not views[-1].model_ready
    assert any(view.is_new_frame for view in views)
    session.load_model()
    pull_until(session, lambda view: view.model_ready)


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
    monkeypatch.setattr(live_session, "open_first_camera", lambda size_wh: None)
    session = LiveSession(Settings(), tmp_path)
    session.start()
    views = pull_until(session, lambda view: view.is_new_frame)
    session.stop()
    assert views[-1].notice == NO_CAMERA_NOTICE
    assert views[-1].source == "the demo clip"


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


def test_reading_of_another_picture_size_is_not_drawn(tmp_path):
    session = LiveSession(Settings(device="demo"), tmp_path)
    shown = hold_up(room(), (400, 200, 200, 240))
    reading, _ = find_item(frame(shown), learned_scene(room()), StatisticalSegmenter())
    assert reading.box is not None
    session._feed.readings.put(reading)
    session._feed.to_show.put(frame(room((320, 240))))
    assert np.array_equal(session.read_latest().picture_bgr, room((320, 240)))
    session.stop()


def test_stop_waits_until_the_model_has_been_loaded(monkeypatch, tmp_path):
    """A process that ends while torch is being imported is aborted."""
    loading, go_on = threading.Event(), threading.Event()

    def load_slowly(settings):
        loading.set()
        go_on.wait(30)

    monkeypatch.setattr(live_session, "load_recogniser", load_slowly)
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
