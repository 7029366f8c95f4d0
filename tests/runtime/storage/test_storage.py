import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import cv2
import pytest
from scenes import frame, room

from fashioncam.errors import UserError
from fashioncam.messages import Look, Reading, State
from fashioncam.runtime.storage.recorder import Recorder
from fashioncam.runtime.storage.storage import MOST_WAITING, Keeper

EMPTY = Reading(0, (640, 480), 0.0, 0.0, State.EMPTY)
KILLED = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from scenes import frame, room, seen_by_camera
from fashioncam.errors import UserError
from fashioncam.messages import Look, Reading, State
from fashioncam.runtime.storage.storage import Keeper

keeper = Keeper(Path({folder!r}))
keeper.toggle_recording()
for index in range(60):
    shown = frame(seen_by_camera(room(), index), index)
    keeper.record(shown, Reading(index, (640, 480), shown.time_s, 0.0, State.EMPTY), 30.0, Look())
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def keeper(tmp_path):
    keeper = Keeper(tmp_path / "kept")
    yield keeper
    keeper.close()


def all_news(keeper):
    keeper.close()
    return list(iter(keeper.take_news, ""))


def frames_in(path):
    capture, count = cv2.VideoCapture(str(path)), 0
    while capture.grab():
        count += 1
    capture.release()
    return count


def test_picture_is_saved_with_its_reading(keeper):
    keeper.save_picture(frame(room()), EMPTY, Look(mirrored=True))
    (news,) = all_news(keeper)
    path = Path(news.removeprefix("Saved "))
    assert (cv2.imread(str(path)) == room()[:, ::-1]).all()
    said = json.loads(path.with_suffix(".json").read_text())
    assert (said["state"], said["mirrored"]) == ("empty", True)


def test_pictures_do_not_pile_up_before_a_slow_disk(keeper, monkeypatch):
    goes_on = threading.Event()
    monkeypatch.setattr(keeper, "_save_picture", lambda *_: goes_on.wait(30))
    for _ in range(MOST_WAITING + 2):
        keeper.save_picture(frame(room()), EMPTY, Look())
    goes_on.set()
    news = all_news(keeper)
    assert len(news) == 2
    assert all("still busy" in one for one in news)


def test_room_is_made_by_what_has_been_saved(keeper):
    for _ in range(MOST_WAITING + 2):
        keeper.save_picture(frame(room()), EMPTY, Look())
        keeper._worker.submit(lambda: None).result()  # all before it are done
    assert len([one for one in all_news(keeper) if one.startswith("Saved")]) == MOST_WAITING + 2


def test_recording_is_begun_and_ended_and_named(keeper):
    keeper.toggle_recording()
    path = keeper.recording
    for index in range(10):
        keeper.record(frame(room(), index), Reading(index, (640, 480), index / 30, 0.0, State.EMPTY), 30.0, Look())
    keeper.toggle_recording()
    assert keeper.recording is None
    begun, ended = all_news(keeper)
    assert begun == f"Recording {path}"
    assert str(path) in ended
    assert frames_in(path) == 10
    assert path.with_suffix(".jsonl").read_text().count("\n") == 10


def test_recording_that_is_not_whole_is_told(keeper, monkeypatch):
    close = Recorder.close

    def fail(recorder):
        close(recorder)
        raise UserError("the film is not whole")

    keeper.toggle_recording()
    keeper.record(frame(room()), EMPTY, 30.0, Look())
    monkeypatch.setattr(Recorder, "close", fail)
    keeper.toggle_recording()
    assert keeper.recording is None
    assert all_news(keeper)[-1] == "the film is not whole"
    keeper.toggle_recording()
    with pytest.raises(UserError, match="the film is not whole"):
        keeper.close()  # nobody takes news any more


def test_recording_of_nothing_leaves_nothing(keeper):
    keeper.toggle_recording()
    keeper.toggle_recording()
    assert "Nothing recorded" in all_news(keeper)[-1]
    assert list(keeper.folder.iterdir()) == []


def test_recording_that_goes_on_is_closed_at_the_end(keeper):
    keeper.toggle_recording()
    path = keeper.recording
    keeper.record(frame(room()), EMPTY, 30.0, Look())
    keeper.close()
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
    keeper = Keeper(tmp_path / "file" / "kept")
    keeper.toggle_recording()
    keeper.save_picture(frame(room()), EMPTY, Look())
    assert keeper.recording is None
    news = all_news(keeper)
    assert len(news) == 2
    assert all("Not a directory" in text for text in news)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_recording_onto_a_full_disk_ends_and_is_told(keeper, monkeypatch):
    keeper.folder.mkdir()
    monkeypatch.setattr(Keeper, "_new_path", lambda self, suffix: self.folder / f"full{suffix}")
    (keeper.folder / "full.jsonl").symlink_to("/dev/full")
    keeper.toggle_recording()
    keeper.record(frame(room()), EMPTY, 30.0, Look())
    assert keeper.recording is None
    assert "No space left on device" in all_news(keeper)[-1]


def test_defect_is_told_and_printed(keeper, capfd):
    keeper.save_picture(frame(room()), "no reading", Look())
    assert "AttributeError" in all_news(keeper)[0]
    assert "Traceback" in capfd.readouterr().err
