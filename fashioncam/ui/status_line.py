"""The window's last line: what has just been done, or what is shown, and the numbers."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, Qt
from PySide6.QtWidgets import QStatusBar

from fashioncam.messages import View

from .elided_label import ElidedLabel
from .numbers_bar import NumbersBar
from .theme import Theme

NEWS_STAY_MS = 8000
LABEL_PX = 180  # at least


class StatusLine(QStatusBar):
    """News stay for some seconds, or until there are others."""

    def __init__(self, show_numbers: bool) -> None:
        super().__init__()
        self._label = ElidedLabel(Qt.TextElideMode.ElideMiddle, margin_px=8)  # of a path the end says most
        self._numbers = NumbersBar()
        self._news, self._news_since = "", QElapsedTimer()
        self.addWidget(self._label, 1)
        self.addPermanentWidget(self._numbers)
        self.setSizeGripEnabled(False)
        self.show_numbers(show_numbers)

    @property
    def numbers_shown(self) -> bool:
        return not self._numbers.isHidden()

    @property
    def text(self) -> str:
        return self._label.text()

    def show_numbers(self, shown: bool) -> None:
        self._numbers.setVisible(shown)

    def set_theme(self, theme: Theme) -> None:
        self._numbers.set_theme(theme)
        self._label.setMinimumWidth(theme.px(LABEL_PX))

    def show_view(self, view: View) -> None:
        if view.news:
            self._news = view.news
            self._news_since.restart()
        if self._news and self._news_since.hasExpired(NEWS_STAY_MS):
            self._news = ""
        model = f"loading {view.model_loading} …" if view.model_loading else view.model
        source = {str(camera.index): camera.name for camera in view.cameras}.get(view.device, view.source)
        learning = f"learning: {view.learning.percent} %" if view.learning and view.learning.is_running else ""
        text = self._news or " · ".join(part for part in (view.notice or source, model, learning) if part)
        if text != self._label.text():
            self._label.setText(text)
            self._label.setToolTip(text)
            self._label.setProperty("news", bool(self._news))
            self._label.style().unpolish(self._label)
            self._label.style().polish(self._label)
        self._numbers.show_view(view)
