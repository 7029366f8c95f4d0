"""Capture, inference and model loading, running side by side, and the view of them that a window pulls."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from fashioncam.errors import UserError
from fashioncam.messages import Capture, Failure, Frame, Look, Reading, Region, Request, Stream, StreamRates, View
from fashioncam.pipeline.recognition.recogniser import Recogniser
from fashioncam.runtime.sources.camera_list import CameraList
from fashioncam.runtime.sources.choice import Size, SourceChoice
from fashioncam.runtime.sources.opening import open_source
from fashioncam.runtime.sources.source import FrameSource
from fashioncam.runtime.storage.captures import list_captures
from fashioncam.runtime.storage.recorder import Recorder
from fashioncam.runtime.storage.storage import Storage
from fashioncam.runtime.threads.drawing import Drawing
from fashioncam.runtime.threads.feed import Feed
from fashioncam.runtime.threads.inference import InferenceLoop
from fashioncam.runtime.threads.mailbox import Mailbox
from fashioncam.runtime.threads.model_switch import ModelSwitch
from fashioncam.runtime.threads.rates import LatencyMeter, RateMeter
from fashioncam.settings import Settings

from .explanation_requests import as_shown, contrast_asked, forgotten, row_asked
from .learner import Learner
from .loading import load_segmenter

RETRY_S = 1.0
QUESTION_KEPT_S = 1.0


class LiveSession:
    """Everything behind the window, whose thread calls its methods.

    But for `stop` none waits for a camera, a model or a picture; `toggle_recording` waits for the frame that is being
    written, and captures are listed and deleted at once.

    Args:
        settings: what to start with.
        folder: where pictures, recordings and captures are kept.
        preferred_device: opened where the settings name no device; the first camera where it cannot be.
        camera_size: width and height asked of cameras, pixels; None leaves it to them.
        retry_s: how soon a live source that was lost is opened again.
        open_named: opens a source by its name, and cameras in a size.

    Raises:
        UserError: a file to write cannot be written.
    """

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        preferred_device: str | None = None,
        camera_size: Size | None = None,
        retry_s: float = RETRY_S,
        open_named: Callable[[str, Size | None], FrameSource] = open_source,
    ) -> None:
        self._retry_s = retry_s
        self._recorder, self._records = Recorder(settings), True
        self._keeper = Storage(folder)
        self._sources = SourceChoice(settings.device, preferred_device, camera_size, self._keeper.tell, open_named)
        self._learner = Learner(self._keeper.captures_folder, folder, self._keeper.tell)
        self._recognisers, self._failures = Mailbox[Recogniser](), Mailbox[Failure]()
        self._feed = Feed(self._sources.first, None, retry_s, self._style)
        self._inference = InferenceLoop(
            self._feed.to_infer,
            lambda: load_segmenter(settings.segmenter),
            self._recognisers,
            self._feed.readings,
            self._failures,
            self._record,
        )
        self._models = ModelSwitch(settings, self._recognisers, self._keeper.tell)
        self._cameras = CameraList(self._keeper.tell)
        self._shown_rate, self._latency = RateMeter(), LatencyMeter()
        self._request, self._look, self._place_wh = Request(), Look(), (0, 0)
        self._held: tuple[Frame, Reading, tuple[str, ...]] | None = None
        self.is_first_source = True  # whether the source is still the one that was started with
        self._drawing: Drawing | None = None
        self._item_seen_s = 0.0
        self._failure: Failure | None = None
        self._feed_failure: Failure | None = None
        self._device_before: str | None = None  # of the feed before, if that was going on

    def start(self) -> None:
        """Start capture and inference; without a model, items are found but not named."""
        self._feed.start()
        self._inference.start()

    def load_model(self, weights: Path | None = None) -> None:
        """Start loading a model from its checkpoint, by default the settings'; the one before answers until then.

        Importing torch slows all threads down for a second or two.
        """
        self._models.load(weights)

    def set_cam_method(self, method: str) -> None:
        """Load the model once more, with heat maps made by that key of `CAM_METHODS`."""
        self._models.load(cam_method=method)

    def open_source(self, device: str) -> None:
        """Switch to another source, unless that does not open; the present one, if lost, is retried anyway."""
        stream, source = self._feed.capture.stream, self._feed.capture.source
        if stream is Stream.LOST and source is not None and source.device == device:
            return
        if source is not None:  # else one is still opening, which may fail as this one may
            self._device_before = source.device if stream is not Stream.ENDED else None
        self._switch(lambda: self._sources.named(device))

    def set_camera_size(self, size_wh: tuple[int, int] | None) -> None:
        """Ask cameras for pictures of this width and height; the one in use is opened again."""
        self._sources.camera_size = size_wh
        source = self._feed.capture.source
        if source is not None and source.live and "://" not in source.device:  # a camera, by index or device file
            self.open_source(source.device)

    def list_cameras(self) -> None:
        """Start looking for cameras; the view tells which there are."""
        self._cameras.refresh()

    def relearn(self) -> None:
        """Learn the background anew."""
        self._inference.relearn()

    def set_paused(self, paused: bool) -> None:
        """Let the picture stand still, or go on."""
        event = self._feed.capture.paused
        event.set() if paused else event.clear()

    def explain_row(self, row: int) -> None:
        """Show why the class in that row of the top five, from 0; asked again, why the first."""
        reading = self._drawing.reading if self._drawing else None
        self._ask(row_asked(self._request, reading, row))

    def toggle_contrast(self) -> None:
        """Show what speaks for the first class rather than the second, or again for the first alone."""
        self._ask(contrast_asked(self._request))

    def search_in(self, region: Region | None) -> None:
        """Look for items in a part of the picture as it is shown; None is all of it."""
        self._ask(as_shown(replace(self._request, region=region), self._look))  # and back: it is its own inverse

    def set_look(self, look: Look) -> None:
        """Draw in another way."""
        self._look = look

    def set_picture_place(self, width: int, height: int) -> None:
        """Make pictures as large as this place allows, in pixels of the screen."""
        self._place_wh = width, height

    def save_picture(self) -> None:
        """Keep the picture with its reading, and the reading as JSON."""
        latest = self._inference.latest
        if latest is None:
            self._keeper.tell("Nothing to save yet")
        else:
            self._keeper.save_picture(*latest, self._look)

    def toggle_recording(self) -> None:
        """Begin or end a recording of the annotated picture and the predictions."""
        self._keeper.toggle_recording()

    def hold_capture(self) -> bool:
        """Hold on to the garment in view until `file_capture`; False where there is none."""
        latest = self._inference.latest
        self._held = None
        if latest is None or latest[1].segment is None or latest[1].input_grey is None:
            self._keeper.tell("Nothing to file: hold up a garment first")
            return False
        self._held = *latest, self._models.classes  # another model may come before it is filed
        return True

    def file_capture(self, class_index: int) -> None:
        """File the garment held on to under its true class."""
        if self._held is not None:
            frame, reading, classes = self._held
            self._keeper.file(frame, reading, classes[class_index], class_index)
            self._held = None

    def captures(self) -> list[Capture]:
        """All captures, the newest first."""
        return list_captures(self._keeper.captures_folder)

    def delete_captures(self, captures: Sequence[Capture]) -> None:
        self._keeper.delete_captures(captures)

    def learn(self) -> None:
        """Start adapting the model in use to the captures, in a process of its own; the view tells how far it is."""
        if self._models.weights is None:
            self._keeper.tell("Wait until the model has been loaded")
        else:
            self._learner.start(self._models.weights)

    def cancel_learning(self) -> None:
        """End it; no new model comes of it."""
        self._learner.cancel()

    def picture_shown(self) -> None:
        """The picture of the last view has reached the screen."""
        now_s = time.monotonic()
        self._shown_rate.tick(now_s)
        if self._drawing is not None:
            self._latency.add(now_s, now_s - self._drawing.frame.grabbed_s)

    def read_latest(self) -> View:
        """The newest frame with the newest reading on it, and how things stand."""
        feed = self._feed
        new = feed.drawings.take()
        drawing = self._drawing = new or self._drawing
        reading = drawing.reading if drawing else None
        if failure := self._failures.take():
            self._failure = failure
            if reading is not None:  # the last one would stay on the picture, and the picture goes on
                feed.readings.put(replace(reading, segment=None, top5=(), heat_map=None, input_grey=None, explained=""))
        if failure := feed.failures.take():
            self._end_feed(failure)
        if reading is not None:
            self._forget_question(reading)
        now_s = time.monotonic()
        return View(
            picture_bgr=new.picture_bgr if new else None,
            is_new_frame=new is not None and new.is_new_frame,
            reading=reading,
            reading_age_s=drawing.frame.grabbed_s - reading.grabbed_s if drawing and reading else 0.0,
            explanation=drawing.explanation if drawing else None,
            request=as_shown(self._request, self._look),
            look=self._look,
            rates=self._rates(now_s),
            stream=feed.stream,
            model=self._models.name,
            weights=self._models.weights,
            model_loading=self._models.loading,
            classes=self._models.classes,
            cam_method=self._models.cam_method,
            source="" if feed.capture.source is None else feed.capture.source.name,
            device="" if feed.capture.source is None else feed.capture.source.device,
            notice=self._sources.notice if self.is_first_source else "",
            news=self._keeper.take_message(),
            recording=self._keeper.recording,
            learning=self._learner.learning,
            cameras=self._cameras.cameras,
            failure=self._failure or self._models.failure or self._feed_failure,
        )

    def stop(self) -> None:
        """End all threads, even where a source does not answer; UserError where a file could not be ended whole."""
        self._feed.request_stop()
        self._inference.request_stop()
        self._learner.stop()
        self._feed.join()
        try:
            self._close_files()
        finally:
            self._models.join()
            self._cameras.join()
        self._close_files()  # if a frame outlasted the first join

    def _close_files(self) -> None:
        """Close them, unless inference may still write."""
        if self._inference.join():
            try:
                self._keeper.close()
            finally:
                self._recorder.close()

    def _switch(self, open_chosen: Callable[[], FrameSource]) -> None:
        self._feed = Feed(open_chosen, self._feed, self._retry_s, self._style)
        self._inference.read_from(self._feed.to_infer, self._feed.readings)
        self._drawing, self._feed_failure, self.is_first_source = None, None, False
        self._ask(Request())
        self._feed.start()

    def _end_feed(self, failure: Failure) -> None:
        """Where a source has given no picture, the one before it goes on."""
        before, self._device_before = self._device_before, None
        if before is not None and not self._feed.capture.read_s:
            self._keeper.tell(failure.text)
            self._switch(lambda: self._sources.named(before))
        else:
            self._feed_failure = failure

    def _ask(self, request: Request) -> None:
        self._request = request
        self._inference.ask(request)

    def _forget_question(self, reading: Reading) -> None:
        """A question about an item is over some time after the item has left."""
        if reading.top5:
            self._item_seen_s = reading.grabbed_s
        elif reading.grabbed_s - self._item_seen_s > QUESTION_KEPT_S and self._request != forgotten(self._request):
            self._ask(forgotten(self._request))

    def _rates(self, now_s: float) -> StreamRates:
        feed = self._feed
        latency_ms, latency_p95_ms = self._latency.percentiles_ms(now_s)
        return StreamRates(
            capture=feed.capture.rate.rate(now_s),
            inference=self._inference.rate.rate(now_s),
            display=self._shown_rate.rate(now_s),
            dropped=feed.to_infer.dropped,
            latency_ms=latency_ms,
            latency_p95_ms=latency_p95_ms,
        )

    def _style(self) -> tuple[Look, tuple[int, int]]:
        return self._look, self._place_wh

    def _record(self, frame: Frame, reading: Reading) -> None:
        source = self._feed.capture.source
        source_fps = 30.0 if source is None else source.fps
        if self._records:
            try:
                self._recorder.write(frame, reading, source_fps, self._inference.rate.rate(time.monotonic()))
            except UserError as error:
                if not self._recorder.frames:  # what never worked ends the program, as the command line promises
                    raise
                self._records = False
                self._keeper.tell(f"Nothing more is written: {error}")
        self._keeper.record(frame, reading, source_fps, self._look)
