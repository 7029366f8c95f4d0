"""A recording that the user begins and ends in the window."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

from fashioncam.errors import UserError
from fashioncam.messages import DisplayStyle, Frame, Reading
from fashioncam.settings import Settings

from .recorder import Recorder


class Recording:
    """A film with its predictions beside it; one thread writes to it, another one finishes it.

    Args:
        path: of the film. Motion-JPEG in .avi: a kill costs its last frames alone, while .mp4 cannot be read then.

    Raises:
        UserError: a file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._predictions = path, path.with_suffix(".jsonl")
        self._recorder = Recorder(
            Settings(save_video=path, predictions=self._predictions, display_input=False, display_fps=False)
        )
        self._lock = threading.Lock()
        self._is_ended = False
        self._failure: UserError | None = None

    def write(self, frame: Frame, reading: Reading, source_fps: float, style: DisplayStyle) -> bool:
        """Add a frame, unless the recording has been ended; False where it fails, which ends it."""
        with self._lock:
            if not self._is_ended:
                try:
                    self._recorder.write(frame, reading, source_fps, source_fps, style)
                except UserError as error:
                    self._is_ended, self._failure = True, error
            return self._failure is None

    def finish(self) -> str:
        """End it and finish its files, which takes a while; returns a message. UserError if it is not whole."""
        with self._lock:  # waits for the frame that is being written; no frame waits for what follows
            self._is_ended = True
        if self._failure is not None:
            with suppress(UserError):
                self._recorder.close()
            raise UserError(f"The recording {self.path.name} has ended: {self._failure}")
        self._recorder.close()
        if self._recorder.frames:
            return f"Recorded {self.path}, and {self._predictions.name} beside it"
        try:
            self._predictions.unlink(missing_ok=True)
        except OSError as error:
            raise UserError(f"{self._predictions} cannot be deleted: {error.strerror}") from None
        return "Nothing recorded: no picture came"
