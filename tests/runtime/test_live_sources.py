import threading

import cv2
import pytest
from fakes import FakeSource, SteadySource
from mjpeg_server import MjpegServer
from pulling import next_picture, no_camera, pull_until, told
from scenes import room, short_film, write_clip

from fashioncam.commands import Do, OpenSource, SetCameraSize
from fashioncam.messages import Camera, State, Stream
from fashioncam.runtime.session import LiveSession
from fashioncam.runtime.sources import cameras as cameras_module
from fashioncam.runtime.sources import opening
from fashioncam.runtime.sources.source import SourceError
from fashioncam.settings import Settings


def test_without_a_camera_the_demo_clip_is_played_and_said(monkeypatch, tmp_path):
    monkeypatch.setattr(opening, "open_first_camera", no_camera)
    session = LiveSession(Settings(), tmp_path)
    session.start()
    view = next_picture(session)
    session.stop()
    assert view.notice == "Playing the demo clip: No camera found"
    assert view.source == "the demo clip"


def test_notice_of_a_source_that_has_been_left_is_not_shown(monkeypatch, tmp_path):
    """Opening it may take seconds, in which another one is chosen."""
    monkeypatch.setattr(opening, "open_first_camera", no_camera)
    session = LiveSession(Settings(), tmp_path)
    session.start()
    assert next_picture(session).notice
    session.send(OpenSource("demo"))
    assert next_picture(session).notice == ""
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
        next_picture(session)
        session.send(SetCameraSize((1280, 720)))
        next_picture(session)
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
        session.send(SetCameraSize((1280, 720)))
    else:
        session.send(OpenSource("fake"))
    tried.clear()
    assert tried.wait(5)
    plugged_in.set()
    views = pull_until(session, lambda view: view.stream is Stream.PLAYING)
    session.stop()
    assert views[-1].failure is None


def test_source_is_switched_without_a_restart(demo, tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    cv2.imwrite(str(folder / "a.png"), room())
    demo.send(OpenSource(str(folder)))
    views = pull_until(demo, lambda view: view.reading and view.stream is Stream.ENDED)
    assert all(view.model for view in views)
    assert views[-1].source == str(folder)
    assert {view.reading.state for view in views if view.reading} == {State.LEARNING}


def test_source_that_cannot_be_opened_is_said_and_the_one_before_goes_on(demo, tmp_path):
    (tmp_path / "text.mp4").write_text("no video")
    demo.send(OpenSource(str(tmp_path / "text.mp4")))
    told(demo, "cannot be opened as a video")
    view = next_picture(demo)
    assert (view.failure, view.device) == (None, "demo")


def test_source_that_cannot_be_opened_after_the_end_of_another_is_a_failure(session, tmp_path):
    (tmp_path / "text.mp4").write_text("no video")
    pull_until(session, lambda view: view.stream is Stream.ENDED)
    session.send(OpenSource(str(tmp_path / "text.mp4")))
    view = pull_until(session, lambda view: view.failure)[-1]
    assert "cannot be opened as a video" in view.failure.text
    session.send(OpenSource("demo"))
    assert next_picture(session).failure is None


def test_both_sources_that_cannot_be_opened_are_said(demo, tmp_path):
    film, text = tmp_path / "film.avi", tmp_path / "text.mp4"
    write_clip(str(film), short_film(held=200))
    text.write_text("no video")
    demo.send(OpenSource(str(film)))
    pull_until(demo, lambda view: view.stream is Stream.PLAYING)
    film.write_text("no video any more")
    demo.send(OpenSource(str(text)))
    told(demo, "text.mp4")
    assert "film.avi" in pull_until(demo, lambda view: view.failure)[-1].failure.text


def test_of_two_bad_choices_in_a_row_the_source_before_both_goes_on(tmp_path):
    is_second_chosen = threading.Event()

    def open_named(device, size_wh):
        if device == "slow":
            is_second_chosen.wait(10)
        if device != "good":
            raise SourceError(f"{device} cannot be opened")
        source = SteadySource()
        source.device = device
        return source

    session = LiveSession(Settings(device="good"), tmp_path, open_named=open_named)
    session.start()
    next_picture(session)
    session.send(OpenSource("slow"))
    session.send(OpenSource("bad"))
    is_second_chosen.set()
    told(session, "bad cannot be opened")
    view = next_picture(session)
    session.stop()
    assert (view.failure, view.device) == (None, "good")


def test_remembered_camera_that_is_gone_gives_way_to_the_first(monkeypatch, tmp_path):
    monkeypatch.setattr(opening, "open_first_camera", no_camera)
    session = LiveSession(Settings(), tmp_path, preferred_device="97")
    session.start()
    told(session, "camera 97 cannot be opened")
    view = next_picture(session)
    session.stop()
    assert view.source == "the demo clip"


def test_cameras_are_found_in_a_thread_of_their_own(monkeypatch, tmp_path):
    monkeypatch.setattr(cameras_module, "enumerated_cameras", lambda: (Camera(0, "Built-in"), Camera(2, "Desk camera")))
    session = LiveSession(Settings(device="demo"), tmp_path)
    session.start()
    session.send(Do.LIST_CAMERAS)
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
    view = pull_until(session, lambda view: view.stream is Stream.PLAYING)[-1]
    session.stop()
    server.unplug()
    assert lost.failure is None
    assert view.reading.state is State.EMPTY, "the background needs no learning"
