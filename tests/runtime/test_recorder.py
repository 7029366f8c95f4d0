import pytest
from scenes import frame, room

from fashioncam.errors import UserError
from fashioncam.messages import Reading, State
from fashioncam.runtime.recorder import Recorder
from fashioncam.settings import Settings

EMPTY = Reading(0, 0.0, 0.0, State.EMPTY)


@pytest.mark.parametrize(
    ("option", "name", "said"),
    [
        ("predictions", "no/such/folder/out.jsonl", "folder you may write to"),
        ("save_video", "no/such/folder/out.mp4", "there is no folder"),
        ("save_video", "out.gif", "has to end in"),
    ],
    ids=["predictions folder", "video folder", "video format"],
)
def test_file_that_cannot_be_written_is_said_before_the_run(tmp_path, option, name, said):
    with pytest.raises(UserError, match=said) as caught:
        Recorder(Settings(**{option: tmp_path / name}))
    assert "\n" not in str(caught.value)


def test_a_line_is_on_the_disk_before_the_next_frame(tmp_path):
    path = tmp_path / "out.jsonl"
    recorder = Recorder(Settings(predictions=path))
    recorder.write(frame(room()), EMPTY, 30, 30)
    assert (
        path.read_text() == '{"frame": 0, "time_s": 0.0, "state": "empty", "box": null, "top5": [], "stages_ms": {}}\n'
    )
    recorder.close()


def test_nothing_wanted_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recorder = Recorder(Settings())
    recorder.write(frame(room()), EMPTY, 30, 30)
    recorder.close()
    assert list(tmp_path.iterdir()) == []
