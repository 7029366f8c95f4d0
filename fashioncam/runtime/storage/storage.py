"""Keeps what the user wants to keep - pictures, recordings, captures - and tells what became of it."""

from __future__ import annotations

import json
import queue
import threading
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from fashioncam.errors import UserError
from fashioncam.messages import Capture, Frame, Look, Reading
from fashioncam.pipeline.explanation.overlay import annotate
from fashioncam.settings import Settings

from .captures import delete_capture, file_capture, list_captures, write_png
from .recorder import Recorder, as_json

MOST_WAITING = 8  # pictures for a slow disk; each is 6 MB at 1920x1080


class Storage:
    """Writes into one folder; pictures and captures in a thread of its own, as a disk may be slow.

    Args:
        folder: made with the first file.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="keeper")
        self._room = threading.Semaphore(MOST_WAITING)
        self._news: queue.SimpleQueue[str] = queue.SimpleQueue()
        # Recordings are written by the inference thread, and begun and ended by the window's.
        self._recording: tuple[Path, Recorder] | None = None
        self._recording_lock = threading.Lock()
        self.captures: tuple[Capture, ...] = ()

    @property
    def recording(self) -> Path | None:
        """The video that is being written."""
        recording = self._recording
        return recording and recording[0]

    @property
    def captures_folder(self) -> Path:
        return self.folder / "captures"

    def tell(self, text: str) -> None:
        """Add to the news."""
        self._news.put(text)

    def take_message(self) -> str:
        """The oldest news not yet taken; empty for none."""
        try:
            return self._news.get_nowait()
        except queue.Empty:
            return ""

    def save_picture(self, frame: Frame, reading: Reading, look: Look) -> None:
        """Write the annotated picture, and beside it what was said of it."""
        self._do(lambda: self._save_picture(frame, reading, look))

    def file(self, frame: Frame, reading: Reading, label: str, index: int) -> None:
        """File the garment under its true class."""

        def write() -> None:
            capture = file_capture(self.captures_folder, frame, reading, label, index, datetime.now())
            self._list()
            self.tell(f"Filed as {label}: {capture.folder}")

        self._do(write)

    def refresh_captures(self) -> None:
        """List them in the worker."""
        self._do(self._list)

    def _list(self) -> None:
        self.captures = tuple(list_captures(self.captures_folder))

    def delete_captures(self, captures: Sequence[Capture]) -> None:
        self._do(lambda: self._delete(captures))
        self._do(self._list)

    def _delete(self, captures: Sequence[Capture]) -> None:
        """Delete them; what cannot be deleted is told."""
        try:
            for capture in captures:
                delete_capture(capture)
            self.tell(f"Deleted {captures[0].folder if len(captures) == 1 else f'{len(captures)} filed garments'}")
        except UserError as error:
            self.tell(str(error))

    def toggle_recording(self) -> None:
        """Begin a recording, or end the present one.

        Motion-JPEG in .avi: after a kill everything but the last two or three frames is there and plays; .mp4 is
        unreadable then, and .mkv lost 24 frames (1280x720, 300 frames, SIGKILL after the last).
        """
        with self._recording_lock:
            if self._recording is not None:
                try:
                    self.tell(self._end_recording())
                except UserError as error:
                    self.tell(str(error))
                return
            path = self._new_path(".avi")
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                settings = Settings(
                    save_video=path,
                    predictions=path.with_suffix(".jsonl"),
                    display_input=False,
                    display_fps=False,
                )
                self._recording = path, Recorder(settings)
                self.tell(f"Recording {path}")
            except OSError as error:
                self.tell(f"{self.folder}: {error.strerror}")
            except UserError as error:
                self.tell(str(error))

    def record(self, frame: Frame, reading: Reading, source_fps: float, look: Look) -> None:
        """Add a frame to the recording, if there is one; a recording that fails ends, and the news say why."""
        with self._recording_lock:
            if self._recording is None:
                return
            path, recorder = self._recording
            try:
                recorder.write(frame, reading, source_fps, source_fps, look)
            except UserError as error:
                self._recording = None
                with suppress(UserError):  # the reason has been told
                    recorder.close()
                self.tell(f"The recording {path.name} has ended: {error}")

    def close(self) -> None:
        """Finish what has been begun; UserError where a recording is not whole."""
        try:
            with self._recording_lock:
                if self._recording is not None:
                    self._end_recording()
        finally:
            self._worker.shutdown()

    def _end_recording(self) -> str:
        """What to tell of it; UserError where it is not whole."""
        assert self._recording is not None
        path, recorder = self._recording
        self._recording = None
        recorder.close()
        predictions = path.with_suffix(".jsonl")
        if recorder.frames:
            return f"Recorded {path}, and {predictions.name} beside it"
        try:
            predictions.unlink(missing_ok=True)
        except OSError as error:
            raise UserError(f"{predictions} cannot be deleted: {error.strerror}") from None
        return "Nothing recorded: no picture came"

    def _save_picture(self, frame: Frame, reading: Reading, look: Look) -> None:
        path = self._new_path(".png")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_png(path, annotate(frame.image_bgr, reading, look=look))
            said = as_json(reading, look) | {"heat_map_for": reading.explained, "heat_map_against": reading.against}
            path.with_suffix(".json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise UserError(f"{path} cannot be written: {error.strerror}") from None
        self.tell(f"Saved {path}")

    def _new_path(self, suffix: str) -> Path:
        return self.folder / f"{datetime.now():%Y-%m-%d_%H-%M-%S-%f}{suffix}"

    def _do(self, work: Callable[[], None]) -> None:
        """In the worker; what fails is told, and so is what has to be refused."""
        if not self._room.acquire(blocking=False):
            self.tell("Not saved: the disk is still busy with earlier files; wait a moment")
            return

        def guarded() -> None:
            try:
                work()
            except UserError as error:
                self.tell(str(error))
            except Exception as error:  # noqa: BLE001 - a thread must not fail unheard
                traceback.print_exc()
                self.tell(f"{type(error).__name__}: {error}")
            finally:
                self._room.release()

        self._worker.submit(guarded)
