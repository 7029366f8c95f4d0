"""All keys and what the mouse does, over the window."""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from fashioncam.ui.shortcuts import BINDINGS, MENUS, MOUSE
from fashioncam.ui.theme import Theme

Section: TypeAlias = tuple[str, list[tuple[str, str]]]  # heading; keys, and what they do

WIDTH_PX, ROW_PX, HEADING_PX, MARGIN_PX = 940, 26, 38, 28
KEY_PX, MOUSE_PX = 110, 204  # from the left of a key, and of what the mouse does, to its text
TEXT_PX = 13
LEFT_SECTIONS = 3  # in the left column; then both are about as high


def sections() -> list[Section]:
    """In the table's order; the five questions are one row."""
    found = []
    for menu in MENUS:
        rows = [(", ".join(b.keys), b.text) for b in BINDINGS if b.menu == menu and not b.action.startswith("why_")]
        if menu == "Why":
            rows.insert(0, ("1 … 5", "Why the first … fifth class?"))
        found.append((menu, rows))
    return [*found, ("Mouse", list(MOUSE))]


class HelpOverlay(QWidget):
    """Covers its parent; a click closes it."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = Theme()
        self.setAccessibleName("Keys and mouse")
        self.setAccessibleDescription("; ".join(f"{keys}: {text}" for _, rows in sections() for keys, text in rows))
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 150))
        every = sections()
        columns = every[:LEFT_SECTIONS], every[LEFT_SECTIONS:]
        height = MARGIN_PX + max(sum(HEADING_PX + ROW_PX * len(rows) for _, rows in column) for column in columns)
        # The interface's scale, or less where the window is too small for it.
        scale = min(self._theme.scale, 0.96 * self.width() / WIDTH_PX, 0.96 * self.height() / height)
        card = QRectF(0, 0, WIDTH_PX * scale, height * scale)
        card.moveCenter(QRectF(self.rect()).center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.palette.panel))
        painter.drawRoundedRect(card, 12, 12)
        painter.translate(card.topLeft())
        painter.scale(scale, scale)
        column_px = (WIDTH_PX - MARGIN_PX) / len(columns)
        for index, column in enumerate(columns):
            self._paint_column(painter, column, MARGIN_PX + index * column_px, column_px - MARGIN_PX)

    def _paint_column(self, painter: QPainter, column: list[Section], left: float, width: float) -> None:
        colours = self._theme.palette
        heading_font, row_font = Theme().font(self.font(), 15, bold=True), Theme().font(self.font(), TEXT_PX)
        top = 4.0
        middle = Qt.AlignmentFlag.AlignVCenter
        for heading, rows in column:
            painter.setFont(heading_font)
            painter.setPen(QColor(colours.text))
            painter.drawText(QRectF(left, top, width, HEADING_PX), Qt.AlignmentFlag.AlignBottom, heading)
            top += HEADING_PX
            painter.setFont(row_font)
            key_px = KEY_PX if heading != "Mouse" else MOUSE_PX
            for keys, text in rows:
                painter.setPen(QColor(colours.accent))
                painter.drawText(QRectF(left, top, key_px, ROW_PX), middle, keys)
                painter.setPen(QColor(colours.text))
                painter.drawText(QRectF(left + key_px, top, width - key_px, ROW_PX), middle, text)
                top += ROW_PX
