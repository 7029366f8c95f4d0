"""Rates, delay, dropped frames and the time of each stage; each number always stands in the same place."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fashioncam.ui.theme import STAGE_COLOURS, Theme
from fashioncam.view import View

INTERVAL_MS = 250  # numbers that change with every frame cannot be read
TEXT_PX, STAGE_BAR_PX = 12, 110
# The widest text that a cell has to hold.
CELLS = ("camera 000", "predicted 000", "shown 000 fps", "delay 000 ms, p95 000", "dropped 00000")


class NumbersBar(QWidget):
    """Cells from the left; those without room are left out."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = Theme()
        self._view = self._newest = View()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._show_newest)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setFixedHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def show_view(self, view: View) -> None:
        """Called with every view; the numbers change four times a second."""
        self._newest = view
        if not self._pause.isActive():
            self._show_newest()

    def _show_newest(self) -> None:
        if self._newest is not self._view:
            self._view = self._newest
            self.setToolTip(self._in_words())
            self.update()
            self._pause.start(INTERVAL_MS)

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        px = self._theme.px
        metrics = QFontMetrics(self._theme.font(self.font(), TEXT_PX))
        cells = sum(metrics.horizontalAdvance(text) + px(16) for text in CELLS)
        stages = px(STAGE_BAR_PX) + metrics.horizontalAdvance("000.0 ms") + px(16)
        return QSize(cells + stages, px(26))

    @property
    def _stages_ms(self) -> Mapping[str, float]:
        return self._view.reading.stages_ms if self._view.reading else {}

    def texts(self) -> tuple[str, ...]:
        """What the cells say."""
        rates = self._view.rates
        return (
            f"camera {rates.capture:.0f}",
            f"predicted {rates.inference:.0f}",
            f"shown {rates.display:.0f} fps",
            f"delay {rates.latency_ms:.0f} ms, p95 {rates.latency_p95_ms:.0f}",
            f"dropped {rates.dropped}",
        )

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(self.font(), TEXT_PX))
        painter.setPen(QColor(self._theme.palette.quiet_text))
        px, metrics = self._theme.px, QFontMetrics(self._theme.font(self.font(), TEXT_PX))
        left = 0
        for widest, text in zip(CELLS, self.texts(), strict=True):
            width = max(map(metrics.horizontalAdvance, (widest, text))) + px(16)
            if left + width > self.width():
                return
            painter.drawText(QRectF(left, 0, width, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
            left += width
        if left + px(STAGE_BAR_PX) + metrics.horizontalAdvance("000.0 ms") > self.width():
            return
        stages_ms = list(self._stages_ms.values())
        bar = QRectF(left, self.height() / 2 - px(4), px(STAGE_BAR_PX), px(8))
        self._paint_stages(painter, bar, stages_ms)
        text_area = QRectF(bar.right() + px(8), 0, self.width(), self.height())
        painter.setPen(QColor(self._theme.palette.quiet_text))
        painter.drawText(text_area, Qt.AlignmentFlag.AlignVCenter, f"{sum(stages_ms):.1f} ms")

    def _paint_stages(self, painter: QPainter, bar: QRectF, stages_ms: list[float]) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.palette.track))
        painter.drawRect(bar)
        left = bar.left()
        for colour, duration_ms in zip(STAGE_COLOURS, stages_ms, strict=False):
            width = bar.width() * duration_ms / max(sum(stages_ms), 1e-9)
            painter.setBrush(QColor(colour))
            painter.drawRect(QRectF(left, bar.top(), width, bar.height()))
            left += width

    def _in_words(self) -> str:
        return (
            "Frames a second: camera, predicted, shown. Delay from grab to screen: median and 95th percentile. "
            "Dropped: frames replaced by a newer one before they were read. Bar: "
            + ", ".join(f"{stage} {duration_ms:.1f} ms" for stage, duration_ms in self._stages_ms.items())
        )
