"""The window's last line: what has just been done, or what is shown, and the numbers."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStatusBar

from fashioncam.messages import View
from fashioncam.ui.theme import Theme

from .elided_label import ElidedLabel
from .numbers_bar import NumbersBar

NEWS_STAY_MS, NEWS_MS_PER_CHARACTER = 8000, 100  # at least; long ones until they have been read
LABEL_PX = 180  # at least


class StatusLine(QStatusBar):
    """News stay until they have been read, or until there are others, and take the numbers' place if they need it.

    In a presentation the line is there only while there are news.
    """

    def __init__(self, show_numbers: bool) -> None:
        super().__init__()
        self._label = ElidedLabel(Qt.TextElideMode.ElideMiddle, margin_px=8)  # of a path the end says most
        self._numbers = NumbersBar()
        self._news, self._news_since, self._is_for_news = "", QElapsedTimer(), False
        self.numbers_shown = show_numbers
        self.addWidget(self._label, 1)
        self.addPermanentWidget(self._numbers)
        self.setSizeGripEnabled(False)
        self._make_room()

    @property
    def text(self) -> str:
        return self._label.text()

    def show_numbers(self, shown: bool) -> None:
        self.numbers_shown = shown
        self._make_room()

    def set_theme(self, theme: Theme) -> None:
        self._numbers.set_theme(theme)
        self._label.setMinimumWidth(theme.px(LABEL_PX))
        self._is_for_news = theme.presenting
        self._show_or_hide()

    def tell(self, news: str) -> None:
        self._news = news
        self._news_since.restart()

    def show_view(self, view: View) -> None:
        if view.news:
            self.tell(view.news)
        if self._news and self._news_since.hasExpired(max(NEWS_STAY_MS, NEWS_MS_PER_CHARACTER * len(self._news))):
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
            self._make_room()
        self._numbers.show_view(view)
        self._show_or_hide()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._make_room()

    def _show_or_hide(self) -> None:
        self.setVisible(bool(self._news) or not self._is_for_news)

    def _make_room(self) -> None:
        """Numbers beside it, but for news that need the whole line."""
        beside_px = self.width() - self._numbers.sizeHint().width()
        has_room = not self._news or self._label.text_px() <= beside_px
        self._numbers.setVisible(self.numbers_shown and has_room)
