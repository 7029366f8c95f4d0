"""Capture, inference and model loading, running side by side, and the one view of them that the window shows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fashioncam import commands
from fashioncam.commands import Command, Do
from fashioncam.errors import UserError
from fashioncam.messages import DisplayStyle, Failure, Frame, Reading, Request
from fashioncam.pipeline.recognition.recogniser import Recogniser
from fashioncam.runtime.sources.cameras import CameraList
from fashioncam.runtime.sources.opening import Size, SourceChoice, open_source
from fashioncam.runtime.sources.source import FrameSource
from fashioncam.runtime.storage.recorder import Recorder
from fashioncam.runtime.storage.storage import Storage
from fashioncam.runtime.threads.drawing import Drawing
from fashioncam.runtime.threads.feed import Feed
from fashioncam.runtime.threads.inference import InferenceLoop
from fashioncam.runtime.threads.loop import Loop
from fashioncam.runtime.threads.mailbox import Mailbox
from fashioncam.runtime.threads.model_switch import ModelSwitch
from fashioncam.runtime.threads.rates import DisplayMeter
from fashioncam.runtime.threads.source_switch import SourceSwitch
from fashioncam.settings import Settings
from fashioncam.view import HeldGarment, Notification, View

from .explanation_requests import as_shown, contrast_asked, forgotten, row_asked
from .learner import Learner
from .loading import load_segmenter

RETRY_S = 1.0
TICK_S = 0.05  # how soon the view shows a change that comes without a picture
REQUEST_KEPT_S = 1.0


class LiveSession:
    """Everything behind the window.

    After each drawing and each command, and every `TICK_S` in a thread of its own, it looks at the state of its parts.
    If something has changed, it publishes a new view. A lock allows one thread at a time.

    Args:
        settings: what to start with.
        folder: where pictures, recordings and captures are saved.
        preferred_device: opened if the settings name no device; if it cannot be opened, the first camera is.
        camera_size: width and height asked of cameras, pixels; with None they choose.
        retry_s: how soon a live source that was lost is opened again.
        open_named: opens a source by its name, and cameras in a size.

    Attributes:
        view: the newest; the same object until something has changed.

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
        self._lock = threading.RLock()
        self._recorder, self._records = Recorder(settings), True
        self._storage = Storage(folder)
        choice = SourceChoice(settings.device, preferred_device, camera_size, self._storage.tell, open_named)
        style = self._style_and_place
        self._sources = SourceSwitch(choice, retry_s, style, self._refresh, self._on_switch, self._storage.tell)
        self._learner = Learner(self._storage.captures_folder, folder, self._storage.tell)
        recognisers, self._failures = Mailbox[Recogniser](), Mailbox[Failure]()
        self._inference = InferenceLoop(
            self._sources.feed.to_infer,
            lambda: load_segmenter(settings.segmenter),
            recognisers,
            self._sources.feed.readings,
            self._failures,
            self._record,
        )
        self._models = ModelSwitch(settings, recognisers, self._storage.tell)
        self._cameras = CameraList(self._storage.tell)
        self._meter = DisplayMeter()
        self._loop = Loop("session", self._follow, self._on_defect)
        self._do: dict[Do, Callable[[], object]] = {
            Do.LIST_CAMERAS: self._cameras.refresh,
            Do.RELEARN: self._inference.relearn,
            Do.TOGGLE_CONTRAST: lambda: self._ask(contrast_asked(self._request)),
            Do.SAVE_PICTURE: self._save_picture,
            Do.TOGGLE_RECORDING: self._storage.toggle_recording,
            Do.HOLD_GARMENT: self._hold_garment,
            Do.LIST_CAPTURES: self._storage.refresh_captures,
            Do.LEARN: self._learn,
            Do.CANCEL_LEARNING: self._learner.cancel,
        }
        # What follows is changed under the lock.
        self.view = View()
        self._drawing: Drawing | None = None
        self._request, self._style, self._place_wh = Request(), DisplayStyle(), (0, 0)
        self._held: HeldGarment | None = None
        self._notification: Notification | None = None
        self._failure: Failure | None = None
        self._item_seen_s, self._has_worked = 0.0, False

    def start(self) -> None:
        """Start capture and inference; without a model, items are found but not named."""
        self._sources.feed.start()
        self._inference.start()
        self._loop.start()

    def send(self, command: Command) -> None:
        """Carry out a command of the window; the view shows at once what it has changed."""
        with self._lock:
            if isinstance(command, Do):
                self._do[command]()
            else:
                self._carry_out(command)
            self._update()

    def stop(self) -> None:
        """End all threads, even where a source does not answer; UserError where a file could not be ended whole."""
        with self._lock:  # else a source that fails now might be replaced by the one before it
            self._sources.request_stop()
        self._loop.request_stop()
        self._loop.join()
        self._inference.request_stop()
        self._learner.stop()
        self._sources.feed.join()
        try:
            self._close_files()
        finally:
            self._models.join()
            self._cameras.join()
            self._refresh()
        self._close_files()  # if a frame outlasted the first join

    def _close_files(self) -> None:
        """Close them, unless inference may still write."""
        if self._inference.join():
            try:
                self._storage.close()
            finally:
                self._recorder.close()

    def _carry_out(self, command: Command) -> None:
        match command:
            case commands.OpenSource(device):
                self._sources.open(device)
            case commands.SetCameraSize(size_wh):
                self._sources.set_camera_size(size_wh)
            case commands.Pause(paused):
                self._sources.set_paused(paused)
            case commands.LoadModel(weights):
                self._models.load(weights)
            case commands.SetCamMethod(method):
                self._models.load(cam_method=method)
            case commands.ExplainRow(row):
                self._ask(row_asked(self._request, self.view.reading, row))
            case commands.SearchIn(region):
                self._ask(as_shown(replace(self._request, region=region), self._style))
            case commands.SetStyle(style):
                self._style = style
            case commands.SetPlace(size_wh):
                self._place_wh = size_wh
            case commands.Painted(grabbed_s):
                self._meter.painted(time.perf_counter(), grabbed_s)
            case commands.FileGarment(class_index):
                self._file_garment(class_index)
            case commands.DeleteCaptures(captures):
                self._storage.delete_captures(captures)

    def _save_picture(self) -> None:
        latest = self._inference.latest
        if latest is None:
            self._storage.tell("Nothing to save yet")
        else:
            self._storage.save_picture(*latest, self._style)

    def _hold_garment(self) -> None:
        latest = self._inference.latest
        self._held = None
        active = self._models.state.active
        if latest is None or active is None or latest[1].segment is None or latest[1].input_grey is None:
            self._storage.tell("Nothing to file: hold up a garment first")
        else:
            self._held = HeldGarment(*latest, active.recogniser.classes)

    def _file_garment(self, class_index: int) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            self._storage.file(held.frame, held.reading, held.classes[class_index], class_index)

    def _learn(self) -> None:
        if (active := self._models.state.active) is not None:
            self._learner.start(active.weights)
        else:
            self._storage.tell("Wait until the model has been loaded")

    def _ask(self, request: Request) -> None:
        self._request = request
        self._inference.ask(request)

    def _on_switch(self, feed: Feed) -> None:
        self._inference.read_from(feed.to_infer, feed.readings)
        self._drawing = None
        self._ask(Request())

    def _follow(self, stop: threading.Event) -> None:
        while not stop.wait(TICK_S):
            self._refresh()

    def _refresh(self) -> None:
        with self._lock:
            self._update()

    def _on_defect(self, failure: Failure) -> None:
        with self._lock:
            self._failure = failure
            self.view = replace(self.view, failure=failure)

    def _update(self) -> None:
        """Collect what the parts have done, and publish a new view if that changes it."""
        self._sources.take_failure()
        self._drawing = self._sources.feed.drawings.take() or self._drawing
        reading = self._drawing.reading if self._drawing else None
        if failure := self._failures.take():
            self._failure = failure
            if reading is not None:  # else the last item would stay on the picture, which goes on
                without_item = replace(reading, segment=None, top5=(), heat_map=None, input_grey=None, explained="")
                self._sources.feed.readings.put(without_item)
        if reading is not None:
            self._forget_request(reading)
        if text := self._storage.take_message():
            self._notification = Notification(self._notification.number + 1 if self._notification else 1, text)
        view = self._made_view(time.perf_counter())
        if view != self.view:
            self.view = view

    def _forget_request(self, reading: Reading) -> None:
        """A request about an item is over some time after the item has left."""
        if reading.top5:
            self._item_seen_s = reading.grabbed_s
        elif reading.grabbed_s - self._item_seen_s > REQUEST_KEPT_S and self._request != forgotten(self._request):
            self._ask(forgotten(self._request))

    def _made_view(self, now_s: float) -> View:
        drawing, sources, models = self._drawing, self._sources, self._models.state
        feed, source, active = sources.feed, sources.source, models.active
        reading = drawing.reading if drawing else None
        failure = self._failure or models.failure or sources.failure
        self._has_worked = self._has_worked or (active is not None and reading is not None)
        fails = failure is not None and failure.by_user and sources.is_first and not self._has_worked
        return View(
            picture=drawing.picture if drawing else None,
            reading=reading,
            explanation=drawing.explanation if drawing else None,
            request=as_shown(self._request, self._style),
            style=self._style,
            rates=self._meter.rates(now_s, feed.capture.rate, self._inference.rate, feed.to_infer.dropped),
            stream=feed.stream,
            model=active.name if active else "",
            weights=active.weights if active else None,
            model_loading=models.loading,
            classes=active.recogniser.classes if active else (),
            cam_method=self._models.cam_method,
            source=source.name if source else "",
            device=source.device if source else "",
            notice=sources.notice,
            notification=self._notification,
            recording=self._storage.recording,
            held=self._held,
            captures=self._storage.captures,
            learning=self._learner.learning,
            cameras=self._cameras.cameras,
            failure=failure,
            failed_at_start=self.view.failed_at_start or fails,
        )

    def _style_and_place(self) -> tuple[DisplayStyle, tuple[int, int]]:
        return self._style, self._place_wh

    def _record(self, frame: Frame, reading: Reading) -> None:
        source_fps = 30.0 if (source := self._sources.source) is None else source.fps
        if self._records:
            try:
                self._recorder.write(frame, reading, source_fps, self._inference.rate.rate(time.perf_counter()))
            except UserError as error:
                if not self._recorder.frames:  # what never worked ends the program, as the command line promises
                    raise
                self._records = False
                self._storage.tell(f"Nothing more is written: {error}")
        self._storage.record(frame, reading, source_fps, self._style)
