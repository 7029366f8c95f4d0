"""Capture, inference and model loading, running side by side, and the view of them that a window pulls."""

from __future__ import annotations

import threading
import time

from fashioncam.messages import Failure, Frame, Image, Reading, StreamRates, View
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
from .segmenter_loading import load_segmenter
from .sources import NO_CAMERA_NOTICE, FrameSource, LoopingSource, open_first_camera, open_source

# The import of torch cannot be stopped, and a process that ends in the middle of it is aborted by torch.
LOADING_TIMEOUT_S = 60.0


class LiveSession:
    """Everything behind the window, whose thread calls its methods; but for `stop`, none waits for another.

    Raises:
        UserError: a file to write cannot be written.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._recorder = Recorder(settings)
        self._frames_to_infer, self._frames_to_show = Mailbox[Frame](), Mailbox[Frame]()
        self._recognisers, self._readings = Mailbox[Recogniser](), Mailbox[Reading]()
        self._failures = Mailbox[Failure]()
        self._capture = CaptureLoop(self._open_source, (self._frames_to_infer, self._frames_to_show), self._failures)
        self._inference = InferenceLoop(
            self._frames_to_infer,
            lambda: load_segmenter(settings.segmenter),
            self._recognisers,
            self._readings,
            self._failures,
            self._record,
        )
        self._loader = Loop("model", self._load_model, self._failures.put)
        self._shown_rate = RateMeter()
        self._notice = ""
        self._model_ready = threading.Event()
        self._frame: Frame | None = None
        self._reading: Reading | None = None
        self._failure: Failure | None = None

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
        self._failure = self._failures.take() or self._failure
        ended = self._capture.ended.is_set()
        # A reading alone is drawn with the next frame; where none will come, the last one is drawn again.
        redraw = new_frame is not None or (new_reading is not None and ended)
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
            failure=self._failure,
            ended=ended,
        )

    def stop(self) -> None:
        """End all threads, even where a source does not answer, and close the files."""
        for loop in (self._capture, self._inference, self._loader):
            loop.request_stop()
        self._capture.join()
        if self._inference.join():  # else it may still write
            self._recorder.close()
        self._loader.join(LOADING_TIMEOUT_S)

    def _annotated(self) -> Image | None:
        """The newest frame with the newest reading on it, if that is of the same scene and size."""
        if self._frame is None:
            return None
        image_bgr, reading = self._frame.image_bgr, self._reading
        if reading is None or self._failure is not None or reading.frame_wh != image_bgr.shape[1::-1]:
            return image_bgr
        return annotate(image_bgr, reading)

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
