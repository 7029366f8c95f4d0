"""The state in words, colour and a sign."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from fashioncam.ui.icons import draw_icon
from fashioncam.ui.texts import Words
from fashioncam.ui.theme import ON_COLOUR, Theme

HEIGHT_PX, PRESENTED_HEIGHT_PX, SIGN_PX, MARGIN_PX = 92, 70, 32, 14  # presented, a notification needs room below
HEADLINE_PX, ADVICE_PX = 23, 14
SMALLEST_SHARE = 0.75  # a headline too long for one line is made smaller, down to this; then it is wrapped
WRAP = Qt.TextFlag.TextWordWrap


class StateBanner(QWidget):
    """As high as usual, and higher only for a long text, so that nothing jumps while garments come and go."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = Theme()
        self._words: Words | None = None

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._fit()

    def set_words(self, words: Words) -> None:
        shown = replace(words, headline=breakable(words.headline), advice=breakable(words.advice))
        if shown != self._words:
            self._words = shown
            self.setAccessibleName(f"{words.headline}. {words.advice}")
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        self._fit()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        return QSize(self._theme.px(300), self._usual_px)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        if self._words is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._words.colour))
        painter.drawRoundedRect(QRectF(self.rect()), self._theme.px(10), self._theme.px(10))
        margin, sign = self._theme.px(MARGIN_PX), self._theme.px(SIGN_PX)
        if not self._theme.presenting:
            draw_icon(painter, self._words.sign, QRectF(margin, (self.height() - sign) / 2, sign, sign), ON_COLOUR)
        left, width = self._text_span()
        headline_font, advice_font = self._fonts()
        headline_px = self._wrapped_px(headline_font, self._words.headline)
        advice_px = self._wrapped_px(advice_font, self._words.advice)
        top = (self.height() - headline_px - advice_px) // 2
        painter.setPen(QColor(ON_COLOUR))
        painter.setFont(headline_font)
        painter.drawText(QRect(left, top, width, headline_px), WRAP, self._words.headline)
        painter.setFont(advice_font)
        painter.drawText(QRect(left, top + headline_px, width, advice_px), WRAP, self._words.advice)
        if self._words.progress is not None:
            self._paint_progress(painter, self._words.progress)

    def _paint_progress(self, painter: QPainter, progress: float) -> None:
        margin, thickness = self._theme.px(MARGIN_PX), self._theme.px(5)
        track = QRectF(margin, self.height() - thickness - self._theme.px(6), self.width() - 2 * margin, thickness)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(255, 255, 255, 70))
        painter.drawRoundedRect(track, thickness / 2, thickness / 2)
        track.setWidth(track.width() * progress)
        painter.setBrush(QColor(ON_COLOUR))
        painter.drawRoundedRect(track, thickness / 2, thickness / 2)

    def _fonts(self) -> tuple[QFont, QFont]:
        headline = self._theme.font(self.font(), HEADLINE_PX, bold=True)
        advice = self._theme.font(self.font(), ADVICE_PX)
        needed = QFontMetrics(headline).horizontalAdvance(self._words.headline) if self._words else 0
        if needed > (width := self._text_span()[1]):
            headline.setPixelSize(round(headline.pixelSize() * max(SMALLEST_SHARE, 0.98 * width / needed)))
        return headline, advice

    def _text_span(self) -> tuple[int, int]:
        """Left and width; in a presentation the words take the sign's place."""
        margin = self._theme.px(MARGIN_PX)
        left = margin if self._theme.presenting else 2 * margin + self._theme.px(SIGN_PX)
        return left, max(1, self.width() - left - margin)

    def _wrapped_px(self, font: QFont, text: str) -> int:
        return QFontMetrics(font).boundingRect(QRect(0, 0, self._text_span()[1], 10_000), WRAP, text).height()

    @property
    def _usual_px(self) -> int:
        return self._theme.px(PRESENTED_HEIGHT_PX if self._theme.presenting else HEIGHT_PX)

    def _fit(self) -> None:
        if self._words is not None:
            texts = zip(self._fonts(), (self._words.headline, self._words.advice), strict=True)
            text_px = sum(self._wrapped_px(font, text) for font, text in texts)
            height = max(self._usual_px, text_px + 2 * self._theme.px(MARGIN_PX))
            if height != self.minimumHeight() or height != self.maximumHeight():
                self.setFixedHeight(height)
        self.update()


def breakable(text: str) -> str:
    """The text with places in its longest words, names of files, where a line may end."""
    # Longer than any word of the program's own. Composed, so that no accent is parted from its letter.
    return re.sub(r"\S{20,}", lambda word: "\u200b".join(unicodedata.normalize("NFC", word[0])), text)
