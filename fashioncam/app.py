"""The composition root: the only file that knows both threads and widgets."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QTimer
from PySide6.QtWidgets import QApplication

from .errors import QtMissingError, UserError
from .messages import View
from .runtime.live_session import LiveSession
from .settings import Settings
from .ui.main_window import MainWindow

# Importing torch holds Python's interpreter lock for most of a second or two: picture first.
MODEL_DELAY_MS = 300


def run(settings: Settings) -> int:
    """Show the window until the user quits; returns the exit code.

    Raises:
        UserError: Qt cannot open a window, or what the user named cannot be used from the start.
    """
    check_platform_plugin()
    application = QApplication(sys.argv[:1])
    application.setApplicationName("fashioncam")
    session = LiveSession(settings)
    start_failure: list[str] = []

    def read_latest() -> View:
        view = session.read_latest()
        if view.failure and view.failure.by_user and not (view.model_ready and view.reading):
            start_failure.append(view.failure.text)
            window.close()
        return view

    window = MainWindow(settings, read_latest, session.picture_shown, session.relearn)
    # Python runs this handler at the window's next pull.
    signal.signal(signal.SIGINT, lambda *_: application.exit(130))
    window.show()
    session.start()
    QTimer.singleShot(MODEL_DELAY_MS, session.load_model)
    try:
        exit_code = application.exec()
    finally:
        session.stop()
    if start_failure:
        raise UserError(start_failure[0])
    return exit_code


def check_platform_plugin() -> None:
    """Raise UserError where X11 or Qt's plugin for it is not to be had; Qt itself would abort the process."""
    if not sys.platform.startswith("linux") or not os.environ.get("DISPLAY"):
        return
    if os.environ.get("QT_QPA_PLATFORM", "xcb") != "xcb" or os.environ.get("WAYLAND_DISPLAY"):
        return
    plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
    try:
        ctypes.CDLL(str(plugins / "platforms" / "libqxcb.so"))
    except OSError as error:
        raise QtMissingError(str(error)) from None
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if failed:
        raise UserError(f"no X server answers at DISPLAY={os.environ['DISPLAY']}; correct it, or give --headless")
