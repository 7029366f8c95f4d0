"""Signs and button icons, drawn as lines in any colour and size."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPen, QPixmap, QPolygonF


def lines(*points: tuple[float, float]) -> Callable[[QPainter], None]:
    return lambda painter: painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))


def letter(character: str) -> Callable[[QPainter], None]:
    def draw(painter: QPainter) -> None:
        font = QFont(painter.font())
        font.setPixelSize(19)
        font.setWeight(QFont.Weight.Bold)
        painter.setFont(font)
        painter.drawText(QRectF(0, 0, 24, 24), Qt.AlignmentFlag.AlignCenter, character)

    return draw


def ellipse(x: float, y: float, w: float, h: float, filled: bool = False) -> Callable[[QPainter], None]:
    def draw(painter: QPainter) -> None:
        painter.setBrush(painter.pen().color() if filled else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(x, y, w, h))

    return draw


def arc(start: int, span: int) -> Callable[[QPainter], None]:
    return lambda painter: painter.drawArc(QRectF(4, 4, 16, 16), 16 * start, 16 * span)


# Each on a square of 24 x 24.
SHIRT = lines(
    (9, 4), (4, 7), (6, 11), (8, 10), (8, 20), (16, 20), (16, 10), (18, 11), (20, 7), (15, 4), (12, 6), (9, 4)
)
DRAWINGS: dict[str, tuple[Callable[[QPainter], None], ...]] = {
    "sure": (lines((5, 12.5), (10, 17.5), (19, 7)),),
    "doubt": (letter("?"),),
    "alert": (letter("!"),),
    "wait": (arc(90, -290), lines((4.2, 4.5), (4.6, 9.2), (9.3, 8.6))),
    "garment": (SHIRT,),
    "pause": (lines((8.5, 6), (8.5, 18)), lines((15.5, 6), (15.5, 18))),
    "relearn": (arc(90, -290), lines((4.2, 4.5), (4.6, 9.2), (9.3, 8.6))),
    "save": (
        lines((3, 8), (7, 8), (9, 5), (15, 5), (17, 8), (21, 8), (21, 19), (3, 19), (3, 8)),
        ellipse(8.5, 9.5, 7, 7),
    ),
    "record": (ellipse(4, 4, 16, 16), ellipse(8, 8, 8, 8, filled=True)),
    "file": (
        lines((3, 6), (9, 6), (11, 8), (21, 8), (21, 19), (3, 19), (3, 6)),
        lines((12, 11), (12, 16)),
        lines((9.5, 13.5), (14.5, 13.5)),
    ),
    "present": (lines((3, 5), (21, 5), (21, 16), (3, 16), (3, 5)), lines((8, 20), (12, 16), (16, 20))),
    "help": (letter("?"),),
}


def draw_icon(painter: QPainter, name: str, area: QRectF, colour: str) -> None:
    """Draw an icon of `DRAWINGS` into a square."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(area.topLeft())
    painter.scale(area.width() / 24, area.height() / 24)
    pen = QPen(QColor(colour), 2.0)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    for part in DRAWINGS[name]:
        part(painter)
    painter.restore()


def icon(name: str, colour: str) -> QIcon:
    """The same as an icon of a button."""
    pixmap = QPixmap(96, 96)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    draw_icon(painter, name, QRectF(0, 0, 96, 96), colour)
    painter.end()
    return QIcon(pixmap)
