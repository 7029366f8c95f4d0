"""Pictures that keep their proportions: the model's input, and the live picture with what lies over it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from fashioncam.messages import Region, Stream
from fashioncam.ui.icons import draw_icon
from fashioncam.ui.qt_image import as_qimage
from fashioncam.ui.theme import ON_COLOUR, RED, Theme
from fashioncam.view import Picture, View

OLD_READING_S = 0.4  # from this age on the picture says how old its reading is
SMALLEST_REGION = 0.06  # of the picture: an item in a smaller part would be too small to be found
PILL_PX = 28
SHADE = QColor(0, 0, 0, 120)


class PictureView(QWidget):
    """Shows one QImage as large as its place allows, or a line of text while there is none."""

    painted = Signal()  # once for every new picture, when it has been painted

    def __init__(self, text: str = "", smooth: bool = True) -> None:
        super().__init__()
        self._theme = Theme()
        self._text = text
        self._smooth = smooth
        self._image: QImage | None = None
        self._is_new = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_image(self, image: QImage | None, is_new: bool = True) -> None:
        """Show another picture, or none; `is_new` is False for the same frame drawn again."""
        self._image = image
        self._is_new = self._is_new or (is_new and image is not None)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        return QSize(800, 600)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.palette.surround))
        if self._image is None:
            painter.setPen(QColor(self._theme.palette.quiet_text))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._text)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._smooth)
            painter.drawImage(self.picture_area(), self._image)
        self.paint_over(painter)
        painter.end()
        if self._is_new:
            self._is_new = False
            self.painted.emit()

    def paint_over(self, painter: QPainter) -> None:
        """What lies over the picture; nothing here."""

    def picture_area(self) -> QRect:
        """Where the picture lies in the widget."""
        size = self.size() if self._image is None else self._image.size()
        fitted = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - fitted.width()) // 2, (self.height() - fitted.height()) // 2
        return QRect(left, top, fitted.width(), fitted.height())


class LiveView(PictureView):
    """The camera's picture: a drag over it limits the search to a region, a double click clears that."""

    region_chosen = Signal(object)  # Region, or None
    place_changed = Signal(int, int)  # width and height, pixels of the screen

    def __init__(self) -> None:
        super().__init__("Opening the source …")
        self._picture: Picture | None = None
        self._region: Region | None = None
        self._note, self._recording, self._is_lost = "", "", False
        self._drag: tuple[QPointF, QPointF] | None = None
        self._pressed_ms = 0
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setToolTip("Drag to search only a part of the picture. Double click to search all of it")
        self.setAccessibleName("The camera's picture")

    @property
    def grabbed_s(self) -> float:
        """When the frame of the picture was grabbed."""
        return self._picture.grabbed_s if self._picture else 0.0

    def show_view(self, view: View) -> None:
        """Show its picture, if that is new, and what lies over it."""
        if view.picture is not self._picture:
            is_new_frame = view.picture is not None and view.picture.grabbed_s != self.grabbed_s
            self._picture = view.picture
            self.set_image(None if view.picture is None else as_qimage(view.picture.image_bgr), is_new_frame)
        self._text = "No picture" if view.failure else "Opening the source …"
        age_s = view.reading_age_s
        note = f"Prediction is {age_s:.1f} s old" if age_s > OLD_READING_S else ""
        recording = "Recording" if view.stream is Stream.PLAYING else "Recording is waiting for pictures"
        recording = recording if view.recording is not None else ""
        state = view.request.region, note, recording, view.stream is Stream.LOST
        if state != (self._region, self._note, self._recording, self._is_lost):
            self._region, self._note, self._recording, self._is_lost = state
            self.setAccessibleDescription(". ".join(filter(None, (recording, note))))
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        ratio = self.devicePixelRatioF()
        self.place_changed.emit(round(ratio * self.width()), round(ratio * self.height()))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        self._pressed_ms = event.timestamp()
        if event.button() is Qt.MouseButton.LeftButton and self._image is not None:
            self._drag = event.position(), event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        if self._drag is not None:
            self._drag = self._drag[0], event.position()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        drag, self._drag = self._drag, None
        if drag is not None and (region := self._region_of(*drag)) is not None:
            self.region_chosen.emit(region)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        # The first of the two clicks may have closed what lay over the picture.
        is_second = event.timestamp() - self._pressed_ms <= QApplication.doubleClickInterval()
        if event.button() is Qt.MouseButton.LeftButton and is_second:
            self.region_chosen.emit(None)

    def paint_over(self, painter: QPainter) -> None:
        if self._image is None:
            return
        picture, px = QRectF(self.picture_area()), self._theme.px
        if self._is_lost:
            painter.fillRect(picture, SHADE)
        region = self._region_of(*self._drag) if self._drag else self._region
        if region is not None:
            self._paint_region(painter, picture, region)
        if self._note:
            corner = QPointF(picture.left() + px(10), picture.bottom() - px(10 + PILL_PX))
            self._paint_pill(painter, corner, self._note, "#202020")
        if self._recording:
            corner = QPointF(picture.left() + px(10), picture.top() + px(10))
            self._paint_pill(painter, corner, self._recording, RED, sign="record")

    def _region_of(self, start: QPointF, end: QPointF) -> Region | None:
        """The region between two points of the widget; None where it is too small to be meant."""
        picture = QRectF(self.picture_area())
        chosen = QRectF(start, end).normalized().intersected(picture)
        width, height = chosen.width() / picture.width(), chosen.height() / picture.height()
        if width * height < SMALLEST_REGION:
            return None
        left, top = chosen.left() - picture.left(), chosen.top() - picture.top()
        return left / picture.width(), top / picture.height(), width, height

    def _paint_region(self, painter: QPainter, picture: QRectF, region: Region) -> None:
        x, y, w, h = region
        width, height = picture.width(), picture.height()
        inside = QRectF(picture.left() + x * width, picture.top() + y * height, w * width, h * height)
        outside = QPainterPath()  # between two rectangles, as they overlap
        outside.addRect(picture)
        outside.addRect(inside)
        painter.fillPath(outside, SHADE)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(ON_COLOUR), self._theme.px(2), Qt.PenStyle.DashLine))
        painter.drawRect(inside)

    def _paint_pill(self, painter: QPainter, corner: QPointF, text: str, colour: str, sign: str = "") -> None:
        px = self._theme.px
        painter.setFont(self._theme.font(self.font(), 13))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sign_px = px(20) if sign else 0
        width = painter.fontMetrics().horizontalAdvance(text) + px(24) + sign_px
        pill = QRectF(corner.x(), corner.y(), width, px(PILL_PX))
        fill = QColor(colour)
        fill.setAlpha(225)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        if sign:
            draw_icon(painter, sign, QRectF(pill.left() + px(9), pill.center().y() - px(8), px(16), px(16)), ON_COLOUR)
        painter.setPen(QColor(ON_COLOUR))
        painter.drawText(pill.adjusted(px(12) + sign_px, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
