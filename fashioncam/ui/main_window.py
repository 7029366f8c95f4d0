"""The window: pulls the newest view on its own timer and hands it to its parts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from fashioncam.messages import Look, Stream, View
from fashioncam.settings import DEMO, Settings
from fashioncam.ui.dialogs.class_chooser import ClassChooser
from fashioncam.ui.dialogs.dialogs import Dialogs
from fashioncam.ui.dialogs.file_dialogs import ask_file, ask_folder, ask_url, ask_weights, dropped
from fashioncam.ui.widgets.first_steps import FirstSteps, Progress
from fashioncam.ui.widgets.help_overlay import HelpOverlay
from fashioncam.ui.widgets.side_panel import SidePanel
from fashioncam.ui.widgets.status_line import StatusLine
from fashioncam.ui.widgets.video_view import LiveView

from .actions import ButtonBar, make_actions, make_menus
from .menus import CameraMenus, MethodMenu, ModelMenu
from .preferences import Memory
from .qt_image import from_bgr, from_grey
from .session import Session
from .theme import DARK, LIGHT, Theme, zoomed

PULL_INTERVAL_MS = 8  # twice the rate of a 60 Hz screen, so that a frame waits no longer than half a refresh
STRENGTH_STEP = 0.1
CHOOSER_PX = 460  # the class chooser's height at scale 1, with its frame
# In a presentation the scale goes with the window: a headline is a fifteenth of its height, but on an upright screen.
PRESENTED_WIDTH_PX, PRESENTED_HEIGHT_PX = 600, 340
SMALLEST_WIDTH_PX = 640  # at scale 1; in a narrower window the interface is smaller than was asked for


class MainWindow(QMainWindow):
    """Live picture on the left, what the program makes of it on the right, numbers below.

    Args:
        settings: what to show.
        session: what is behind the window.
        memory: what was chosen in earlier runs.
        models: the weights that come with the program.
    """

    def __init__(self, settings: Settings, session: Session, memory: Memory, models: tuple[Path, ...]) -> None:
        super().__init__()
        self._session, self._memory = session, memory
        self._view = View()
        self._zoom = memory.number("zoom", 1.0, 0.75, 2.5)
        self._is_presenting, self._state_before = False, self.windowState()
        self._applied_theme: Theme | None = None
        self._dialogs = Dialogs(self, session, lambda: self._theme, self.open)
        self.setWindowTitle("fashioncam")
        self.setAcceptDrops(True)
        self._actions = make_actions(self, self._handlers())
        menus = make_menus(self, self._actions)
        self._camera_menus = CameraMenus(menus["Camera"], session, memory)
        self._model_menu = ModelMenu(menus["Model"], models, session, memory)
        self._method_menu = MethodMenu(menus["Why"], session)
        self._video, self._panel = LiveView(), SidePanel(settings)
        self._buttons, self._status = (
            ButtonBar(self._actions),
            StatusLine(memory.flag("numbers", True) if settings.display_fps is None else settings.display_fps),
        )
        self._help = HelpOverlay(self)
        self._first_steps: FirstSteps | None = None if memory.flag("steps_seen", False) else FirstSteps(self._video)
        self._progress = Progress(0, time.monotonic())
        self._lay_out()
        self._connect()
        self._actions["numbers"].setChecked(self._status.numbers_shown)
        self.resize(QSize(1280, 720).boundedTo(self.screen().availableSize()))
        self.restoreGeometry(memory.geometry)
        session.set_look(memory.look)
        session.list_cameras()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply_theme)
        self._apply_theme()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_pull)
        self._timer.start(PULL_INTERVAL_MS)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        self._timer.stop()
        self._keep_geometry()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._help.setGeometry(self.rect())
        if self._theme != self._applied_theme:
            self._apply_theme()
        else:
            self._panel.set_theme(self._theme, self.width())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self._actions["full_screen"].setChecked(self.isFullScreen())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 (Qt's name)
        if dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 (Qt's name)
        self.open(dropped(event.mimeData()))

    def open(self, name: str) -> None:
        """Open a file, folder or address as a source, or a file of weights as a model."""
        if name.lower().endswith(".pth"):
            self._open_weights(name)
        elif name:
            self._camera_menus.open_source(name)

    def _open_weights(self, name: str) -> None:
        if name:
            self._model_menu.choose(Path(name))

    def _lay_out(self) -> None:
        left, content = QWidget(), QWidget()
        left.setObjectName("left")
        column, row = QVBoxLayout(left), QHBoxLayout(content)
        for layout in (column, row):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        column.addWidget(self._video, stretch=1)
        column.addWidget(self._buttons)
        row.addWidget(left, stretch=1)
        row.addWidget(self._panel)
        self.setCentralWidget(content)
        self.setMinimumSize(SMALLEST_WIDTH_PX, 400)
        self.setStatusBar(self._status)

    def _connect(self) -> None:
        self._video.painted.connect(self._session.picture_shown)
        self._video.place_changed.connect(self._session.set_picture_place)
        self._video.region_chosen.connect(self._session.search_in)
        self._panel.rows.asked.connect(self._session.explain_row)
        self._panel.explanation.contrast_asked.connect(self._session.toggle_contrast)
        self._panel.explanation.strength_chosen.connect(self._set_strength)
        self._help.closed.connect(self._toggle_help)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        session = self._session
        return {
            "open_file": lambda: self.open(ask_file(self)),
            "open_folder": lambda: self.open(ask_folder(self)),
            "open_url": lambda: self.open(ask_url(self)),
            "open_weights": lambda: self._open_weights(ask_weights(self)),
            "save": session.save_picture,
            "record": session.toggle_recording,
            "file": self._file_garment,
            "gallery": self._dialogs.show_gallery,
            "quit": self.close,
            "leave": self._leave,
            "relearn": session.relearn,
            "pause": lambda: session.set_paused(self._view.stream is Stream.PLAYING),
            "mirror": lambda: self._set_look(replace(self._view.look, mirrored=not self._view.look.mirrored)),
            "clear_region": lambda: session.search_in(None),
            "demo": lambda: session.open_source(DEMO),
            "learn": self._dialogs.show_learning,
            **{f"why_{row + 1}": partial(session.explain_row, row) for row in range(5)},
            "contrast": session.toggle_contrast,
            "heat": lambda: self._set_look(replace(self._view.look, heat=not self._view.look.heat)),
            "stronger": lambda: self._set_strength(self._view.look.strength + STRENGTH_STEP),
            "weaker": self._weaken,
            "full_screen": self._toggle_full_screen,
            "present": self._toggle_presentation,
            "numbers": self._toggle_numbers,
            "scheme": self._toggle_scheme,
            "zoom_in": lambda: self._set_zoom(zoomed(self._theme.scale, 1)),
            "zoom_out": lambda: self._set_zoom(zoomed(self._theme.scale, -1)),
            "zoom_reset": lambda: self._set_zoom(1.0),
            "help": self._toggle_help,
        }

    def _on_pull(self) -> None:
        view = self._view = self._session.read_latest()
        if view.picture_bgr is not None:
            self._video.set_image(from_bgr(view.picture_bgr), view.is_new_frame)
        elif view.reading is None and view.stream is Stream.OPENING:
            self._video.set_image(None)
        for menu in (self._camera_menus, self._model_menu, self._method_menu):
            menu.show_view(view)
        for part in (self._video, self._panel, self._status):
            part.show_view(view)
        self._dialogs.show_view(view)
        self._actions["pause"].setChecked(view.stream is Stream.PAUSED)
        self._actions["record"].setChecked(view.recording is not None)
        self._actions["contrast"].setChecked(view.request.contrast)
        self._actions["heat"].setChecked(view.look.heat)
        self._actions["mirror"].setChecked(view.look.mirrored)
        self._actions["clear_region"].setEnabled(view.request.region is not None)
        if self._first_steps is not None:
            self._advance_first_steps(view)

    def _advance_first_steps(self, view: View) -> None:
        assert self._first_steps is not None
        now_s = time.monotonic()
        self._progress = self._progress.after(view, now_s)
        self._first_steps.set_taken(self._progress.taken)
        if self._progress.is_over(now_s):
            self._first_steps.deleteLater()
            self._first_steps = None
            self._memory.keep("steps_seen", True)

    @property
    def _theme(self) -> Theme:
        usual = min(self._zoom, self.width() / SMALLEST_WIDTH_PX)
        presented = min(self.width() / PRESENTED_WIDTH_PX, self.height() / PRESENTED_HEIGHT_PX)
        scale = presented if self._is_presenting else usual
        return Theme(DARK if self._is_dark else LIGHT, scale, self._is_presenting)

    @property
    def _is_dark(self) -> bool:
        """As chosen, else as the system has it; where that says nothing, dark."""
        chosen = self._memory.text("scheme")
        return chosen == "dark" if chosen else system_is_dark()

    def _toggle_scheme(self) -> None:
        dark = not self._is_dark
        self._memory.keep("scheme", "" if dark == system_is_dark() else "dark" if dark else "light")
        self._apply_theme()

    def _apply_theme(self) -> None:
        theme = self._applied_theme = self._theme
        QApplication.setPalette(theme.qt_palette)
        self.setStyleSheet(theme.style_sheet)
        for part in (self._video, self._buttons, self._status, self._help):
            part.set_theme(theme)
        self._panel.set_theme(theme, self.width())
        if self._first_steps is not None:
            self._first_steps.set_theme(theme)
        for bar in (self.menuBar(), self._buttons):
            bar.setVisible(not self._is_presenting)

    def _set_zoom(self, zoom: float) -> None:
        if self._is_presenting:  # its scale is that of the window
            return
        self._zoom = zoom
        self._memory.keep("zoom", zoom)
        self._apply_theme()
        self._status.tell(f"Interface {self._theme.scale:.0%}")

    def _set_look(self, look: Look) -> None:
        self._view = replace(self._view, look=look)
        self._memory.keep_look(look)
        self._session.set_look(look)

    def _weaken(self) -> None:
        if self._view.look.heat:
            self._set_strength(self._view.look.strength - STRENGTH_STEP)

    def _set_strength(self, strength: float) -> None:
        """At 0 the heat map is off, and comes back as strong as it was."""
        look, strength = self._view.look, min(1.0, max(0.0, round(strength, 2)))
        self._set_look(replace(look, strength=strength or look.strength, heat=strength > 0))

    def _file_garment(self) -> None:
        reading = self._view.reading
        if not self._session.hold_capture() or reading is None or reading.input_grey is None:
            return
        theme = replace(self._theme, scale=min(self._theme.scale, self.height() / CHOOSER_PX))
        chooser = ClassChooser(self, theme, self._view.classes, from_grey(reading.input_grey))
        chooser.chosen.connect(self._session.file_capture)
        chooser.open()

    def _toggle_help(self) -> None:
        self._help.setVisible(not self._help.isVisible())
        self._help.raise_()
        self._actions["help"].setChecked(self._help.isVisible())

    def _toggle_numbers(self) -> None:
        self._status.show_numbers(not self._status.numbers_shown)
        self._memory.keep("numbers", self._status.numbers_shown)

    def _keep_geometry(self) -> None:
        if not self.isFullScreen():
            self._memory.keep("geometry", self.saveGeometry())

    def _toggle_full_screen(self) -> None:
        self._keep_geometry()
        state = self.windowState() ^ Qt.WindowState.WindowFullScreen  # what was maximised is so afterwards
        self.setWindowState(state)
        if self._is_presenting:
            self._state_before = state

    def _toggle_presentation(self) -> None:
        self._is_presenting = not self._is_presenting
        self._actions["present"].setChecked(self._is_presenting)
        if self._is_presenting:
            self._keep_geometry()
            self._state_before = self.windowState()
            self.setWindowState(self._state_before | Qt.WindowState.WindowFullScreen)
        else:
            self.setWindowState(self._state_before)
        self._apply_theme()

    def _leave(self) -> None:
        if self._help.isVisible():
            self._toggle_help()
        elif self._is_presenting:
            self._toggle_presentation()
        elif self.isFullScreen():
            self._toggle_full_screen()
        else:
            self.close()


def system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() is not Qt.ColorScheme.Light
