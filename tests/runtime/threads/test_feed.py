import gc
import threading
import weakref

import pytest
from fakes import FakeSource
from pulling import wait_until

from fashioncam.messages import DisplayStyle, Stream
from fashioncam.runtime.threads import feed
from fashioncam.runtime.threads.feed import Feed


def style():
    return DisplayStyle(), (640, 480)


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


def test_feed_that_has_been_left_is_freed_without_a_search_for_garbage():
    """Each model that is loaded has the present objects excepted from that search."""
    left = Feed(lambda: FakeSource(count=1), None, 30.0, style)
    left.start()
    left.request_stop()
    left.join()
    after = Feed(lambda: FakeSource(count=1), left, 30.0, style)
    is_there = weakref.ref(left)
    after.start()
    assert after.capture.paused is not None
    gc.disable()
    try:
        del left
        after.request_stop()
        after.join()
        del after
        assert is_there() is None
    finally:
        gc.enable()


def test_camera_that_does_not_answer_is_lost(blocked, monkeypatch):
    camera, _ = blocked
    assert camera.stream is Stream.PLAYING
    monkeypatch.setattr(feed, "STALLED_S", 0.0)
    assert camera.stream is Stream.LOST


def test_pause_is_said(blocked):
    camera, _ = blocked
    camera.capture.paused.set()
    assert camera.stream is Stream.PAUSED


@pytest.mark.parametrize("live", [True, False], ids=["camera", "film"])
def test_pause_while_the_source_opens_can_be_ended(live):
    source = FakeSource(count=1, then="block")
    source.live = live
    camera = Feed(lambda: source, None, 30.0, style)
    camera.capture.paused.set()
    camera.start()
    wait_until(lambda: camera.stream is Stream.PAUSED)
    assert not live or source.blocked.wait(5)
    assert camera.to_infer.take() is None
    camera.capture.paused.clear()
    assert camera.stream is Stream.PLAYING
    assert live or camera.to_infer.take(5) is not None
    camera.request_stop()
    source.unblock.set()
    camera.join()


def test_camera_read_in_a_pause_is_not_lost_after_it(blocked, monkeypatch):
    """The picture on the screen is as old as the pause, the one that was read last is not."""
    camera, frame = blocked
    monkeypatch.setattr(feed, "STALLED_S", 60.0)
    camera.capture.read_s = frame.grabbed_s + 100
    monkeypatch.setattr(feed.time, "perf_counter", lambda: frame.grabbed_s + 101)
    assert camera.stream is Stream.PLAYING


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


def test_feed_that_is_left_while_it_waits_does_not_open_its_camera(blocked):
    """Else it would take it from the feed that comes after it."""
    before, _ = blocked
    opened, waits = [], threading.Event()
    source = before.capture.source
    before_join = before.join
    before.join = lambda: waits.set() or before_join()
    left = Feed(lambda: opened.append(FakeSource(count=1)) or opened[-1], before, 30.0, style)
    left.start()
    assert waits.wait(5)
    left.request_stop()
    source.unblock.set()
    left.join()
    assert opened == []
