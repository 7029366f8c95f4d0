import _thread
import json
import subprocess
import sys
import threading

import cv2
import pytest
from fakes import FakeSource
from scenes import short_film, write_clip

from fashioncam.errors import UserError
from fashioncam.messages import State
from fashioncam.runtime import headless
from fashioncam.settings import Settings

KEYS = {"frame", "time_s", "state", "box", "top5", "stages_ms"}


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "film.avi"
    write_clip(str(path), short_film(empty=25, held=10))
    return path


def run(clip, folder, **settings):
    predictions = folder / "out.jsonl"
    code = headless.run(Settings(device=str(clip), headless=True, predictions=predictions, **settings))
    return code, [json.loads(line) for line in predictions.read_text().splitlines()]


def test_every_frame_gives_a_line_in_the_documented_form(clip, tmp_path, capsys):
    code, lines = run(clip, tmp_path)
    assert code == 0
    assert [line["frame"] for line in lines] == list(range(35))
    assert all(set(line) == KEYS for line in lines)
    assert all(line["state"] in set(State) for line in lines)
    assert lines[0]["box"] is None
    assert lines[0]["top5"] == []
    last = lines[-1]
    assert last["time_s"] == pytest.approx(34 / 30, abs=1e-3)
    assert len(last["box"]) == 4
    assert len(last["top5"]) == 5
    assert set(last["top5"][0]) == {"index", "label", "probability"}
    assert last["top5"][0]["label"] == "T-shirt/top"
    assert "35 frames" in capsys.readouterr().err


def test_two_runs_say_the_same(clip, tmp_path):
    def without_times(lines):
        return [{key: line[key] for key in KEYS - {"stages_ms"}} for line in lines]

    assert without_times(run(clip, tmp_path)[1]) == without_times(run(clip, tmp_path)[1])


@pytest.mark.parametrize("name", ["out.mp4", "out.avi"])
def test_video_has_every_frame_annotated(clip, tmp_path, name):
    run(clip, tmp_path, save_video=tmp_path / name)
    capture = cv2.VideoCapture(str(tmp_path / name))
    pictures = []
    while (read := capture.read())[0]:
        pictures.append(read[1])
    assert len(pictures) == 35
    assert pictures[0].shape == (480, 640, 3)
    original = short_film()[-1].astype(int)
    assert abs(pictures[-1].astype(int) - original)[-100:, :100].mean() > 50  # the input's inset


def test_interrupt_keeps_what_was_written(clip, tmp_path, monkeypatch, capsys):
    def interrupted(source):
        for _ in range(30):
            yield source.read()
        raise KeyboardInterrupt

    monkeypatch.setattr(headless, "frames_of", interrupted)
    code, lines = run(clip, tmp_path)
    assert code == 130
    assert len(lines) == 30
    assert "30 frames" in capsys.readouterr().err


def test_headless_run_imports_no_qt(clip, tmp_path):
    program = (
        "import sys; from fashioncam.cli import main;"
        f"code = main(['--headless', '--device', {str(clip)!r}, '--save-video', {str(tmp_path / 'o.avi')!r}]);"
        "sys.exit(code or any(name.startswith('PySide6') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_live_source_gives_its_newest_frame():
    """While one frame is processed, the source delivers many: the next one is the newest."""
    source = FakeSource(count=50, then="block")
    frames = headless.frames_of(source)
    first = next(frames)
    assert source.blocked.wait(5)
    if first.index < 49:
        assert next(frames).index == 49
    source.unblock.set()
    frames.close()
    assert source.closed.wait(5)


def test_live_source_that_ends_loses_no_last_frame():
    assert list(headless.frames_of(FakeSource(count=3)))[-1].index == 2


def test_live_source_that_fails_says_so():
    with pytest.raises(UserError, match="unplugged"):
        list(headless.frames_of(FakeSource(count=1, then="fail")))


def test_waiting_for_a_frame_can_be_interrupted_while_read_blocks():
    source = FakeSource(count=0, then="block")
    interrupt = threading.Thread(target=lambda: source.blocked.wait(5) and _thread.interrupt_main())
    interrupt.start()
    with pytest.raises(KeyboardInterrupt):
        next(headless.frames_of(source))
    assert not source.closed.is_set(), "it still reads"
    interrupt.join()
    source.unblock.set()
    assert source.closed.wait(5)


def test_file_is_closed_when_the_run_ends_early():
    source = FakeSource(count=9)
    source.live = False
    frames = headless.frames_of(source)
    next(frames)
    frames.close()
    assert source.closed.is_set()


def test_predictions_may_go_to_stdout(clip, tmp_path):
    command = [sys.executable, "-m", "fashioncam", "--headless", "--device", str(clip), "--predictions", "/dev/stdout"]
    out = tmp_path / "out.jsonl"
    with out.open("w") as file:
        done = subprocess.run(command, stdout=file, stderr=subprocess.PIPE, text=True, check=True)
    assert [json.loads(line)["frame"] for line in out.read_text().splitlines()] == list(range(35))
    assert "35 frames" in done.stderr


@pytest.mark.parametrize("count", [0, 1])
def test_run_whose_source_fails_sums_up_what_there_was(monkeypatch, capsys, count):
    monkeypatch.setattr(headless, "open_source", lambda device: FakeSource(count, then="fail"))
    with pytest.raises(UserError, match="unplugged"):
        headless.run(Settings(device="0", headless=True))
    assert ("1 frames in" in capsys.readouterr().err) == (count == 1)
