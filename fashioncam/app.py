"""The composition root: the only file that knows both threads and widgets."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QSettings, QStandardPaths, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from fashioncam.runtime.session import LiveSession
from fashioncam.runtime.sources.cameras import ask_permission
from fashioncam.ui.main_window import MainWindow
from fashioncam.ui.preferences import Preferences

from . import resources
from .commands import LoadModel
from .errors import QtMissingError, UserError
from .settings import Settings

# Importing torch holds Python's interpreter lock for a second or two, so the picture comes first.
MODEL_DELAY_MS = 300
EXIT_USER_ERROR = 2


def run(settings: Settings) -> int:
    """Show the window until the user quits; returns the exit code.

    Where Qt cannot open a window, this says so and ends the process with exit code 2.

    Raises:
        UserError: what the user named cannot be used from the start.
    """
    application = made_application()
    application.setApplicationName("fashioncam")
    application.setStyle("Fusion")
    store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "fashioncam", "fashioncam")
    preferences = Preferences(store)
    session = LiveSession(settings, pictures_folder(), preferences.device, preferences.camera_size)
    window = MainWindow(settings, session, preferences, resources.own_weights())
    # Python runs this handler when the window's timer calls it next; Qt would not hear an exit before `exec`.
    signal.signal(signal.SIGINT, lambda *_: QTimer.singleShot(0, lambda: application.exit(130)))
    window.show()
    ask_permission(settings.device or preferences.device)
    session.start()
    is_named = settings.model is not None or settings.weights is not None
    load_first = LoadModel(None if is_named else preferences.weights)  # else the one chosen last in the window
    QTimer.singleShot(MODEL_DELAY_MS, lambda: session.send(load_first))
    try:
        exit_code = application.exec()
    finally:
        window.close()
        session.stop()
    if session.view.failed_at_start and session.view.failure is not None:
        raise UserError(session.view.failure.text)
    return exit_code


def pictures_folder() -> Path:
    """The folder fashioncam in the user's folder of pictures."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)) / "fashioncam"


def made_application() -> QApplication:
    """Qt's application; where Qt cannot open a window, a line on stderr and exit code 2.

    Qt aborts the process then, which no Python code can catch. But it hands its last message to a handler first.
    """
    said: list[str] = []

    def on_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        said.append(text)
        if kind is QtMsgType.QtFatalMsg:
            print(f"fashioncam: {no_window(said[0])}", file=sys.stderr, flush=True)
            os._exit(EXIT_USER_ERROR)

    qInstallMessageHandler(on_message)
    application = QApplication(sys.argv[:1])
    qInstallMessageHandler(None)
    return application


def no_window(reason: str) -> UserError:
    """Why there is no window, by Qt's first message."""
    chosen = {name: os.environ.get(name) for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")}
    named = ", ".join(f"{name}={value}" for name, value in chosen.items() if value)
    if "could not connect to display" in reason:
        return UserError(f"no X server answers at {named}; set it to a running one, or give --headless")
    return QtMissingError(f"{reason.strip()}; {named}" if named else reason.strip())
