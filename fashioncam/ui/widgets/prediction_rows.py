"""The five most probable classes, one row each; a click on a row asks why."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fashioncam.messages import Prediction, Reading, State
from fashioncam.ui.theme import GREEN, ORANGE, Theme

ROW_PX, PRESENTED_ROW_PX, BAR_PX, BADGE_PX, ROWS = 37, 34, 7, 20, 5


class PredictionRows(QWidget):
    """Key, class, probability and bar; the explained class is marked. A click on a row asks why that class.

    A line across the first bar marks the threshold: a prediction below it is not sure.
    """

    asked = Signal(int)  # the row, from 0

    def __init__(self) -> None:
        super().__init__()
        self._theme = Theme()
        self._top5: tuple[Prediction, ...] = ()
        self._is_sure, self._explained, self._threshold = True, "", 0.0
        self._hovered = -1
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Click a class to see what speaks for it (keys 1 to 5)")

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.updateGeometry()
        self.update()

    def set_reading(self, reading: Reading | None) -> None:
        self._top5 = () if reading is None else reading.top5
        self._is_sure = reading is not None and reading.state is State.ITEM
        self._threshold = 0.0 if reading is None else reading.reject_below
        self._explained = "" if reading is None or reading.against else reading.explained
        self.setAccessibleName(", ".join(f"{p.label} {p.probability:.0%}" for p in self._top5))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        return QSize(self._theme.px(300), ROWS * self._row_px())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row in range(ROWS):
            area = QRectF(0, row * self._row_px(), self.width(), self._row_px()).adjusted(1, 1, -1, -1)
            self._paint_row(painter, row, area)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        row = self._row_at(event)
        if row != self._hovered:
            self._hovered = row
            self.setCursor(Qt.CursorShape.PointingHandCursor if row >= 0 else Qt.CursorShape.ArrowCursor)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        self._hovered = -1
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        if event.button() is Qt.MouseButton.LeftButton and (row := self._row_at(event)) >= 0:
            self.asked.emit(row)

    def _row_at(self, event: QMouseEvent) -> int:
        row = int(event.position().y()) // self._row_px()
        return row if 0 <= row < len(self._top5) and 0 <= event.position().x() < self.width() else -1

    def _row_px(self) -> int:
        return self._theme.px(PRESENTED_ROW_PX if self._theme.presenting else ROW_PX)

    def _paint_row(self, painter: QPainter, row: int, area: QRectF) -> None:
        px, colours = self._theme.px, self._theme.palette
        prediction = self._top5[row] if row < len(self._top5) else None
        is_explained = prediction is not None and prediction.label == self._explained
        if is_explained or row == self._hovered:
            painter.setPen(QPen(QColor(colours.accent), px(1.5)) if is_explained else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.card))
            painter.drawRoundedRect(area.adjusted(px(1), 0, -px(1), 0), px(6), px(6))
        badge = QRectF(area.left() + px(8), area.center().y() - px(BADGE_PX) / 2, px(BADGE_PX), px(BADGE_PX))
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.setBrush(QColor(colours.panel))
        painter.drawRoundedRect(badge, px(4), px(4))
        painter.setFont(self._theme.font(self.font(), 11))
        painter.setPen(QColor(colours.quiet_text))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(row + 1))
        left, right = badge.right() + px(9), area.right() - px(9)
        bar = QRectF(left, area.bottom() - px(BAR_PX) - px(4), right - left, px(BAR_PX))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.track))
        painter.drawRoundedRect(bar, px(BAR_PX) / 2, px(BAR_PX) / 2)
        if prediction is None:
            return
        text = QRectF(left, area.top() + px(2), right - left, bar.top() - area.top() - px(3))
        painter.setFont(self._theme.font(self.font(), 14, bold=row == 0 or is_explained))
        painter.setPen(QColor(colours.text if row == 0 or is_explained else colours.quiet_text))
        middle = Qt.AlignmentFlag.AlignVCenter
        metrics, share = painter.fontMetrics(), f"{prediction.probability:.0%}"
        room_px = int(text.width()) - metrics.horizontalAdvance(share) - px(9)
        label = metrics.elidedText(prediction.label, Qt.TextElideMode.ElideRight, room_px)
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | middle, label)
        painter.drawText(text, Qt.AlignmentFlag.AlignRight | middle, share)
        threshold = QPointF(bar.left() + bar.width() * self._threshold, bar.center().y())
        bar.setWidth(max(bar.height(), bar.width() * prediction.probability))
        first_colour = GREEN if self._is_sure else ORANGE
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(first_colour if row == 0 else colours.quiet_text))
        painter.drawRoundedRect(bar, px(BAR_PX) / 2, px(BAR_PX) / 2)
        if row == 0 and self._threshold:
            painter.setPen(QPen(QColor(colours.text), px(2)))
            painter.drawLine(threshold - QPointF(0, px(BAR_PX)), threshold + QPointF(0, px(BAR_PX) / 2))
