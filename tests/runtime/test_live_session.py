import json
import threading
from types import SimpleNamespace

import pytest
from fakes import SteadySource
from pulling import has_item, next_picture, pull_until, told, wait_until
from scenes import short_film, write_clip

from fashioncam.commands import (
    DeleteCaptures,
    Do,
    ExplainRow,
    FileGarment,
    LoadModel,
    OpenSource,
    Painted,
    Pause,
    SearchIn,
    SetStyle,
)
from fashioncam.errors import UserError
from fashioncam.messages import DisplayStyle, State, Stream
from fashioncam.runtime import session as session_module
from fashioncam.runtime.session import LiveSession
from fashioncam.runtime.storage.recorder import Recorder
from fashioncam.runtime.storage.storage import Storage
from fashioncam.settings import Settings


class BrokenRecorder(Recorder):
    """Writes no more once it is broken."""

    error: Exception | None = None

    def write(self, *arguments):
        if self.error is not None:
            raise self.error
        super().write(*arguments)


@pytest.fixture
def broken_recorder(monkeypatch):
    """The class that the next session records with."""
    recorder = type("ThisRecorder", (BrokenRecorder,), {})
    monkeypatch.setattr(session_module, "Recorder", recorder)
    return recorder


def test_film_is_shown_before_the_model_is_there_and_named_afterwards(session):
    views = pull_until(session, lambda view: view.reading and view.reading.state is State.ITEM)
    assert views[-1].reading.top5 == ()
    assert not views[-1].model
    assert any(view.picture for view in views)
    session.send(LoadModel())
    pull_until(session, lambda view: view.model)


def test_end_of_a_film_is_said_and_its_last_picture_stays(session):
    view = pull_until(session, lambda view: view.stream is Stream.ENDED)[-1]
    assert view.failure is None
    assert view.picture is not None


def test_view_stays_the_same_object_while_nothing_changes(session):
    pull_until(session, lambda view: view.stream is Stream.ENDED and view.rates.capture == 0)
    wait_until(lambda: session.view.rates.inference == 0)
    before = session.view
    threading.Event().wait(5 * session_module.TICK_S)
    assert session.view is before


def test_reading_the_view_twice_tells_the_same(session):
    """Nothing is taken by a read: a notification stays until the next one."""
    session.send(Do.SAVE_PICTURE)
    text = told(session, "")
    assert session.view.notification.text == text
    number = session.view.notification.number
    pull_until(session, lambda view: view.stream is Stream.ENDED)
    session.send(Do.LEARN)
    told(session, "Wait until the model has been loaded")
    assert session.view.notification.number > number


def test_unusable_source_is_a_failure_at_the_start(tmp_path):
    session = LiveSession(Settings(device="nowhere.mp4"), tmp_path)
    session.start()
    view = pull_until(session, lambda view: view.failure)[-1]
    session.stop()
    assert (view.failure.by_user, view.failed_at_start) == (True, True)
    assert "nowhere.mp4" in view.failure.text


def test_unusable_weights_are_a_failure_at_the_start(tmp_path):
    session = LiveSession(Settings(device="demo", weights=tmp_path / "missing.pth"), tmp_path)
    session.start()
    session.send(LoadModel())
    view = pull_until(session, lambda view: view.failure)[-1]
    session.stop()
    assert (view.failure.by_user, view.failed_at_start) == (True, True)
    assert "missing.pth" in view.failure.text


def test_failure_of_a_source_chosen_later_is_none_of_the_start(session, tmp_path):
    pull_until(session, lambda view: view.stream is Stream.ENDED)
    session.send(OpenSource(str(tmp_path / "nowhere.mp4")))
    assert not pull_until(session, lambda view: view.failure)[-1].failed_at_start


def test_predictions_are_written_live_too(tmp_path):
    film = tmp_path / "film.avi"
    write_clip(str(film), short_film(held=5))
    session = LiveSession(Settings(device=str(film), predictions=tmp_path / "live.jsonl"), tmp_path)
    session.start()
    pull_until(session, lambda view: view.stream is Stream.ENDED)
    session.stop()
    assert (tmp_path / "live.jsonl").read_text().startswith('{"frame": ')


def test_failure_is_not_forgotten_at_the_end_of_the_film(broken_recorder, tmp_path, capfd):
    film = tmp_path / "film.avi"
    write_clip(str(film), short_film(held=2))
    broken_recorder.error = ValueError("disk full")
    session = LiveSession(Settings(device=str(film), predictions=tmp_path / "out.jsonl"), tmp_path)
    session.start()
    pull_until(session, lambda view: view.failure)
    view = pull_until(session, lambda view: view.stream is Stream.ENDED)[-1]
    session.stop()
    assert view.failure.text == "ValueError: disk full"
    assert "disk full" in capfd.readouterr().err


def test_request_is_answered_while_paused_and_forgotten_when_the_item_has_left(demo):
    pull_until(demo, has_item)
    demo.send(Pause(True))
    pull_until(demo, lambda view: view.stream is Stream.PAUSED and has_item(view))
    demo.send(ExplainRow(1))
    assert demo.view.request.explained is not None
    second = demo.view.reading.top5[1]
    pull_until(demo, lambda view: view.reading.explained == second.label)
    demo.send(Do.TOGGLE_CONTRAST)
    assert pull_until(demo, lambda view: view.reading.against)[-1].explanation is not None
    demo.send(Pause(False))
    demo.send(Do.RELEARN)
    pull_until(demo, lambda view: view.reading and not view.reading.top5 and not view.request.contrast)


def test_region_is_given_in_the_picture_as_shown(demo):
    demo.send(SetStyle(DisplayStyle(mirrored=True)))
    demo.send(SearchIn((0.0, 0.0, 0.25, 1.0)))
    assert demo.view.request.region == pytest.approx((0.0, 0.0, 0.25, 1.0))
    demo.send(SetStyle(DisplayStyle()))
    assert demo.view.request.region == pytest.approx((0.75, 0.0, 0.25, 1.0))


def test_picture_capture_and_recording_are_saved_and_told(demo, tmp_path):
    pull_until(demo, has_item)
    demo.send(Pause(True))
    demo.send(Do.SAVE_PICTURE)
    assert told(demo, "Saved").startswith(f"Saved {tmp_path}")
    pull_until(demo, lambda view: view.stream is Stream.PAUSED)
    demo.send(Do.HOLD_GARMENT)
    assert demo.view.held.reading.top5
    demo.send(FileGarment(6))
    assert demo.view.held is None
    told(demo, "Filed as Shirt")
    captures = pull_until(demo, lambda view: view.captures)[-1].captures
    assert [capture.label for capture in captures] == ["Shirt"]
    demo.send(DeleteCaptures(captures))
    pull_until(demo, lambda view: not view.captures)
    told(demo, "Deleted")
    demo.send(Do.TOGGLE_RECORDING)
    demo.send(Pause(False))
    film = pull_until(demo, lambda view: view.recording is not None)[-1].recording
    wait_until(lambda: film.with_suffix(".jsonl").exists())
    index = demo.view.reading.frame_index
    pull_until(demo, lambda view: abs(view.reading.frame_index - index) > 3)
    demo.send(Do.TOGGLE_RECORDING)
    told(demo, "Recorded")
    assert json.loads(film.with_suffix(".jsonl").read_text().splitlines()[0])["frame"] >= 0


def test_full_disk_ends_the_film_and_not_the_demonstration(broken_recorder, tmp_path):
    session = LiveSession(Settings(device="demo", predictions=tmp_path / "all.jsonl"), tmp_path)
    session.start()
    pull_until(session, lambda view: view.reading and view.reading.frame_index > 0)
    broken_recorder.error = UserError("out.mp4: the disk is nearly full")
    assert told(session, "Nothing more") == "Nothing more is written: out.mp4: the disk is nearly full"
    index = session.view.reading.frame_index
    view = pull_until(session, lambda view: view.reading.frame_index > index)[-1]
    session.stop()
    assert view.failure is None


def test_garment_is_filed_by_the_classes_that_it_was_held_up_for(demo, tmp_path):
    pull_until(demo, has_item)
    demo.send(Do.HOLD_GARMENT)
    held = demo.view.held
    assert held.classes[0] == "T-shirt/top"
    demo.send(OpenSource(str(tmp_path)))  # nothing that is chosen meanwhile changes what is held
    demo.send(LoadModel(tmp_path / "missing.pth"))
    assert demo.view.held is held
    demo.send(FileGarment(0))
    told(demo, "Filed as T-shirt/top")


@pytest.fixture
def closed(monkeypatch):
    """The files that the next session has closed, in turn; closing the storage fails where `error` is given."""
    closed = SimpleNamespace(names=[], error=None)

    class NotedRecorder(Recorder):
        def close(self):
            super().close()
            closed.names.append("recorder")

    class NotedStorage(Storage):
        def close(self):
            super().close()
            closed.names.append("storage")
            if closed.error is not None:
                raise closed.error

    monkeypatch.setattr(session_module, "Recorder", NotedRecorder)
    monkeypatch.setattr(session_module, "Storage", NotedStorage)
    return closed


def test_recording_that_is_not_whole_is_said_at_the_end_and_the_other_files_are_closed(closed, tmp_path):
    closed.error = UserError("the video is incomplete")
    with pytest.raises(UserError, match="the video is incomplete"):
        LiveSession(Settings(device="demo"), tmp_path).stop()
    assert closed.names == ["storage", "recorder"]


def test_files_are_closed_after_a_frame_that_took_long(closed, tmp_path, monkeypatch):
    joins, names_at_join = iter((False, True)), []

    class SlowInference(session_module.InferenceLoop):
        def join(self):
            names_at_join.append(list(closed.names))
            return super().join() and next(joins)

    monkeypatch.setattr(session_module, "InferenceLoop", SlowInference)
    LiveSession(Settings(device="demo"), tmp_path).stop()
    assert names_at_join == [[], []], "none is closed before the frame has ended"
    assert closed.names == ["storage", "recorder"]


def test_nothing_in_view_cannot_be_filed(tmp_path):
    session = LiveSession(Settings(device="demo"), tmp_path)
    session.send(Do.HOLD_GARMENT)
    assert session.view.held is None
    session.send(FileGarment(0))
    told(session, "hold up a garment")
    session.stop()


def test_every_command_without_an_argument_is_carried_out(tmp_path):
    session = LiveSession(Settings(device="demo"), tmp_path)
    for command in Do:
        session.send(command)
    session.stop()


def test_numbers_are_those_of_the_frames(tmp_path):
    source = SteadySource()
    settings = Settings(device="steady", predictions=tmp_path / "all.jsonl")
    session = LiveSession(settings, tmp_path, open_named=lambda device, size_wh: source)
    session.start()
    painted = []
    for _ in range(12):
        view = next_picture(session)
        assert view.picture.grabbed_s == source.grabbed_s[view.picture.image_bgr[0, 0, 0]]
        session.send(Painted(view.picture.grabbed_s))
        painted.append(view)
    rates = pull_until(session, lambda view: view.rates.display > 0 and view.rates.latency_ms > 0)[-1].rates
    session.stop()
    assert rates.latency_p95_ms >= rates.latency_ms > 0
    assert rates.capture > 0
    answered = (tmp_path / "all.jsonl").read_text().count("\n")
    assert answered + session.view.rates.dropped <= len(source.grabbed_s), "each frame is answered or dropped"
    assert answered > 0


def test_no_item_stays_on_the_picture_when_inference_has_failed(broken_recorder, tmp_path, capfd):
    session = LiveSession(Settings(device="demo", predictions=tmp_path / "all.jsonl"), tmp_path)
    session.start()
    session.send(LoadModel())
    pull_until(session, has_item)
    broken_recorder.error = ValueError("a defect")
    failed = pull_until(session, lambda view: view.failure and not has_item(view))[-1]
    picture = next_picture(session).picture
    session.stop()
    assert failed.reading.segment is None
    assert picture is not failed.picture, "the picture goes on"
    assert "a defect" in capfd.readouterr().err
