import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from scenes import frame, room

from fashioncam.errors import UserError
from fashioncam.messages import DisplayStyle, Reading, Segment, State
from fashioncam.runtime.storage import storage as storage_module
from fashioncam.runtime.storage.recorder import Recorder
from fashioncam.runtime.storage.storage import MOST_WAITING, Storage

EMPTY = Reading(0, (640, 480), 0.0, 0.0, State.EMPTY)
ITEM = Reading(
    0, (640, 480), 0.0, 0.0, State.ITEM, 1.0, Segment((200, 120, 4, 4), np.full((4, 4), 255, np.uint8)), (), None,
    np.zeros((28, 28), np.uint8),
)  # fmt: skip
KILLED = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from scenes import frame, room, seen_by_camera
from fashioncam.messages import DisplayStyle, Reading, State
from fashioncam.runtime.storage.storage import Storage

storage = Storage(Path({folder!r}))
storage.toggle_recording()
for index in range(60):
    shown = frame(seen_by_camera(room(), index), index)
    storage.record(shown, Reading(index, (640, 480), shown.time_s, 0.0, State.EMPTY), 30.0, DisplayStyle())
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def storage(tmp_path):
    storage = Storage(tmp_path / "saved")
    yield storage
    storage.close()


def next_message(storage):
    """Waits for it."""
    pause = threading.Event()
    for _ in range(2000):
        if message := storage.take_message():
            return message
        pause.wait(0.005)
    raise AssertionError("no message came")


def all_messages(storage):
    storage.close()
    return list(iter(storage.take_message, ""))


def record(storage, index=0):
    storage.record(frame(room(), index), Reading(index, (640, 480), index / 30, 0.0, State.EMPTY), 30.0, DisplayStyle())


def frames_in(path):
    capture, count = cv2.VideoCapture(str(path)), 0
    while capture.grab():
        count += 1
    capture.release()
    return count


def test_picture_is_saved_with_its_reading(storage):
    storage.save_picture(frame(room()), EMPTY, DisplayStyle(mirrored=True))
    (message,) = all_messages(storage)
    path = Path(message.removeprefix("Saved "))
    assert (cv2.imread(str(path)) == room()[:, ::-1]).all()
    said = json.loads(path.with_suffix(".json").read_text())
    assert (said["state"], said["mirrored"]) == ("empty", True)


def test_pictures_do_not_pile_up_before_a_slow_disk(storage, monkeypatch):
    goes_on = threading.Event()
    monkeypatch.setattr(storage_module, "write_png", lambda *_: goes_on.wait(30))
    for _ in range(MOST_WAITING + 2):
        storage.save_picture(frame(room()), EMPTY, DisplayStyle())
    storage.refresh_captures()  # waits without a picture, so it need not be refused
    goes_on.set()
    messages = all_messages(storage)
    assert len([one for one in messages if "still busy" in one]) == 2
    assert len(messages) == MOST_WAITING + 2


def test_room_is_made_by_what_has_been_saved(storage):
    for _ in range(MOST_WAITING + 2):
        storage.save_picture(frame(room()), EMPTY, DisplayStyle())
        assert next_message(storage).startswith("Saved")


def test_captures_are_listed_after_each_change(storage):
    assert storage.captures == ()
    for label in ("Shirt", "Coat"):
        storage.file(frame(room()), ITEM, label, 6)
        assert next_message(storage).startswith(f"Filed as {label}")
    assert [capture.label for capture in storage.captures] == ["Coat", "Shirt"]
    storage.delete_captures(storage.captures[:1])
    assert "Deleted" in next_message(storage)
    (left,) = storage.captures
    storage.delete_captures([left, left])
    assert "cannot be deleted" in next_message(storage)
    assert storage.captures == ()


def test_captures_of_an_earlier_run_are_listed_when_asked(storage):
    earlier = Storage(storage.folder)
    earlier.file(frame(room()), ITEM, "Shirt", 6)
    earlier.close()
    storage.refresh_captures()
    storage.close()
    assert [capture.label for capture in storage.captures] == ["Shirt"]


def test_recording_is_begun_and_ended_and_named(storage):
    storage.toggle_recording()
    path = storage.recording
    for index in range(10):
        record(storage, index)
    storage.toggle_recording()
    assert storage.recording is None
    begun, ended = all_messages(storage)
    assert begun == f"Recording {path}"
    assert str(path) in ended
    assert frames_in(path) == 10
    assert path.with_suffix(".jsonl").read_text().count("\n") == 10


@pytest.fixture
def slow_close(monkeypatch):
    """Films that are finished only when this event is set."""
    close, goes_on = Recorder.close, threading.Event()

    def close_slowly(recorder):
        assert goes_on.wait(30)
        close(recorder)

    monkeypatch.setattr(Recorder, "close", close_slowly)
    yield goes_on
    goes_on.set()


def test_nothing_waits_while_a_film_is_finished(storage, slow_close):
    paths = []
    for _ in range(2):
        storage.toggle_recording()
        paths.append(storage.recording)
        record(storage)
        storage.toggle_recording()
        record(storage)  # of no recording any more
        assert storage.recording is None
    slow_close.set()
    messages = all_messages(storage)
    assert [frames_in(path) for path in paths] == [1, 1]
    assert len([one for one in messages if one.startswith("Recorded")]) == 2


def test_recording_can_be_ended_while_a_frame_is_written(storage, monkeypatch):
    write, is_writing, goes_on = Recorder.write, threading.Event(), threading.Event()

    def write_slowly(*arguments):
        is_writing.set()
        assert goes_on.wait(30)
        write(*arguments)

    monkeypatch.setattr(Recorder, "write", write_slowly)
    storage.toggle_recording()
    path = storage.recording
    inference = threading.Thread(target=record, args=(storage,))
    inference.start()
    assert is_writing.wait(30)
    storage.toggle_recording()
    assert storage.recording is None
    goes_on.set()
    inference.join()
    assert all_messages(storage)[-1].startswith("Recorded")
    assert frames_in(path) == 1


def test_recording_that_is_not_whole_is_told(storage, monkeypatch):
    close = Recorder.close

    def fail(recorder):
        close(recorder)
        raise UserError("the video is incomplete")

    monkeypatch.setattr(Recorder, "close", fail)
    storage.toggle_recording()
    record(storage)
    storage.toggle_recording()
    assert next_message(storage).startswith("Recording")
    assert next_message(storage) == "the video is incomplete"
    storage.toggle_recording()
    with pytest.raises(UserError, match="the video is incomplete"):
        storage.close()  # nobody takes messages any more


def test_recording_of_nothing_leaves_nothing(storage):
    storage.toggle_recording()
    storage.toggle_recording()
    assert "Nothing recorded" in all_messages(storage)[-1]
    assert list(storage.folder.iterdir()) == []


def test_recording_that_goes_on_is_closed_at_the_end(storage):
    storage.toggle_recording()
    path = storage.recording
    record(storage)
    storage.close()
    assert frames_in(path) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_recording_survives_a_kill(tmp_path):
    program = KILLED.format(tests=str(Path(__file__).parents[2]), folder=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    (video,) = tmp_path.glob("*.avi")
    assert frames_in(video) >= 60 - 30  # all but the last second
    (predictions,) = tmp_path.glob("*.jsonl")
    assert predictions.read_text().count("\n") == 60


def test_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    storage = Storage(tmp_path / "file" / "saved")
    storage.toggle_recording()
    storage.save_picture(frame(room()), EMPTY, DisplayStyle())
    assert storage.recording is None
    messages = all_messages(storage)
    assert len(messages) == 2
    assert all(str(storage.folder) in text for text in messages)


def test_recording_onto_a_full_disk_ends_and_is_told(storage, monkeypatch):
    def full(*_arguments):
        raise UserError("No space left on device")

    monkeypatch.setattr(Recorder, "write", full)
    storage.toggle_recording()
    name = storage.recording.name
    record(storage)
    assert storage.recording is None
    record(storage)
    assert next_message(storage).startswith("Recording")
    assert next_message(storage) == f"The recording {name} has ended: No space left on device"


def test_defect_is_told_and_printed(storage, capfd):
    storage.save_picture(frame(room()), "no reading", DisplayStyle())
    assert "AttributeError" in all_messages(storage)[0]
    assert "Traceback" in capfd.readouterr().err
