import sys

import cv2
import numpy as np
import pytest
from mjpeg_server import MjpegServer
from scenes import room

from fashioncam.runtime.sources.films import LoopingSource
from fashioncam.runtime.sources.opening import open_source
from fashioncam.runtime.sources.source import SourceError


def test_file_gives_every_frame_with_the_files_own_time(clip):
    source = open_source(str(clip))
    assert not source.live
    assert (source.fps, source.frame_count) == (15, 6)
    frames = list(iter(source.read, None))
    source.close()
    assert [frame.index for frame in frames] == list(range(6))
    assert [frame.time_s for frame in frames] == pytest.approx([index / 15 for index in range(6)])
    assert [round(frame.image_bgr.mean() / 20) for frame in frames] == list(range(6))
    assert frames[0].image_bgr.shape == (48, 64, 3)


def test_file_that_is_no_video_is_refused(tmp_path, capfd):
    path = tmp_path / "text.mp4"
    path.write_text("no video")
    with pytest.raises(SourceError, match="cannot be opened as a video"):
        open_source(str(path))
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes there")
def test_file_whose_name_is_not_utf8_is_refused(clip, tmp_path):
    """OpenCV would crash on it."""
    path = clip.rename(tmp_path / "\udce4.avi")
    with pytest.raises(SourceError, match="not UTF-8"):
        open_source(str(path))


@pytest.mark.skipif(sys.platform == "win32", reason="no colon in names there")
def test_file_with_a_colon_in_its_name_is_no_protocol(clip, tmp_path, monkeypatch):
    clip.rename(tmp_path / "12:30.avi")
    monkeypatch.chdir(tmp_path)
    source = open_source("12:30.avi")
    assert source.frame_count == 6
    source.close()


def test_file_behind_a_url_is_read_as_a_file(clip):
    source = open_source(f"file://{clip}")
    assert not source.live
    assert source.frame_count == 6
    source.close()


@pytest.fixture
def server():
    server = MjpegServer()
    yield server
    server.unplug()


def test_mjpeg_stream_over_http(server):
    source = open_source(server.url)
    assert source.live
    frames = [source.read() for _ in range(8)]
    source.close()
    assert frames[0].image_bgr.shape == (480, 640, 3)
    assert np.abs(frames[0].image_bgr.astype(int) - room()).mean() < 5
    grabbed = [frame.grabbed_s for frame in frames]
    assert grabbed == sorted(grabbed)


def test_film_of_a_browser_plays_at_its_own_times(clip, fake_captures):
    """It claims a thousand frames a second, and as many as that makes of its length."""
    said = {cv2.CAP_PROP_FPS: 1000, cv2.CAP_PROP_FRAME_COUNT: 5000}
    says = {name: iter((value,)) for name, value in said.items()}
    fake_captures(says=says | {cv2.CAP_PROP_POS_MSEC: iter((1400.0, 1436.0, 1473.0, 1473.0, 1540.0))})
    source = open_source(str(clip))
    assert (source.fps, source.frame_count) == (30.0, None)
    times_s = [source.read().time_s for _ in range(5)]
    assert times_s == pytest.approx([0, 0.036, 0.073, 0.073 + 1 / 30, 0.14])


def test_looping_source_counts_on(clip):
    source = LoopingSource(lambda: open_source(str(clip)))
    frames = [source.read() for _ in range(15)]
    source.close()
    assert [frame.index for frame in frames] == list(range(15))
    assert frames[14].time_s == pytest.approx(14 / 15)
    assert round(frames[6].image_bgr.mean() / 20) == 0
