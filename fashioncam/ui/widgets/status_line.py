"""The window's last line: the newest notification, or what is shown, and the numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStatusBar

from fashioncam.ui.theme import Theme
from fashioncam.view import Notification, View

from .elided_label import ElidedLabel
from .numbers_bar import NumbersBar

STAY_MS, STAY_MS_PER_CHARACTER = 8000, 100  # a notification: at least, and a long one until it has been read
LABEL_PX = 180  # at least


class StatusLine(QStatusBar):
    """A notification stays until it has been read or another comes, and takes the numbers' place if it needs it.

    In a presentation the line is there only while there is a notification.
    """

    def __init__(self, show_numbers: bool) -> None:
        super().__init__()
        self._label = ElidedLabel(Qt.TextElideMode.ElideMiddle, margin_px=8)  # the end of a path says most
        self._numbers = NumbersBar()
        self._told: Notification | None = None
        self._notification, self._shown, self._is_presenting = "", "", False
        self._expiry = QTimer(self)
        self._expiry.setSingleShot(True)
        self._expiry.timeout.connect(lambda: self.tell(""))
        self.numbers_shown = show_numbers
        self.addWidget(self._label, 1)
        self.addPermanentWidget(self._numbers)
        self.setSizeGripEnabled(False)
        self._fit()

    @property
    def text(self) -> str:
        return self._label.text()

    def show_numbers(self, shown: bool) -> None:
        self.numbers_shown = shown
        self._fit()

    def set_theme(self, theme: Theme) -> None:
        self._numbers.set_theme(theme)
        self._label.setMinimumWidth(theme.px(LABEL_PX))
        self._is_presenting = theme.presenting
        self._set_text()

    def tell(self, text: str) -> None:
        """Show a notification at once; empty for none."""
        self._notification = text
        if text:
            self._expiry.start(max(STAY_MS, STAY_MS_PER_CHARACTER * len(text)))
        self._set_text()

    def show_view(self, view: View) -> None:
        """Called with every view, so only what has changed is set."""
        model = f"loading {view.model_loading} …" if view.model_loading else view.model
        source = {str(camera.index): camera.name for camera in view.cameras}.get(view.device, view.source)
        learning = f"learning: {view.learning.percent} %" if view.learning and view.learning.is_running else ""
        self._shown = " · ".join(part for part in (view.notice or source, model, learning) if part)
        if view.notification is not None and view.notification != self._told:
            self._told = view.notification
            self.tell(view.notification.text)
        self._set_text()
        self._numbers.show_view(view)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._fit()

    def _set_text(self) -> None:
        text = self._notification or self._shown
        if text != self._label.text():
            self._label.setText(text)
            self._label.setToolTip(text)
            self._label.setProperty("notification", bool(self._notification))
            self._label.style().unpolish(self._label)
            self._label.style().polish(self._label)
            self._fit()
        self.setVisible(bool(self._notification) or not self._is_presenting)

    def _fit(self) -> None:
        """Show the numbers beside the text, unless a notification needs the whole line."""
        beside_px = self.width() - self._numbers.sizeHint().width()
        has_room = not self._notification or self._label.text_px() <= beside_px
        self._numbers.setVisible(self.numbers_shown and has_room)
