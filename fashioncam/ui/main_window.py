"""The window: looks for a new view on its own timer and hands it to its parts."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from fashioncam import commands
from fashioncam.commands import Do
from fashioncam.messages import DisplayStyle, Stream
from fashioncam.settings import DEMO, Settings
from fashioncam.ui.dialogs.class_chooser import ClassChooser
from fashioncam.ui.dialogs.file_dialogs import ask_file, ask_folder, ask_url, ask_weights, dropped
from fashioncam.ui.dialogs.modeless_dialogs import ModelessDialogs
from fashioncam.ui.widgets.first_steps import FirstSteps
from fashioncam.ui.widgets.help_overlay import HelpOverlay
from fashioncam.ui.widgets.side_panel import SidePanel
from fashioncam.ui.widgets.status_line import StatusLine
from fashioncam.ui.widgets.video_view import LiveView
from fashioncam.view import View

from .actions import ButtonBar, make_actions, make_menus
from .appearance import SMALLEST_WIDTH_PX, Appearance
from .menus import CameraMenus, MethodMenu, ModelMenu
from .preferences import Preferences
from .qt_image import as_qimage
from .session import Session
from .theme import Theme, zoomed

PULL_INTERVAL_MS = 8  # twice the rate of a 60 Hz screen, so that a frame waits no longer than half a refresh
UNSEEN_INTERVAL_MS = 250  # of a window that is minimised or hidden
STRENGTH_STEP = 0.1
CHOOSER_PX = 460  # the class chooser's height at scale 1, with its frame


class MainWindow(QMainWindow):
    """Live picture on the left, predictions and explanation on the right, numbers below.

    Args:
        settings: what to show.
        session: what is behind the window.
        preferences: what was chosen in earlier runs.
        models: the weights that come with the program.
    """

    def __init__(
        self, settings: Settings, session: Session, preferences: Preferences, models: tuple[Path, ...]
    ) -> None:
        super().__init__()
        self._session, self._preferences = session, preferences
        self._view: View | None = None
        self._defects: set[str] = set()  # those that have been told
        self._appearance = Appearance(self, preferences)
        self._applied_theme: Theme | None = None
        self._dialogs = ModelessDialogs(self, session, lambda: self._appearance.theme, self.open)
        self.setWindowTitle("fashioncam")
        self.setAcceptDrops(True)
        self._actions = make_actions(self, self._handlers())
        menus = make_menus(self, self._actions)
        self._camera_menus = CameraMenus(menus["Camera"], session, preferences)
        self._model_menu = ModelMenu(menus["Model"], models, session, preferences)
        self._method_menu = MethodMenu(menus["Why"], session)
        self._video, self._panel, self._buttons = LiveView(), SidePanel(settings), ButtonBar(self._actions)
        shows_numbers = preferences.flag("numbers", True) if settings.display_fps is None else settings.display_fps
        self._status = StatusLine(shows_numbers)
        self._help = HelpOverlay(self)
        self._first_steps = None if preferences.flag("steps_seen", False) else FirstSteps(self._video)
        self._lay_out()
        self._connect()
        self._actions["numbers"].setChecked(shows_numbers)
        self.resize(QSize(1280, 720).boundedTo(self.screen().availableSize()))
        self.restoreGeometry(preferences.geometry)
        session.send(commands.SetStyle(preferences.style))
        session.send(Do.LIST_CAMERAS)
        self._appearance.changed.connect(self._apply_theme)
        self._apply_theme()
        self._timer = QTimer(self)
        self._timer.setObjectName("pull")
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_pull)
        self._timer.start(PULL_INTERVAL_MS)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        self._timer.stop()
        self._dialogs.close()
        self._appearance.save_geometry()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._help.setGeometry(self.rect())
        if self._appearance.theme != self._applied_theme:
            self._apply_theme()
        else:
            self._panel.set_theme(self._appearance.theme, self.width())

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
        send = self._session.send
        self._video.painted.connect(lambda: send(commands.Painted(self._video.grabbed_s)))
        self._video.place_changed.connect(lambda width, height: send(commands.SetPlace((width, height))))
        self._video.region_chosen.connect(lambda region: send(commands.SearchIn(region)))
        self._panel.rows.asked.connect(lambda row: send(commands.ExplainRow(row)))
        self._panel.explanation.contrast_asked.connect(lambda: send(Do.TOGGLE_CONTRAST))
        self._panel.explanation.strength_chosen.connect(self._set_strength)
        self._help.closed.connect(self._toggle_help)
        if self._first_steps is not None:
            self._first_steps.over.connect(self._on_steps_over)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        def sender(command: commands.Command) -> Callable[[], object]:
            return partial(self._session.send, command)

        return {
            "open_file": lambda: self.open(ask_file(self)),
            "open_folder": lambda: self.open(ask_folder(self)),
            "open_url": lambda: self.open(ask_url(self)),
            "open_weights": lambda: self._open_weights(ask_weights(self)),
            "save": sender(Do.SAVE_PICTURE),
            "record": sender(Do.TOGGLE_RECORDING),
            "file": self._file_garment,
            "gallery": self._dialogs.show_gallery,
            "quit": self.close,
            "leave": self._leave,
            "relearn": sender(Do.RELEARN),
            "pause": lambda: self._session.send(commands.Pause(self._session.view.stream is Stream.PLAYING)),
            "mirror": lambda: self._set_style(replace(self._style, mirrored=not self._style.mirrored)),
            "clear_region": sender(commands.SearchIn(None)),
            "demo": sender(commands.OpenSource(DEMO)),
            "learn": self._dialogs.show_learning,
            **{f"why_{row + 1}": sender(commands.ExplainRow(row)) for row in range(5)},
            "contrast": sender(Do.TOGGLE_CONTRAST),
            "heat": lambda: self._set_style(replace(self._style, heat=not self._style.heat)),
            "stronger": lambda: self._set_strength(self._style.strength + STRENGTH_STEP),
            "weaker": self._weaken,
            "full_screen": self._appearance.toggle_full_screen,
            "present": self._appearance.toggle_presentation,
            "numbers": self._toggle_numbers,
            "scheme": self._appearance.toggle_scheme,
            "zoom_in": lambda: self._set_zoom(zoomed(self._appearance.theme.scale, 1)),
            "zoom_out": lambda: self._set_zoom(zoomed(self._appearance.theme.scale, -1)),
            "zoom_reset": lambda: self._set_zoom(1.0),
            "help": self._toggle_help,
        }

    def _set_interval(self) -> None:
        is_seen = self.isVisible() and not self.isMinimized()
        interval_ms = PULL_INTERVAL_MS if is_seen else UNSEEN_INTERVAL_MS
        if interval_ms != self._timer.interval():
            self._timer.setInterval(interval_ms)

    def _on_pull(self) -> None:
        self._set_interval()
        view = self._session.view
        if view is self._view:
            return
        self._view = view
        try:
            self.show_view(view)
        except Exception as error:  # noqa: BLE001 - the window stays alive, and each defect is told once
            text = f"{type(error).__name__}: {error}"
            if text not in self._defects:
                self._defects.add(text)
                traceback.print_exc()
                self._status.tell(f"A part of the window does not work ({text}). Please report it")

    def show_view(self, view: View) -> None:
        """Show another view in all parts."""
        if view.failed_at_start:
            QApplication.closeAllWindows()
        for part in (self._camera_menus, self._model_menu, self._method_menu, self._dialogs):
            part.show_view(view)
        for widget in (self._video, self._panel, self._status, self._first_steps):
            if widget is not None:
                widget.show_view(view)
        self._actions["pause"].setChecked(view.stream is Stream.PAUSED)
        self._actions["record"].setChecked(view.recording is not None)
        self._actions["contrast"].setChecked(view.request.contrast)
        self._actions["heat"].setChecked(view.style.heat)
        self._actions["mirror"].setChecked(view.style.mirrored)
        self._actions["clear_region"].setEnabled(view.request.region is not None)

    def _on_steps_over(self) -> None:
        if self._first_steps is not None:
            self._first_steps.hide()
            self._first_steps.deleteLater()
            self._first_steps = None
            self._preferences.save("steps_seen", True)

    def _apply_theme(self) -> None:
        theme = self._applied_theme = self._appearance.theme
        QApplication.setPalette(theme.qt_palette)
        self.setStyleSheet(theme.style_sheet)
        for part in (self._video, self._buttons, self._status, self._help, self._first_steps):
            if part is not None:
                part.set_theme(theme)
        self._panel.set_theme(theme, self.width())
        for bar in (self.menuBar(), self._buttons):
            bar.setVisible(not theme.presenting)
        self._actions["present"].setChecked(theme.presenting)

    def _set_zoom(self, zoom: float) -> None:
        self._appearance.set_zoom(zoom)
        if not self._appearance.is_presenting:
            self._status.tell(f"Text and buttons at {self._appearance.theme.scale:.0%}")

    @property
    def _style(self) -> DisplayStyle:
        return self._session.view.style

    def _set_style(self, style: DisplayStyle) -> None:
        self._preferences.save_style(style)
        self._session.send(commands.SetStyle(style))

    def _weaken(self) -> None:
        if self._style.heat:
            self._set_strength(self._style.strength - STRENGTH_STEP)

    def _set_strength(self, strength: float) -> None:
        """At 0 the heat map is off; switched on again, it is as strong as before."""
        style, strength = self._style, min(1.0, max(0.0, round(strength, 2)))
        self._set_style(replace(style, strength=strength or style.strength, heat=strength > 0))

    def _file_garment(self) -> None:
        self._session.send(Do.HOLD_GARMENT)
        held = self._session.view.held
        if held is None or held.reading.input_grey is None:
            return
        theme = self._appearance.theme
        theme = replace(theme, scale=min(theme.scale, self.height() / CHOOSER_PX))
        chooser = ClassChooser(self, theme, held.classes, as_qimage(held.reading.input_grey))
        chooser.chosen.connect(lambda class_index: self._session.send(commands.FileGarment(class_index)))
        chooser.open()

    def _toggle_help(self) -> None:
        self._help.setVisible(not self._help.isVisible())
        self._help.raise_()
        self._actions["help"].setChecked(self._help.isVisible())

    def _toggle_numbers(self) -> None:
        self._status.show_numbers(not self._status.numbers_shown)
        self._preferences.save("numbers", self._status.numbers_shown)

    def _leave(self) -> None:
        if self._help.isVisible():
            self._toggle_help()
        elif self._appearance.is_presenting:
            self._appearance.toggle_presentation()
        elif self.isFullScreen():
            self._appearance.toggle_full_screen()
        else:
            self.close()
