import threading
import time

import numpy as np
import pytest
from fakes import SteadySource
from pulling import has_item, pull_until
from scenes import short_film, write_clip

from fashioncam.errors import UserError
from fashioncam.messages import Look, State, Stream
from fashioncam.runtime.session import LiveSession
from fashioncam.settings import Settings


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
    assert "Deleted" in pull_until(demo, lambda view: view.news)[-1].news
    assert demo.captures() == []
    demo.toggle_recording()
    demo.set_paused(False)
    read = {view.reading.frame_index for view in pull_until(demo, lambda view: view.recording is not None)}
    for _ in range(2):  # the first of them at least has been recorded when the second is read
        read.add(pull_until(demo, lambda view: view.reading.frame_index not in read)[-1].reading.frame_index)
    demo.toggle_recording()
    assert "Recorded" in pull_until(demo, lambda view: "Recorded" in view.news)[-1].news


def test_full_disk_ends_the_film_and_not_the_demonstration(demo, monkeypatch):
    pull_until(demo, lambda view: view.is_new_frame)
    assert demo._recorder.frames

    def full(*arguments):
        raise UserError("out.mp4: the disk is nearly full")

    monkeypatch.setattr(demo._recorder, "write", full)
    told = pull_until(demo, lambda view: view.news)[-1].news
    assert told == "Nothing more is written: out.mp4: the disk is nearly full"
    index = demo.read_latest().reading.frame_index
    assert pull_until(demo, lambda view: view.reading.frame_index > index)[-1].failure is None


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


def test_recording_that_is_not_whole_is_said_at_the_end_and_the_other_files_are_closed(session, monkeypatch):
    def fail():
        raise UserError("the film is not whole")

    closed = []
    monkeypatch.setattr(session._keeper, "close", fail)
    monkeypatch.setattr(session._recorder, "close", lambda: closed.append("recorder"))
    with pytest.raises(UserError, match="the film is not whole"):
        session.stop()
    assert closed == ["recorder"]


def test_nothing_in_view_cannot_be_filed(tmp_path):
    session = LiveSession(Settings(device="demo"), tmp_path)
    assert not session.hold_capture()
    session.file_capture(0)
    assert "hold up a garment" in session.read_latest().news
    session.stop()


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
