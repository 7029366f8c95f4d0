"""Capture, inference and model loading, running side by side, and the view of them that a window pulls."""

from __future__ import annotations

import threading
import time

from fashioncam.messages import Ended, Failure, Frame, Image, Reading, StreamRates, View
from fashioncam.pipeline import Recogniser
from fashioncam.pipeline.overlay import annotate
from fashioncam.settings import DEMO, Settings

from .capture_loop import CaptureLoop
from .inference_loop import InferenceLoop
from .loop import Loop
from .mailbox import Mailbox
from .model_loading import load_recogniser
from .rates import RateMeter
from .recorder import Recorder
from .sources import NO_CAMERA_NOTICE, FrameSource, LoopingSource, open_first_camera, open_source


class LiveSession:
    """Everything behind the window. Its methods are called by the window's thread and never wait for another.

    Raises:
        UserError: a file to write cannot be written.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._recorder = Recorder(settings)
        self._frames_to_infer, self._frames_to_show = Mailbox[Frame](), Mailbox[Frame]()
        self._recognisers, self._readings = Mailbox[Recogniser](), Mailbox[Reading]()
        self._events = Mailbox[Ended | Failure]()
        self._capture = CaptureLoop(self._open_source, (self._frames_to_infer, self._frames_to_show), self._events)
        self._inference = InferenceLoop(
            self._frames_to_infer, self._recognisers, self._readings, self._events, self._record
        )
        self._loader = Loop("model", self._load_model, self._events.put)
        self._shown_rate = RateMeter()
        self._notice = ""
        self._model_ready = threading.Event()
        self._frame: Frame | None = None
        self._reading: Reading | None = None
        self._event: Ended | Failure | None = None

    def start(self) -> None:
        """Start capture and inference; without a model, items are found but not named."""
        self._capture.start()
        self._inference.start()

    def load_model(self) -> None:
        """Start loading the model. Importing torch slows all threads down for a second or two."""
        self._loader.start()

    def relearn(self) -> None:
        """Learn the background anew."""
        self._inference.relearn()

    def picture_shown(self) -> None:
        """The picture of the last view has reached the screen."""
        self._shown_rate.tick(time.monotonic())

    def read_latest(self) -> View:
        """The newest frame with the newest reading on it, and how things stand."""
        new_reading, new_frame = self._readings.take(), self._frames_to_show.take()
        self._reading = new_reading or self._reading
        self._frame = new_frame or self._frame
        self._event = self._events.take() or self._event
        # A reading alone is drawn with the next frame; where none will come, the last one is drawn again.
        redraw = new_frame is not None or (new_reading is not None and self._event is not None)
        now_s = time.monotonic()
        return View(
            picture_bgr=self._annotated() if redraw else None,
            is_new_frame=new_frame is not None,
            reading=self._reading,
            rates=StreamRates(
                capture=self._capture.rate.rate(now_s),
                inference=self._inference.rate.rate(now_s),
                display=self._shown_rate.rate(now_s),
                dropped=self._frames_to_infer.dropped,
            ),
            model_ready=self._model_ready.is_set(),
            source="" if self._capture.source is None else self._capture.source.name,
            notice=self._notice,
            failure=self._event if isinstance(self._event, Failure) else None,
            ended=isinstance(self._event, Ended),
        )

    def stop(self) -> None:
        """End all threads, even where a source does not answer, and close the files."""
        loops = (self._capture, self._inference, self._loader)
        for loop in loops:
            loop.request_stop()
        for loop in loops:
            loop.join()
        self._recorder.close()

    def _annotated(self) -> Image | None:
        if self._frame is None or self._reading is None:
            return None if self._frame is None else self._frame.image_bgr
        return annotate(self._frame.image_bgr, self._reading)

    def _open_source(self) -> FrameSource:
        device = self._settings.device
        if device is None:
            if camera := open_first_camera():
                return camera
            self._notice = NO_CAMERA_NOTICE
        elif device != DEMO:
            return open_source(device)
        return LoopingSource(lambda: open_source(DEMO))

    def _load_model(self, stop: threading.Event) -> None:
        self._recognisers.put(load_recogniser(self._settings))
        self._model_ready.set()

    def _record(self, frame: Frame, reading: Reading) -> None:
        source_fps = 30.0 if self._capture.source is None else self._capture.source.fps
        self._recorder.write(frame, reading, source_fps, self._inference.rate.rate(time.monotonic()))
