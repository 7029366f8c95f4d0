import threading
import time

import pytest
from fakes import FakeSource
from scenes import frame, room, short_film

from fashioncam.messages import Failure, State
from fashioncam.pipeline.segmentation import StatisticalSegmenter
from fashioncam.runtime.capture_loop import CaptureLoop
from fashioncam.runtime.inference_loop import InferenceLoop
from fashioncam.runtime.loop import Loop
from fashioncam.runtime.mailbox import Mailbox


def capture(source):
    frames, failures = Mailbox(), Mailbox()
    loop = CaptureLoop(lambda: source, (frames,), failures)
    loop.start()
    return loop, frames, failures


def test_capture_delivers_the_newest_frame_and_says_when_it_ends():
    source = FakeSource(count=5)
    loop, frames, failures = capture(source)
    assert loop.ended.wait(5)
    assert loop.join()
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
    started = time.monotonic()
    loop.request_stop()
    assert not loop.join(timeout_s=0.05)
    assert time.monotonic() - started < 2
    source.unblock.set()
    assert loop.join(5)
    assert source.closed.is_set()


def test_join_before_start_returns():
    assert Loop("never", lambda stop: None, lambda failure: None).join()


@pytest.fixture
def inference():
    """A running inference loop without a model, and its mailboxes."""
    frames, readings, failures = Mailbox(), Mailbox(), Mailbox()
    recorded = []
    loop = InferenceLoop(
        frames, StatisticalSegmenter, Mailbox(), readings, failures, lambda *pair: recorded.append(pair)
    )
    loop.start()
    yield loop, frames, readings, failures, recorded
    loop.request_stop()
    assert loop.join(5)


def test_every_frame_taken_gives_one_reading(inference):
    _, frames, readings, _, recorded = inference
    for index, image in enumerate(short_film(held=1)):
        frames.put(frame(image, index))
        reading = readings.take(5)
        assert reading.frame_index == index
    assert reading.state is State.ITEM
    assert readings.take() is None
    assert [r.frame_index for _, r in recorded] == list(range(26))


def test_relearn_starts_with_the_next_frame(inference):
    loop, frames, readings, _, _ = inference
    for index, image in enumerate(short_film(held=0)):
        frames.put(frame(image, index))
        reading = readings.take(5)
    assert reading.state is State.EMPTY
    loop.relearn()
    frames.put(frame(room(), 99))
    assert readings.take(5).state is State.LEARNING


def test_inference_that_fails_says_so(capfd):
    frames, failures = Mailbox(), Mailbox()

    def broken(frame, reading):
        raise ValueError("disk full")

    loop = InferenceLoop(frames, StatisticalSegmenter, Mailbox(), Mailbox(), failures, broken)
    loop.start()
    frames.put(frame(room()))
    assert failures.take(5) == Failure("ValueError: disk full", by_user=False)
    assert loop.join(5)
    assert "disk full" in capfd.readouterr().err


def test_file_is_played_at_its_own_speed():
    """The second frame of a film is not due yet: the loop waits for it, and a stop ends the wait."""
    source = FakeSource(count=2)
    source.live = False
    waits = []

    class Clock(threading.Event):
        def wait(self, timeout=None):
            waits.append(timeout)
            return False

    CaptureLoop(lambda: source, (Mailbox(),), Mailbox())._capture(Clock())
    assert len(waits) == 2
    assert waits[0] <= 0
    assert 0 < waits[1] <= 1 / 30
