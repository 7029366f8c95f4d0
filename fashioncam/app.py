"""The composition root: the only file that knows both threads and widgets."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QSettings, QStandardPaths, QTimer
from PySide6.QtWidgets import QApplication

from fashioncam.runtime.session import LiveSession
from fashioncam.ui.main_window import MainWindow
from fashioncam.ui.preferences import Memory

from . import resources
from .errors import QtMissingError, UserError
from .messages import View
from .settings import Settings

# Importing torch holds Python's interpreter lock for most of a second or two: picture first.
MODEL_DELAY_MS = 300


def run(settings: Settings) -> int:
    """Show the window until the user quits; returns the exit code.

    Raises:
        UserError: Qt cannot open a window, or what the user named cannot be used from the start.
    """
    with screen_checked():
        application = QApplication(sys.argv[:1])
    application.setApplicationName("fashioncam")
    application.setStyle("Fusion")
    memory = Memory(QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "fashioncam", "fashioncam"))
    session = FailingStart(settings, pictures_folder(), memory.device, memory.camera_size)
    window = MainWindow(settings, session, memory, resources.own_weights())
    # Python runs this handler at the window's next pull; Qt would not hear an exit before `exec`.
    signal.signal(signal.SIGINT, lambda *_: QTimer.singleShot(0, lambda: application.exit(130)))
    window.show()
    session.start()
    QTimer.singleShot(MODEL_DELAY_MS, lambda: load_model(session, settings, memory))
    try:
        exit_code = application.exec()
    finally:
        window.close()
        session.stop()
    if session.start_failure:
        raise UserError(session.start_failure)
    return exit_code


class FailingStart(LiveSession):
    """Ends the program where what the user named at the start cannot be used; later on, the window says so."""

    start_failure = ""
    has_worked = False

    def read_latest(self) -> View:
        view = super().read_latest()
        self.has_worked = self.has_worked or bool(view.model and view.reading)
        if view.failure and view.failure.by_user and not self.has_worked and self.is_first_source:
            self.start_failure = view.failure.text
            QApplication.closeAllWindows()
        return view


def load_model(session: LiveSession, settings: Settings, memory: Memory) -> None:
    """The model that the settings name, else the one chosen last in the window."""
    is_named = settings.model is not None or settings.weights is not None
    session.load_model(None if is_named else memory.weights)


def pictures_folder() -> Path:
    """Where the user looks for pictures."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)) / "fashioncam"


@contextmanager
def screen_checked() -> Iterator[None]:
    """Make sure that Qt, started inside, gets its screen on Linux; without one it would abort the process.

    A connection to the X server is kept until Qt has one of its own: a server without any client, as a virtual
    screen may be, resets itself when the last one leaves.

    Raises:
        UserError: Qt's plugin for the platform is missing or cannot be loaded, or nobody answers at the display.
    """
    servers = [name for name in ("WAYLAND_DISPLAY", "DISPLAY") if os.environ.get(name)]
    chosen = os.environ.get("QT_QPA_PLATFORM")
    if not sys.platform.startswith("linux") or (not chosen and len(servers) == 2):
        yield  # with two servers to choose from, Qt falls back from one to the other
        return
    default = "wayland" if servers == ["WAYLAND_DISPLAY"] else "xcb"
    platform = re.split("[:;]", chosen or default)[0]
    plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    if platform == "wayland":
        socket = Path(os.environ.get("XDG_RUNTIME_DIR", "/run"), os.environ.get("WAYLAND_DISPLAY", "wayland-0"))
        if not socket.exists():
            raise UserError(f"no Wayland server answers at {socket}; correct WAYLAND_DISPLAY, or give --headless")
    try:
        ctypes.CDLL(str(plugins / f"libq{platform.removesuffix('-egl')}.so"))
    except OSError as error:
        raise QtMissingError(str(error)) from None
    if platform != "xcb":
        yield
        return
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    try:
        if xcb.xcb_connection_has_error(connection):
            display = os.environ.get("DISPLAY", "")
            raise UserError(f"no X server answers at DISPLAY={display}; correct it, or give --headless")
        yield
    finally:
        xcb.xcb_disconnect(connection)
