import os
import struct
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest
from mjpeg_server import MjpegServer
from scenes import room, write_clip

from fashioncam.messages import Camera
from fashioncam.runtime.sources import opening
from fashioncam.runtime.sources.opening import (
    FolderSource,
    LoopingSource,
    SourceError,
    open_first_camera,
    open_source,
    why_closed,
)


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "clip.avi"
    write_clip(str(path), [np.full((48, 64, 3), 20 * index, np.uint8) for index in range(6)], fps=15)
    return path


def read_all(source):
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    source.close()
    return frames


def test_file_gives_every_frame_with_the_files_own_time(clip):
    source = open_source(str(clip))
    assert not source.live
    assert (source.fps, source.frame_count) == (15, 6)
    frames = read_all(source)
    assert [frame.index for frame in frames] == list(range(6))
    assert [frame.time_s for frame in frames] == pytest.approx([index / 15 for index in range(6)])
    assert [round(frame.image_bgr.mean() / 20) for frame in frames] == list(range(6))
    assert frames[0].image_bgr.shape == (48, 64, 3)


def test_folder_gives_its_pictures_by_name(tmp_path):
    for name, value in (("b.png", 2), ("a.jpg", 1), ("c.bmp", 3)):
        cv2.imwrite(str(tmp_path / name), np.full((32, 32, 3), 60 * value, np.uint8))
    (tmp_path / "notes.txt").write_text("no picture")
    source = open_source(str(tmp_path))
    assert source.frame_count == 3
    assert [round(frame.image_bgr.mean() / 60) for frame in read_all(source)] == [1, 2, 3]


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


def test_empty_folder_is_refused(tmp_path):
    with pytest.raises(SourceError, match="holds no pictures"):
        open_source(str(tmp_path))


def test_folder_that_may_not_be_read_is_one_line(tmp_path, monkeypatch):
    def forbidden(folder):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", forbidden)
    with pytest.raises(SourceError, match="Permission denied"):
        FolderSource(tmp_path)


def test_folder_with_a_broken_picture_names_it(tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with pytest.raises(SourceError, match=r"broken\.png is not a picture"):
        FolderSource(tmp_path).read()


def test_hidden_files_of_a_folder_are_no_pictures(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), room())
    (tmp_path / "._a.png").write_bytes(b"\0\5\x16\7 what macOS keeps of a.png")
    assert [frame.index for frame in read_all(FolderSource(tmp_path))] == [0]


def test_picture_that_claims_to_be_too_large_is_none(tmp_path):
    header = b"IHDR" + struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    (tmp_path / "a.png").write_bytes(start + struct.pack(">I", 10) + b"IDAT")
    with pytest.raises(SourceError, match=r"a\.png is not a picture"):
        read_all(FolderSource(tmp_path))


def test_folder_with_two_sizes_names_the_odd_one(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((32, 32, 3), np.uint8))
    cv2.imwrite(str(tmp_path / "b.png"), np.zeros((32, 40, 3), np.uint8))
    source = FolderSource(tmp_path)
    source.read()
    with pytest.raises(SourceError, match=r"b\.png has another size"):
        source.read()


def test_looping_source_counts_on(clip):
    source = LoopingSource(lambda: open_source(str(clip)))
    frames = [source.read() for _ in range(15)]
    source.close()
    assert [frame.index for frame in frames] == list(range(15))
    assert frames[14].time_s == pytest.approx(14 / 15)
    assert round(frames[6].image_bgr.mean() / 20) == 0


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


MUTE = 7  # a camera that opens but gives no picture


class FakeCapture:
    """Takes the place of cv2.VideoCapture: notes what it is asked for, in order.

    Attributes:
        grabs: whether each of the next grabs succeeds; all later ones do.
        says: its properties; 30.0 where nothing is named.
    """

    grabs: Iterable[bool] = ()
    says: Mapping[int, Iterator[float]] = {}

    def __init__(self, *arguments):
        self.arguments, self.asked, self._grabs = arguments, [], iter(self.grabs)

    def isOpened(self):  # noqa: N802 (OpenCV's name)
        return True

    def grab(self):
        return self.arguments[0] != MUTE and next(self._grabs, True)

    def retrieve(self):
        return True, room()

    def set(self, name, value):
        self.asked.append((name, value))

    def get(self, name):
        return next(self.says[name]) if name in self.says else 30.0

    def release(self):
        pass


@pytest.mark.parametrize(
    ("size_wh", "is_compressed"), [(None, False), ((640, 480), False), ((1920, 1080), True)], ids=str
)
def test_camera_is_asked_for_motion_jpeg_before_a_large_size(monkeypatch, size_wh, is_compressed):
    opened = []
    monkeypatch.setattr(cv2, "VideoCapture", lambda *arguments: opened.append(FakeCapture(*arguments)) or opened[-1])
    source = open_source("1", size_wh)
    (capture,) = opened
    assert capture.arguments == (1, opening.CAMERA_BACKEND)
    assert (source.name, source.device, source.live) == ("camera 1", "1", True)
    names = [name for name, _ in capture.asked]
    assert (cv2.CAP_PROP_FOURCC in names) == is_compressed
    if size_wh:
        assert (cv2.CAP_PROP_FRAME_WIDTH, size_wh[0]) in capture.asked
        assert (cv2.CAP_PROP_FRAME_HEIGHT, size_wh[1]) in capture.asked
    if is_compressed:
        assert names[0] == cv2.CAP_PROP_FOURCC


def test_camera_that_opens_but_gives_no_picture_is_none(monkeypatch):
    monkeypatch.setattr(cv2, "VideoCapture", FakeCapture)
    with pytest.raises(SourceError, match="camera 7 opens but gives no picture"):
        open_source(str(MUTE))


def test_camera_that_gives_no_picture_of_that_size_chooses_its_own(monkeypatch):
    opened = []

    class Capture(FakeCapture):
        def grab(self):
            return cv2.CAP_PROP_FRAME_WIDTH not in dict(self.asked)

    monkeypatch.setattr(cv2, "VideoCapture", lambda *arguments: opened.append(Capture(*arguments)) or opened[-1])
    assert open_source("1", (1920, 1080)).read().image_bgr.shape == room().shape
    assert len(opened) == 2


@pytest.fixture
def fake_captures(monkeypatch):
    """Lets every source that is opened be of a class of its own, with these attributes."""

    def fake(**attributes):
        monkeypatch.setattr(cv2, "VideoCapture", type("Capture", (FakeCapture,), attributes))

    return fake


def test_camera_that_misses_a_picture_goes_on(fake_captures):
    fake_captures(grabs=(True, True, False, False, True))
    source = open_source("1")
    assert [source.read().index for _ in range(3)] == [0, 1, 2]


def test_camera_that_gives_no_more_pictures_is_lost(fake_captures, monkeypatch):
    fake_captures(grabs=(True, True, *1000 * (False,)))
    monkeypatch.setattr(opening, "PATIENCE_S", 0.01)
    source = open_source("1")
    source.read()
    with pytest.raises(SourceError, match="stopped giving pictures"):
        source.read()


def test_film_of_a_browser_plays_at_its_own_times(clip, fake_captures):
    """It claims a thousand frames a second, and as many as that makes of its length."""
    said = {cv2.CAP_PROP_FPS: 1000, cv2.CAP_PROP_FRAME_COUNT: 5000}
    says = {name: iter((value,)) for name, value in said.items()}
    fake_captures(says=says | {cv2.CAP_PROP_POS_MSEC: iter((1400.0, 1436.0, 1473.0, 1473.0, 1540.0))})
    source = open_source(str(clip))
    assert (source.fps, source.frame_count) == (30.0, None)
    times_s = [source.read().time_s for _ in range(5)]
    assert times_s == pytest.approx([0, 0.036, 0.073, 0.073 + 1 / 30, 0.14])


def test_first_camera_is_tried_before_the_others_are_listed(monkeypatch):
    def open_camera(index, size_wh):
        tried.append(index)
        if index in broken:
            raise SourceError(f"camera {index} is broken; {opening.CAMERA_HINT}")
        return index

    tried, listed, broken = [], [], {0}
    monkeypatch.setattr(opening, "open_camera", open_camera)
    monkeypatch.setattr(opening, "enumerated_cameras", lambda: listed.append(1) or (Camera(0, "a"), Camera(2, "b")))
    assert open_first_camera() == 2
    assert tried == [0, 2]
    broken.add(2)
    with pytest.raises(SourceError, match=r"camera 0 is broken$"):
        open_first_camera()
    monkeypatch.setattr(opening, "enumerated_cameras", tuple)
    with pytest.raises(SourceError, match="No camera found"):
        open_first_camera()
    listed.clear()
    broken.clear()
    assert open_first_camera() == 0
    assert not listed


@pytest.mark.parametrize(
    ("platform", "said"),
    [("darwin", "Privacy & Security > Camera"), ("win32", "Let desktop apps access your camera")],
)
def test_camera_that_stays_closed_is_explained_in_the_platforms_terms(platform, said):
    assert said in why_closed(0, platform)


@pytest.mark.skipif(sys.platform != "linux", reason="device files")
def test_forbidden_device_file_names_the_group(monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "usermod -aG video" in why_closed("/dev/null", "linux")
    monkeypatch.undo()
    assert why_closed(97, "linux") == ""
