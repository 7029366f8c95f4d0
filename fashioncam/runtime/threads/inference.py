"""The inference thread: newest frame in, reading out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from fashioncam.messages import Failure, Frame, Reading, Request
from fashioncam.pipeline.process import PipelineState, process_frame
from fashioncam.pipeline.recognition.recogniser import Recogniser
from fashioncam.pipeline.segmentation.segmenter import Segmenter

from .loop import Loop
from .mailbox import Mailbox
from .rates import RateMeter

WAIT_S = 0.1  # how soon a stop, or a new request while no frame comes, is noticed


class InferenceLoop(Loop):
    """Makes a reading of the newest frame, over and over.

    If no frame comes, a new request or a new model makes it read the last frame again.

    Args:
        frames: where frames come from.
        load_segmenter: called in the thread, before the first frame.
        recognisers: where models come from, each in place of the one before; until the first, items are found but
            not named.
        readings: gets a reading for every frame that was taken.
        failures: gets the failure that ended the thread.
        record: called in the thread with every frame and its reading.

    Attributes:
        latest: the newest reading with its frame; None before the first of a source.
        rate: of readings.
    """

    def __init__(
        self,
        frames: Mailbox[Frame],
        load_segmenter: Callable[[], Segmenter],
        recognisers: Mailbox[Recogniser],
        readings: Mailbox[Reading],
        failures: Mailbox[Failure],
        record: Callable[[Frame, Reading], None],
    ) -> None:
        super().__init__("inference", self._infer, failures.put)
        self._mailboxes = frames, readings
        self._load_segmenter = load_segmenter
        self._recognisers = recognisers
        self._record = record
        self._relearn = threading.Event()
        self._request = Request()
        self.latest: tuple[Frame, Reading] | None = None
        self.rate = RateMeter()

    def relearn(self) -> None:
        """Learn the background again, from the next frame on."""
        self._relearn.set()

    def ask(self, request: Request) -> None:
        """Read the frames to come with this request, or the last one again where none come."""
        self._request = request

    def read_from(self, frames: Mailbox[Frame], readings: Mailbox[Reading]) -> None:
        """Go on with another source and its mailboxes, and learn its background."""
        self._mailboxes = frames, readings

    def _infer(self, stop: threading.Event) -> None:
        segmenter = self._load_segmenter()
        state, state_before, recogniser = PipelineState(), PipelineState(), None
        mailboxes, last_frame, answered = None, None, Request()
        while not stop.is_set():
            if self._mailboxes is not mailboxes:
                mailboxes, last_frame, self.latest = self._mailboxes, None, None
                self._relearn.set()
            frames, readings = mailboxes
            new_frame = frames.take(WAIT_S)
            new_recogniser = self._recognisers.take()
            if new_recogniser is not None:  # another model's answers are not mixed with these
                recogniser = new_recogniser
                state, state_before = state.for_another_model(), state_before.for_another_model()
            request = self._request
            if new_frame is not None and self._relearn.is_set():
                self._relearn.clear()
                state = PipelineState()
            if new_frame is not None:
                frame, state_before, last_frame = new_frame, state, new_frame
            elif last_frame is not None and (new_recogniser is not None or request != answered):
                frame = last_frame
            else:
                continue
            reading, state = process_frame(frame, state_before, segmenter, recogniser, time.perf_counter, request)
            answered = request
            self.latest = frame, reading
            readings.put(reading)
            if new_frame is not None:
                self.rate.tick(time.perf_counter())
                self._record(frame, reading)
