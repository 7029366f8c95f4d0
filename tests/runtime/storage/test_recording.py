import threading

from scenes import frame, room

from fashioncam.messages import DisplayStyle, Reading, State
from fashioncam.runtime.storage.recorder import Recorder
from fashioncam.runtime.storage.recording import Recording

EMPTY = Reading(0, (640, 480), 0.0, 0.0, State.EMPTY)


def test_frame_that_comes_too_late_does_not_wait_for_the_film(tmp_path, monkeypatch):
    close, is_closing, goes_on = Recorder.close, threading.Event(), threading.Event()

    def close_slowly(recorder):
        is_closing.set()
        assert goes_on.wait(30)
        close(recorder)

    monkeypatch.setattr(Recorder, "close", close_slowly)
    recording, told = Recording(tmp_path / "film.avi"), []
    assert recording.write(frame(room()), EMPTY, 30.0, DisplayStyle())
    worker = threading.Thread(target=lambda: told.append(recording.finish()))
    worker.start()
    assert is_closing.wait(30)
    assert recording.write(frame(room(), 1), EMPTY, 30.0, DisplayStyle())
    goes_on.set()
    worker.join()
    assert told == [f"Recorded {tmp_path / 'film.avi'}, and film.jsonl beside it"]
    assert (tmp_path / "film.jsonl").read_text().count("\n") == 1
