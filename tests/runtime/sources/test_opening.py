import cv2
import pytest
from fakes import FakeSource
from scenes import room

from fashioncam.runtime.sources import opening
from fashioncam.runtime.sources.opening import SourceChoice, open_source
from fashioncam.runtime.sources.source import SourceError


@pytest.mark.parametrize(
    ("device", "said"),
    [
        ("97", "camera 97 cannot be opened"),
        ("99999999999", "camera 99999999999 cannot be opened"),
        ("", "no camera index, file, folder or URL"),
        ("x" * 300, "no camera index, file, folder or URL"),
        ("nowhere.mp4", "no camera index, file, folder or URL"),
        ("http://127.0.0.1:9/video", "check the address"),
    ],
    ids=["camera", "index beyond all", "nothing", "long name", "file", "url"],
)
def test_what_cannot_be_opened_is_one_line(device, said, capfd):
    with pytest.raises(SourceError, match=said) as caught:
        open_source(device)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")  # OpenCV and FFmpeg keep quiet


def test_single_picture_is_refused(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), room())
    with pytest.raises(SourceError, match="a single picture"):
        open_source(str(tmp_path / "a.png"))


class Cameras:
    """What is plugged in, by device, and what is tried."""

    def __init__(self, *devices):
        self.plugged_in, self.tried = set(devices), []

    def open(self, device, size_wh=None):
        self.tried.append(device)
        if device not in self.plugged_in:
            raise SourceError(f"camera {device} cannot be opened")
        source = FakeSource(count=1)
        source.device = device
        return source


@pytest.fixture
def cameras(monkeypatch):
    cameras = Cameras("0", "2")
    monkeypatch.setattr(opening, "open_first_camera", lambda size_wh: cameras.open("0"))
    return cameras


@pytest.mark.parametrize(("preferred", "opened"), [(None, "0"), ("2", "2"), ("5", "0")], ids=str)
def test_camera_that_was_lost_is_what_is_opened_again(cameras, preferred, opened):
    choice = SourceChoice(None, preferred, None, [].append, cameras.open)
    assert choice.first().device == opened
    cameras.plugged_in.discard(opened)
    cameras.tried.clear()
    with pytest.raises(SourceError, match=f"camera {opened} cannot be opened"):
        choice.first()
    assert cameras.tried == [opened]
    assert choice.notice == ""
    cameras.plugged_in.add(opened)
    assert choice.first().device == opened
