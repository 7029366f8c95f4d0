"""The program's window on a synthetic camera, drawn by Qt into memory: what `window` and `memory` measure."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import cv2
from PySide6.QtCore import QSettings

from fashioncam.commands import LoadModel
from fashioncam.messages import Frame
from fashioncam.runtime.session import LiveSession
from fashioncam.runtime.sources.opening import open_source
from fashioncam.settings import DEMO, Settings
from fashioncam.ui.main_window import MainWindow
from fashioncam.ui.preferences import Preferences

FPS = 30.0
MOST_FRAMES = 150  # of the demo clip


class SyntheticCamera:
    """The demo clip at another size and at a camera's pace; encoded before the clock starts."""

    name, device, live = "a synthetic camera", "synthetic", True
    frame_count: int | None = None

    def __init__(self, size_wh: tuple[int, int], fps: float = FPS) -> None:
        self.fps = fps
        clip = open_source(DEMO)
        self._jpegs: list[Any] = []
        while (frame := clip.read()) is not None and len(self._jpegs) < MOST_FRAMES:
            self._jpegs.append(cv2.imencode(".jpg", cv2.resize(frame.image_bgr, size_wh))[1])
        clip.close()
        self._started_s, self._count, self._pause = time.perf_counter(), 0, threading.Event()

    def read(self) -> Frame | None:
        image_bgr = cv2.imdecode(self._jpegs[self._count % len(self._jpegs)], cv2.IMREAD_COLOR)
        self._pause.wait(max(0.0, self._started_s + self._count / self.fps - time.perf_counter()))
        now_s = time.perf_counter()
        self._count += 1
        assert image_bgr is not None  # what OpenCV has encoded it decodes
        return Frame(self._count - 1, image_bgr, now_s, now_s)

    def close(self) -> None:
        self._pause.set()


@contextmanager
def live_window(camera: Callable[[], SyntheticCamera]) -> Iterator[tuple[LiveSession, MainWindow]]:
    """The window on a session that has been started; what they write goes with them."""
    with tempfile.TemporaryDirectory() as folder:
        preferences = Preferences(QSettings(f"{folder}/preferences.ini", QSettings.Format.IniFormat))
        session = LiveSession(Settings(device="synthetic"), Path(folder), open_named=lambda device, size: camera())
        window = MainWindow(Settings(), session, preferences, ())
        window.show()
        session.start()
        session.send(LoadModel())
        yield session, window
        window.close()
        window.deleteLater()
        session.stop()
