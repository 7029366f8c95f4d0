import gc
import time
import weakref
from types import SimpleNamespace

from fakes import FakeSource
from pulling import wait_until

from fashioncam.messages import Failure, Stream
from fashioncam.runtime.threads.capture import CaptureLoop
from fashioncam.runtime.threads.loop import Loop
from fashioncam.runtime.threads.mailbox import Mailbox


def capture(source):
    frames, failures = Mailbox(), Mailbox()
    loop = CaptureLoop(lambda: source, (frames,), failures)
    loop.start()
    return loop, frames, failures


def test_capture_delivers_the_newest_frame_and_says_when_it_ends():
    source = FakeSource(count=5)
    loop, frames, failures = capture(source)
    assert loop.join()
    assert loop.stream is Stream.ENDED
    assert failures.take() is None
    assert frames.take().index == 4
    assert frames.dropped == 4
    assert source.closed.is_set()


def test_failing_source_is_reported_and_closed():
    source = FakeSource(count=1, then="fail")
    loop, frames, failures = capture(source)
    assert failures.take(5) == Failure("the fake was unplugged", by_user=True)
    assert loop.join()
    assert frames.take().index == 0
    assert source.closed.is_set()


def test_defect_is_reported_with_its_traceback_on_stderr(capfd):
    loop, _, failures = capture(FakeSource(count=0, then="crash"))
    assert failures.take(5) == Failure("ZeroDivisionError: a defect", by_user=False)
    assert loop.join()
    assert "Traceback" in capfd.readouterr().err


def test_source_that_cannot_be_opened_is_reported():
    def cannot_open():
        raise OSError("no such device")

    failures = Mailbox()
    loop = CaptureLoop(cannot_open, (), failures)
    loop.start()
    assert "no such device" in failures.take(5).text
    assert loop.join()


def test_stop_returns_while_read_blocks():
    source = FakeSource(count=1, then="block")
    loop, _, _ = capture(source)
    assert source.blocked.wait(5)
    started = time.perf_counter()
    loop.request_stop()
    assert not loop.join(timeout_s=0.05)
    assert time.perf_counter() - started < 2
    source.unblock.set()
    assert loop.join(5)
    assert source.closed.is_set()


def test_join_before_start_returns():
    assert Loop("never", lambda stop: None, lambda failure: None).join()


def test_file_is_played_at_its_own_speed():
    source, delivered = FakeSource(count=2), []
    source.live = False
    loop = CaptureLoop(lambda: source, (SimpleNamespace(put=delivered.append),), Mailbox())
    loop.start()
    assert loop.join(5)
    first, second = delivered
    assert second.grabbed_s - first.grabbed_s > 0.9 / 30


def test_lost_camera_is_opened_again_and_counts_on():
    sources = [FakeSource(count=2, then="fail"), FakeSource(count=0, then="fail"), FakeSource(count=3, then="block")]
    opened = []

    def open_next():
        opened.append(sources[len(opened)])
        return opened[-1]

    frames, failures = Mailbox(), Mailbox()
    loop = CaptureLoop(open_next, (frames,), failures, retry_s=0.0)
    loop.start()
    assert sources[2].blocked.wait(5)
    assert frames.take().index == 4
    assert failures.take() is None
    assert loop.stream is Stream.PLAYING
    assert all(source.closed.is_set() for source in sources[:2])
    loop.request_stop()
    sources[2].unblock.set()
    assert loop.join(5)


def test_loss_is_said_while_it_lasts_and_a_stopped_loop_opens_nothing_again():
    opened = []

    def open_camera():
        opened.append(FakeSource(count=1, then="end"))
        return opened[-1]

    loop = CaptureLoop(open_camera, (Mailbox(),), Mailbox(), retry_s=30.0)
    loop.start()
    wait_until(lambda: loop.stream is Stream.LOST)
    loop.request_stop()
    assert loop.join(5)
    assert len(opened) == 1


def test_loop_that_has_ended_is_freed_without_a_search_for_garbage():
    """Each model that is loaded has the present objects excepted from that search."""
    loop = CaptureLoop(lambda: FakeSource(count=1), (Mailbox(),), Mailbox())
    is_there = weakref.ref(loop)
    loop.start()
    assert loop.join(5)
    gc.disable()
    try:
        del loop
        assert is_there() is None
    finally:
        gc.enable()


def test_source_that_never_gave_a_picture_is_not_tried_again():
    failures = Mailbox()
    loop = CaptureLoop(lambda: FakeSource(count=0, then="fail"), (Mailbox(),), failures, retry_s=0.0)
    loop.start()
    assert failures.take(5).by_user
    assert loop.join(5)


def test_camera_that_is_lost_in_a_pause_is_opened_again():
    sources = [FakeSource(count=3, then="fail"), FakeSource(count=1, then="block")]
    opened = iter(sources)
    failures = Mailbox()
    loop = CaptureLoop(lambda: next(opened), (Mailbox(),), failures, retry_s=0.0)
    loop.paused.set()
    loop.start()
    assert sources[1].blocked.wait(5)
    assert failures.take() is None
    loop.request_stop()
    sources[1].unblock.set()
    assert loop.join(5)


def test_paused_camera_is_read_on_and_shows_nothing():
    source = FakeSource(count=50, then="block")
    frames = Mailbox()
    loop = CaptureLoop(lambda: source, (frames,), Mailbox())
    loop.paused.set()
    loop.start()
    assert source.blocked.wait(5)
    assert frames.take() is None
    loop.request_stop()
    source.unblock.set()
    assert loop.join(5)


def test_paused_film_waits():
    source, frames = FakeSource(count=50), Mailbox()
    source.live = False
    loop = CaptureLoop(lambda: source, (frames,), Mailbox())
    loop.paused.set()
    loop.start()
    wait_until(lambda: source.given == 1)
    assert frames.take(0.2) is None
    assert source.given == 1
    loop.request_stop()
    assert loop.join(5)
