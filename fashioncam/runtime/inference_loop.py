"""The inference thread: newest frame in, reading out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from fashioncam.messages import Failure, Frame, Reading
from fashioncam.pipeline import PipelineState, Recogniser, process_frame
from fashioncam.pipeline.segmentation import Segmenter

from .loop import Loop
from .mailbox import Mailbox
from .rates import RateMeter

WAIT_S = 0.1  # how soon a stop is noticed while no frame comes


class InferenceLoop(Loop):
    """Reads the newest frame, over and over.

    Args:
        frames: where frames come from.
        load_segmenter: called in the thread, before the first frame.
        recognisers: where a model comes from; until one does, items are found but not named.
        readings: gets a reading for every frame that was taken.
        failures: gets the failure that ended the thread.
        record: called in the thread with every frame and its reading.
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
        self._frames = frames
        self._load_segmenter = load_segmenter
        self._recognisers = recognisers
        self._readings = readings
        self._record = record
        self._relearn = threading.Event()
        self.rate = RateMeter()

    def relearn(self) -> None:
        """Learn the background anew, beginning with the next frame."""
        self._relearn.set()

    def _infer(self, stop: threading.Event) -> None:
        segmenter = self._load_segmenter()
        state, recogniser = PipelineState(), None
        while not stop.is_set():
            frame = self._frames.take(WAIT_S)
            if frame is None:
                continue
            recogniser = self._recognisers.take() or recogniser
            if self._relearn.is_set():
                self._relearn.clear()
                state = PipelineState()
            reading, state = process_frame(frame, state, segmenter, recogniser, time.perf_counter)
            self.rate.tick(time.monotonic())
            self._readings.put(reading)
            self._record(frame, reading)
