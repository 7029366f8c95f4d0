"""Saves pictures, recordings and captures for the user, and reports success or failure."""

from __future__ import annotations

import json
import queue
import threading
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from fashioncam.errors import UserError
from fashioncam.messages import Capture, DisplayStyle, Frame, Reading
from fashioncam.pipeline.explanation.overlay import annotate

from .captures import delete_capture, file_capture, list_captures, write_png
from .recorder import as_json
from .recording import Recording

MOST_WAITING = 8  # pictures for a slow disk; each is 6 MB at 1920x1080


class Storage:
    """Writes into one folder. Its methods return at once, but for `close`: a worker thread does what may take a while.

    Args:
        folder: made with the first file.

    Attributes:
        captures: as listed last, the newest first; empty before the first `refresh_captures`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.captures: tuple[Capture, ...] = ()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="storage")
        self._room = threading.Semaphore(MOST_WAITING)
        self._messages: queue.SimpleQueue[str] = queue.SimpleQueue()
        # The inference thread writes the recording, the window's begins and ends it; the lock is for the exchange.
        self._recording: Recording | None = None
        self._recording_lock = threading.Lock()
        self._finishing: list[Future[str]] = []

    @property
    def recording(self) -> Path | None:
        """The film that is being recorded."""
        recording = self._recording
        return None if recording is None else recording.path

    @property
    def captures_folder(self) -> Path:
        return self.folder / "captures"

    def tell(self, text: str) -> None:
        """Add a message."""
        self._messages.put(text)

    def take_message(self) -> str:
        """The oldest message not yet taken; empty for none."""
        try:
            return self._messages.get_nowait()
        except queue.Empty:
            return ""

    def save_picture(self, frame: Frame, reading: Reading, style: DisplayStyle) -> None:
        """Write the annotated picture, and its reading beside it."""
        self._do_if_room(lambda: self._save_picture(frame, reading, style))

    def file(self, frame: Frame, reading: Reading, label: str, index: int) -> None:
        """File the garment under its true class."""

        def write() -> None:
            capture = file_capture(self.captures_folder, frame, reading, label, index, datetime.now())
            self._list_captures()
            self.tell(f"Filed as {label}: {capture.folder}")

        self._do_if_room(write)

    def refresh_captures(self) -> None:
        """List all captures again."""
        self._do(self._list_captures)

    def delete_captures(self, captures: Sequence[Capture]) -> None:
        """Delete them; a message tells of any that cannot be deleted."""

        def delete() -> None:
            try:
                for capture in captures:
                    delete_capture(capture)
            finally:
                self._list_captures()
            self.tell(f"Deleted {captures[0].folder if len(captures) == 1 else f'{len(captures)} filed garments'}")

        self._do(delete)

    def toggle_recording(self) -> None:
        """Begin a recording, or end the present one; the worker finishes its files."""
        recording = self._recording
        if recording is not None:
            self._end(recording)
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            recording = Recording(self._new_path(".avi"))
            self.tell(f"Recording {recording.path}")
            self._recording = recording
        except OSError as error:
            self.tell(f"{self.folder}: {error.strerror}; free some space, or make the folder writable")
        except UserError as error:
            self.tell(str(error))

    def record(self, frame: Frame, reading: Reading, source_fps: float, style: DisplayStyle) -> None:
        """Add a frame to the recording, if there is one; a recording that fails ends, and a message says why."""
        recording = self._recording
        if recording is not None and not recording.write(frame, reading, source_fps, style):
            self._end(recording)

    def close(self) -> None:
        """Finish what has been begun; UserError where a recording that was still to be finished is not whole."""
        if self._recording is not None:
            self._end(self._recording)
        unfinished = [future for future in self._finishing if not future.done()]
        self._worker.shutdown()
        if failures := [text for future in unfinished if (text := future.result())]:
            raise UserError("; ".join(failures))  # nobody takes messages any more

    def _end(self, recording: Recording) -> None:
        with self._recording_lock:
            if self._recording is not recording:  # the other thread has ended it
                return
            self._recording = None
        self._finishing.append(self._do(lambda: self.tell(recording.finish())))

    def _save_picture(self, frame: Frame, reading: Reading, style: DisplayStyle) -> None:
        path = self._new_path(".png")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_png(path, annotate(frame.image_bgr, reading, style=style))
            said = as_json(reading, style) | {"heat_map_for": reading.explained, "heat_map_against": reading.against}
            path.with_suffix(".json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise UserError(f"{path} cannot be written: {error.strerror}") from None
        self.tell(f"Saved {path}")

    def _list_captures(self) -> None:
        self.captures = tuple(list_captures(self.captures_folder))

    def _new_path(self, suffix: str) -> Path:
        return self.folder / f"{datetime.now():%Y-%m-%d_%H-%M-%S-%f}{suffix}"

    def _do_if_room(self, work: Callable[[], None]) -> None:
        """In the worker; if too many pictures wait there already, not at all, and a message says so."""
        if self._room.acquire(blocking=False):
            self._do(work).add_done_callback(lambda _done: self._room.release())
        else:
            self.tell("Not saved: the disk is still busy with earlier files; wait a moment")

    def _do(self, work: Callable[[], None]) -> Future[str]:
        """In the worker. The result is the text of its failure, which is told too; empty for success."""

        def guarded() -> str:
            try:
                work()
            except UserError as error:
                failure = str(error)
            except Exception as error:  # noqa: BLE001 - a thread must not fail unheard
                traceback.print_exc()
                failure = f"{type(error).__name__}: {error}"
            else:
                return ""
            self.tell(failure)
            return failure

        return self._worker.submit(guarded)
