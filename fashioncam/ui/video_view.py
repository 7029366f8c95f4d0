"""The live picture, and the model's input: two pictures that keep their proportions."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from . import theme


class PictureView(QWidget):
    """Shows one QImage as large as its place allows, or a line of text while there is none."""

    painted = Signal()  # once for every new picture, when it has been painted

    def __init__(self, text: str = "", smooth: bool = True) -> None:
        super().__init__()
        self._text = text
        self._smooth = smooth
        self._image: QImage | None = None
        self._is_new = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_image(self, image: QImage | None, is_new: bool = True) -> None:
        """Show another picture, or none; `is_new` is False for the same frame drawn again."""
        self._image = image
        self._is_new = self._is_new or (is_new and image is not None)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        return QSize(800, 600)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.BACKGROUND))
        if self._image is None:
            painter.setPen(QColor(theme.QUIET_TEXT))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._smooth)
            painter.drawImage(self._target(self._image.size()), self._image)
        painter.end()
        if self._is_new:
            self._is_new = False
            self.painted.emit()

    def _target(self, size: QSize) -> QRect:
        fitted = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - fitted.width()) // 2, (self.height() - fitted.height()) // 2
        return QRect(left, top, fitted.width(), fitted.height())
