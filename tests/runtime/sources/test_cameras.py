import os
import sys
import threading
from types import SimpleNamespace

import cv2
import pytest
from fake_capture import MUTE, FakeCapture
from scenes import room

from fashioncam.messages import Camera
from fashioncam.runtime.sources import cameras
from fashioncam.runtime.sources.cameras import ask_permission, open_first_camera, why_closed
from fashioncam.runtime.sources.opening import open_source
from fashioncam.runtime.sources.source import SourceError


@pytest.mark.parametrize(
    ("size_wh", "is_compressed"), [(None, False), ((640, 480), False), ((1920, 1080), True)], ids=str
)
def test_camera_is_asked_for_motion_jpeg_before_a_large_size(monkeypatch, size_wh, is_compressed):
    opened = []
    monkeypatch.setattr(cv2, "VideoCapture", lambda *arguments: opened.append(FakeCapture(*arguments)) or opened[-1])
    source = open_source("1", size_wh)
    (capture,) = opened
    assert capture.arguments == (1, cameras.CAMERA_BACKEND)
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


def test_camera_that_misses_a_picture_goes_on(fake_captures):
    fake_captures(grabs=(True, True, False, False, True))
    source = open_source("1")
    assert [source.read().index for _ in range(3)] == [0, 1, 2]


def test_camera_that_gives_no_more_pictures_is_lost(fake_captures, monkeypatch):
    fake_captures(grabs=(True, True, *1000 * (False,)))
    monkeypatch.setattr(cameras, "PATIENCE_S", 0.01)
    source = open_source("1")
    source.read()
    with pytest.raises(SourceError, match="stopped giving pictures"):
        source.read()


def test_first_camera_is_tried_before_the_others_are_listed(monkeypatch):
    def open_camera(index, size_wh):
        tried.append(index)
        if index in broken:
            raise SourceError(f"camera {index} is broken; {cameras.CAMERA_HINT}")
        return index

    tried, listed, broken = [], [], {0}
    monkeypatch.setattr(cameras, "open_camera", open_camera)
    monkeypatch.setattr(cameras, "enumerated_cameras", lambda: listed.append(1) or (Camera(0, "a"), Camera(2, "b")))
    assert open_first_camera() == 2
    assert tried == [0, 2]
    broken.add(2)
    with pytest.raises(SourceError, match=r"camera 0 is broken$"):
        open_first_camera()
    monkeypatch.setattr(cameras, "enumerated_cameras", tuple)
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


class FakeAVFoundation(SimpleNamespace):
    """macOS before the user has answered; the answer comes as soon as somebody waits for it."""

    AVMediaTypeVideo, AVAuthorizationStatusNotDetermined = "video", 0

    def __init__(self, status, answered):
        super().__init__(AVCaptureDevice=self, threads=[], status=status)
        answered.wait = self.answer

    def authorizationStatusForMediaType_(self, _media):  # noqa: N802 (Apple's name)
        return self.status

    def requestAccessForMediaType_completionHandler_(self, _media, handler):  # noqa: N802 (Apple's name)
        self.threads.append(threading.current_thread())
        self.handler = handler

    def answer(self, _timeout_s):
        if self.threads:
            self.status = 3
            self.handler(True)


@pytest.fixture
def macos(monkeypatch):
    answered = threading.Event()
    answered.set()
    monkeypatch.setattr(cameras, "permission_answered", answered)
    monkeypatch.setitem(sys.modules, "AVFoundation", FakeAVFoundation(0, answered))
    monkeypatch.setenv("OPENCV_AVFOUNDATION_SKIP_AUTH", "0")
    return sys.modules["AVFoundation"]


@pytest.mark.parametrize("device", [None, "0"], ids=["first camera", "by index"])
def test_macos_asks_in_this_thread_and_the_camera_waits_for_the_answer(macos, monkeypatch, device):
    class Capture(FakeCapture):
        def isOpened(self):  # noqa: N802 (OpenCV's name)
            return macos.status == 3

    monkeypatch.setattr(cv2, "VideoCapture", Capture)
    ask_permission(device, "darwin")
    assert macos.threads == [threading.current_thread()]
    assert macos.status == 0, "nobody has waited for the answer yet"
    assert os.environ["OPENCV_AVFOUNDATION_SKIP_AUTH"] == "1"
    assert open_source("0").name == "camera 0"
    ask_permission(device, "darwin")
    assert len(macos.threads) == 1, "it is asked once"


def test_macos_without_pyobjc_leaves_the_question_to_opencv(macos, monkeypatch):
    monkeypatch.setitem(sys.modules, "AVFoundation", None)  # makes the import fail
    ask_permission("0", "darwin")
    assert os.environ["OPENCV_AVFOUNDATION_SKIP_AUTH"] == "0"


def test_cameras_that_cannot_be_listed_are_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2_enumerate_cameras", None)  # as on macOS without pyobjc
    assert cameras.enumerated_cameras() == ()


@pytest.mark.parametrize(
    ("device", "platform"), [("demo", "darwin"), ("film.mp4", "darwin"), ("0", "linux"), ("0", "win32")], ids=str
)
def test_nothing_is_asked_without_need(macos, device, platform):
    ask_permission(device, platform)
    assert macos.threads == []
    assert os.environ["OPENCV_AVFOUNDATION_SKIP_AUTH"] == "0"
