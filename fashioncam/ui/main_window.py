"""The window: pulls the newest view on its own timer and hands it to its parts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QWidget

from fashioncam.messages import View
from fashioncam.settings import Settings

from . import theme
from .prediction_panel import PredictionPanel
from .qt_image import from_bgr
from .shortcuts import BINDINGS
from .video_view import PictureView

PULL_INTERVAL_MS = 8  # twice the rate of a 60 Hz screen, so that a frame waits no longer than half a refresh


class MainWindow(QMainWindow):
    """Video on the left, predictions on the right.

    Args:
        settings: what to show.
        read_latest: returns the newest view, at once.
        picture_shown: called when a new picture has been painted.
        relearn: called when the user wants the background learned again.
    """

    def __init__(
        self,
        settings: Settings,
        read_latest: Callable[[], View],
        picture_shown: Callable[[], None],
        relearn: Callable[[], None],
    ) -> None:
        super().__init__()
        self._read_latest = read_latest
        self._relearn = relearn
        self.setWindowTitle("fashioncam")
        self.setStyleSheet(theme.STYLE_SHEET)
        self.resize(1180, 760)
        self._video = PictureView("Waiting for the camera …")
        self._video.painted.connect(picture_shown)
        self._panel = PredictionPanel(settings)
        content = QWidget()
        layout = QHBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._video, stretch=1)
        layout.addWidget(self._panel)
        self.setCentralWidget(content)
        self._add_actions()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_pull)
        self._timer.start(PULL_INTERVAL_MS)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        self._timer.stop()
        super().closeEvent(event)

    def _add_actions(self) -> None:
        handlers: dict[str, Callable[[], object]] = {"relearn": self._relearn, "quit": self.close}
        menu = self.menuBar().addMenu("&Program")
        for binding in BINDINGS:
            action = QAction(binding.text, self)
            action.setShortcuts([QKeySequence(key) for key in binding.keys])
            action.triggered.connect(lambda _checked=False, handler=handlers[binding.action]: handler())
            menu.addAction(action)

    def _on_pull(self) -> None:
        view = self._read_latest()
        if view.picture_bgr is not None:
            self._video.set_image(from_bgr(view.picture_bgr), view.is_new_frame)
        self._panel.show_view(view)
        self.statusBar().showMessage(view.notice or view.source)
