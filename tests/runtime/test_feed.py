import pytest
from fakes import FakeSource

from fashioncam.messages import Look, Stream
from fashioncam.runtime import feed
from fashioncam.runtime.feed import Feed


def style():
    return Look(), (640, 480)


@pytest.fixture
def blocked():
    """A feed whose camera has given one picture and then does not answer, and that picture."""
    source = FakeSource(count=1, then="block")
    camera = Feed(lambda: source, None, 30.0, style)
    camera.start()
    assert source.blocked.wait(5)
    yield camera, camera.to_infer.take()
    camera.request_stop()
    source.unblock.set()
    camera.join()


def test_camera_that_does_not_answer_is_lost(blocked, monkeypatch):
    camera, frame = blocked
    assert camera.stream(frame) is Stream.PLAYING
    monkeypatch.setattr(feed, "STALLED_S", 0.0)
    assert camera.stream(frame) is Stream.LOST


def test_pause_is_said(blocked):
    camera, frame = blocked
    camera.capture.paused.set()
    assert camera.stream(frame) is Stream.PAUSED


def test_next_feed_ends_the_one_before_first(blocked):
    """Both may use the same camera."""
    camera, _ = blocked
    order = []
    source = FakeSource(count=1)
    following = Feed(lambda: order.append(camera.capture.source.closed.is_set()) or source, camera, 30.0, style)
    camera.capture.source.unblock.set()
    following.start()
    assert source.closed.wait(5)
    assert order[0] is True
    following.request_stop()
    following.join()
