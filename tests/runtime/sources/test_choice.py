import pytest
from fakes import FakeSource

from fashioncam.runtime.sources import choice
from fashioncam.runtime.sources.choice import SourceChoice
from fashioncam.runtime.sources.source import SourceError


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
    monkeypatch.setattr(choice, "open_first_camera", lambda size_wh: cameras.open("0"))
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
