"""A run without a window: every frame of a file, or the newest of a live source, through the pipeline."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing

from tqdm import tqdm

from fashioncam.errors import UserError
from fashioncam.interrupts import interrupts_deferred
from fashioncam.messages import Failure, Frame, Reading, State, Stream
from fashioncam.pipeline.process import PipelineState, process_frame
from fashioncam.runtime.sources.cameras import ask_permission, instead_of_a_camera, open_first_camera
from fashioncam.runtime.sources.opening import open_source
from fashioncam.runtime.sources.source import FrameSource, SourceError
from fashioncam.runtime.storage.recorder import Recorder
from fashioncam.runtime.threads.capture import CaptureLoop
from fashioncam.runtime.threads.mailbox import Mailbox
from fashioncam.runtime.threads.rates import RateMeter
from fashioncam.settings import DEMO, Settings

from .loading import load_recogniser, load_segmenter

WAIT_S = 0.1  # how soon the end of a live source is noticed


def run(settings: Settings) -> int:
    """Process the source to its end, or until Ctrl+C; returns the exit code 0 or 130.

    Raises:
        UserError: the source, the weights or a file to write is unusable.
    """
    with ExitStack() as cleanup:
        source = open_named_or_default(settings)
        recorder = cleanup.enter_context(closing(Recorder(settings)))
        with interrupts_deferred():  # they import what they need
            segmenter, recogniser = load_segmenter(settings.segmenter), load_recogniser(settings)
        summary = Summary()
        bar = cleanup.enter_context(tqdm(total=source.frame_count, unit="frame", disable=None, dynamic_ncols=True))
        state = PipelineState()
        try:
            for frame in frames_of(source):
                reading, state = process_frame(frame, state, segmenter, recogniser, time.perf_counter)
                summary.add(reading)
                recorder.write(frame, reading, source.fps, summary.fps())
                bar.set_postfix_str(in_words(reading), refresh=False)
                bar.update()
            exit_code = 0
        except KeyboardInterrupt:
            exit_code = 130
        finally:
            bar.close()
            if summary.frames:
                print(f"{source.name}: {summary}", file=sys.stderr)  # the predictions may go to stdout
    return exit_code


def open_named_or_default(settings: Settings) -> FrameSource:
    """The source that was asked for; without one, camera 0 or the demo clip, said on stderr."""
    ask_permission(settings.device)
    if settings.device is not None:
        return open_source(settings.device)
    try:
        return open_first_camera()
    except SourceError as error:
        print(instead_of_a_camera(error), file=sys.stderr)
        return open_source(DEMO)


def frames_of(source: FrameSource) -> Iterator[Frame]:
    """Every frame of a file; of a live source the newest each time, until its end. Closes the source.

    Raises:
        UserError: the source failed.
    """
    if source.live:
        yield from newest_frames(source)
        return
    try:
        while (frame := source.read()) is not None:
            yield frame
    finally:
        source.close()


def newest_frames(source: FrameSource) -> Iterator[Frame]:
    """Frames of a live source, read in a thread. What comes while one is processed is replaced by what is newer."""
    frames, failures = Mailbox[Frame](), Mailbox[Failure]()
    capture = CaptureLoop(lambda: source, (frames,), failures)
    capture.start()
    try:
        while True:
            has_ended = capture.stream is Stream.ENDED
            frame = frames.take(WAIT_S)
            if frame is not None:
                yield frame
            elif failure := failures.take():
                raise UserError(failure.text)
            elif has_ended:
                return
    finally:
        capture.request_stop()
        capture.join()


def in_words(reading: Reading) -> str:
    """The reading in a few words, for one line of a terminal."""
    if not reading.top5:
        return reading.state.value.replace("_", " ")
    first = reading.top5[0]
    doubt = "?" if reading.state is State.UNCERTAIN else ""
    return f"{first.label}{doubt} {first.probability:.0%}"


class Summary:
    """Counts what a run has processed and found."""

    def __init__(self) -> None:
        self._started_s = time.perf_counter()
        self._rate = RateMeter()
        self._states: Counter[State] = Counter()
        self._labels: Counter[str] = Counter()

    def add(self, reading: Reading) -> None:
        self._rate.tick(time.perf_counter())
        self._states[reading.state] += 1
        if reading.state is State.ITEM:
            self._labels[reading.top5[0].label] += 1

    @property
    def frames(self) -> int:
        return self._states.total()

    def fps(self) -> float:
        """Frames a second over the last second."""
        return self._rate.rate(time.perf_counter())

    def __str__(self) -> str:
        seconds = time.perf_counter() - self._started_s
        states = ", ".join(f"{state.value.replace('_', ' ')} {count}" for state, count in self._states.most_common())
        labels = ", ".join(f"{label} {count}" for label, count in self._labels.most_common(3))
        return (
            f"{self.frames} frames in {seconds:.1f} s ({self.frames / max(seconds, 1e-9):.0f} a second): {states}"
            + (f"; named most often: {labels}" if labels else "")
        )
