import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from scenes import frame, room

from fashioncam import resources
from fashioncam.errors import UserError
from fashioncam.messages import DisplayStyle, Frame, Reading, State
from fashioncam.runtime.storage import recorder as recorder_module
from fashioncam.runtime.storage.recorder import Recorder
from fashioncam.settings import Settings

EMPTY = Reading(0, (640, 480), 0.0, 0.0, State.EMPTY)


@pytest.mark.parametrize(
    ("option", "name", "said"),
    [
        ("predictions", "no/such/folder/out.jsonl", "folder that you may write to"),
        ("save_video", "no/such/folder/out.mp4", "there is no folder"),
        ("save_video", f"{300 * 'a'}/out.mp4", "there is no folder"),
        ("save_video", "out.gif", "has to end in"),
        ("save_video", "\udce4.avi", "not UTF-8"),
    ],
    ids=["predictions folder", "video folder", "endless folder", "video format", "no UTF-8"],
)
def test_file_that_cannot_be_written_is_said_before_the_run(tmp_path, option, name, said):
    with pytest.raises(UserError, match=said) as caught:
        Recorder(Settings(**{"predictions": tmp_path / "out.jsonl", option: tmp_path / name}))
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_line_is_on_the_disk_before_the_next_frame(tmp_path):
    path = tmp_path / "out.jsonl"
    recorder = Recorder(Settings(predictions=path))
    recorder.write(frame(room()), EMPTY, 30, 30)
    assert (
        path.read_text() == '{"frame": 0, "time_s": 0.0, "state": "empty", "box": null, "top5": [], "stages_ms": {}}\n'
    )
    recorder.close()


def test_old_predictions_stay_until_there_are_new_ones(tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_text("a result of yesterday\n")
    recorder = Recorder(Settings(predictions=path))
    assert path.read_text() == "a result of yesterday\n"
    recorder.write(frame(room()), EMPTY, 30, 30)
    recorder.close()
    assert path.read_text().startswith('{"frame": 0')
    assert path.read_text().count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_full_disk_is_one_line():
    recorder = Recorder(Settings(predictions=Path("/dev/full")))
    with pytest.raises(UserError, match="No space left on device"):
        recorder.write(frame(room()), EMPTY, 30, 30)
    recorder.close()


@pytest.mark.parametrize(
    "options",
    [
        {"device": "film.mp4", "save_video": "film.mp4"},
        {"device": "film.mp4", "predictions": "./film.mp4"},
        {"weights": "mine.pth", "predictions": "mine.pth"},
        {"predictions": "out.avi", "save_video": "out.avi"},
        {"device": "demo", "save_video": str(resources.own(resources.DEMO_CLIP))},
        {"predictions": str(resources.own(resources.weights_of("hybrid")))},
        {"predictions": str(resources.own(resources.SEGMENTER))},
    ],
    ids=["film", "film by another name", "weights", "each other", "demo", "own weights", "segmenter"],
)
def test_no_file_is_used_twice(tmp_path, monkeypatch, options):
    monkeypatch.chdir(tmp_path)
    paths = {name: value if name == "device" else Path(value) for name, value in options.items()}
    with pytest.raises(UserError, match="in use as something else"):
        Recorder(Settings(**paths))
    assert list(tmp_path.iterdir()) == []


def test_film_is_not_overwritten_under_another_name_of_the_same_file(tmp_path):
    """As a hard link, or in other letters where the disk does not tell them apart."""
    film, link = tmp_path / "film.mp4", tmp_path / "link.mp4"
    film.write_bytes(b"a film")
    link.hardlink_to(film)
    with pytest.raises(UserError, match="in use as something else"):
        Recorder(Settings(device=str(film), save_video=link))
    assert film.read_bytes() == b"a film"


def test_video_keeps_the_true_speed_when_frames_were_dropped(tmp_path):
    path = tmp_path / "out.avi"
    recorder = Recorder(Settings(save_video=path))
    for index in (0, 1, 5, 10):
        recorder.write(frame(room(), index), EMPTY, 30, 30)
    recorder.close()
    assert cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FRAME_COUNT) == 11


def test_video_keeps_its_size_and_the_picture_its_shape_when_the_source_changes(tmp_path):
    path = tmp_path / "out.avi"
    recorder = Recorder(Settings(save_video=path, display_input=False, display_fps=False))
    recorder.write(frame(room(), 0), EMPTY, 30, 30)
    recorder.write(frame(np.full((320, 320, 3), 200, np.uint8), 1), EMPTY, 30, 30)
    recorder.close()
    film = cv2.VideoCapture(str(path))
    assert film.get(cv2.CAP_PROP_FRAME_COUNT) == 2
    film.grab()
    bright = film.read()[1].min(axis=2) > 100
    columns, rows = np.flatnonzero(bright[240]), np.flatnonzero(bright[:, 320])
    assert columns[[0, -1]] == pytest.approx([80, 559], abs=4)
    assert rows[[0, -1]] == pytest.approx([0, 479], abs=4)


def test_file_that_leads_to_itself_is_one_line(tmp_path):
    (tmp_path / "a.jsonl").symlink_to(tmp_path / "a.jsonl")
    with pytest.raises(UserError, match="name a file"):
        Recorder(Settings(predictions=tmp_path / "a.jsonl"))


@pytest.mark.parametrize(
    "times_s", [(40.0, 40.5, 0.0, 0.5), (0.0, 0.5, 60.0, 60.5)], ids=["another source", "after a pause"]
)
def test_video_goes_on_after_a_leap_in_time(tmp_path, times_s):
    path = tmp_path / "out.avi"
    recorder = Recorder(Settings(save_video=path))
    for time_s in times_s:
        recorder.write(Frame(0, room(), time_s, 0.0), EMPTY, 30, 30)
    recorder.close()
    assert cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FRAME_COUNT) == 32


def test_gap_is_filled_with_the_picture_before_it(tmp_path):
    path = tmp_path / "out.avi"
    recorder = Recorder(Settings(save_video=path, display_fps=False))
    for index, level in ((0, 0), (3, 200)):
        recorder.write(frame(np.full((480, 640, 3), level, np.uint8), index), EMPTY, 30, 30)
    recorder.close()
    film = cv2.VideoCapture(str(path))
    assert [round(film.read()[1].mean() / 200) for _ in range(4)] == [0, 0, 0, 1]


def test_nothing_wanted_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recorder = Recorder(Settings())
    recorder.write(frame(room()), EMPTY, 30, 30)
    recorder.close()
    assert list(tmp_path.iterdir()) == []


def test_film_ends_before_the_disk_is_full(tmp_path, monkeypatch):
    path = tmp_path / "out.avi"
    recorder = Recorder(Settings(save_video=path))
    recorder.write(frame(room()), EMPTY, 30, 30)
    monkeypatch.setattr(recorder_module, "CHECKED_EVERY", 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=1_000_000))
    with pytest.raises(UserError, match="nearly full"):
        recorder.write(frame(room(), 1), replace(EMPTY, time_s=1 / 30), 30, 30)
    recorder.close()
    assert cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FRAME_COUNT) == 2
    with pytest.raises(UserError, match="nearly full"):
        Recorder(Settings(save_video=path))


def test_drive_that_is_unplugged_is_one_line(tmp_path, monkeypatch):
    recorder = Recorder(Settings(save_video=tmp_path / "out.avi"))
    monkeypatch.setattr(recorder_module, "CHECKED_EVERY", 1)
    monkeypatch.setattr(recorder_module.shutil, "disk_usage", lambda folder: (tmp_path / "gone").stat())
    with pytest.raises(UserError, match="No such file or directory; name a place on another disk"):
        recorder.write(frame(room()), EMPTY, 30, 30)
    recorder.close()


def test_film_of_a_rate_that_mpeg_4_has_no_time_base_for(tmp_path):
    recorder = Recorder(Settings(save_video=tmp_path / "out.mp4"))
    for index in range(5):
        recorder.write(frame(room(), index), replace(EMPTY, time_s=index / 119.873), 119.873, 30)
    recorder.close()
    assert cv2.VideoCapture(str(tmp_path / "out.mp4")).get(cv2.CAP_PROP_FPS) == pytest.approx(119.87)


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files")
@pytest.mark.parametrize("suffix", [".avi", ".mp4", ".webm"])
def test_film_that_is_not_whole_is_said_at_the_end(tmp_path, suffix):
    import resource

    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (20, 120, 160, 3), np.uint8)  # no codec makes it small
    recorder = Recorder(Settings(save_video=tmp_path / f"out{suffix}"))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, limits[1]))
    try:
        for index, picture in enumerate(noise):
            recorder.write(frame(picture, index), replace(EMPTY, time_s=index / 30), 30, 30)
        with pytest.raises(UserError, match="incomplete"):
            recorder.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("suffix", [".avi", ".mp4", ".webm"])
def test_whole_film_ends_without_a_word(tmp_path, suffix):
    recorder = Recorder(Settings(save_video=tmp_path / f"out{suffix}"))
    for index in range(3):
        recorder.write(frame(room(), index), replace(EMPTY, time_s=index / 30), 30, 30)
    recorder.close()


@pytest.mark.parametrize("film", ["out.avi", None])
def test_lines_beside_a_mirrored_film_say_so(tmp_path, film):
    predictions = tmp_path / "out.jsonl"
    recorder = Recorder(Settings(predictions=predictions, save_video=film and tmp_path / film))
    recorder.write(frame(room()), EMPTY, 30, 30, DisplayStyle(mirrored=True))
    recorder.close()
    assert ("mirrored" in json.loads(predictions.read_text())) == (film is not None)
