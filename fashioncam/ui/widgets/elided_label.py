"""A line of text that leaves out what there is no room for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy


class ElidedLabel(QLabel):
    """Of any given width.

    Args:
        elided: where something is left out of a text that is too long.
        margin_px: at its left and right.
    """

    def __init__(self, elided: Qt.TextElideMode, margin_px: int = 0) -> None:
        super().__init__()
        self._elided, self._margin_px = elided, margin_px
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def text_px(self) -> int:
        """The width that the whole text needs."""
        return self.fontMetrics().horizontalAdvance(self.text()) + 2 * self._margin_px

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter = QPainter(self)
        area = self.contentsRect().adjusted(self._margin_px, 0, -self._margin_px, 0)
        text = self.fontMetrics().elidedText(self.text(), self._elided, area.width())
        painter.drawText(area, self.alignment(), text)
