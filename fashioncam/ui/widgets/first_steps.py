"""Three steps for beginners, over the picture at the first run; they disappear by themselves."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from fashioncam.messages import State
from fashioncam.ui.icons import draw_icon
from fashioncam.ui.theme import BLUE, GREEN, ON_COLOUR, Theme
from fashioncam.view import View

STEPS = (
    "Step aside while the background is learned",
    "Hold up a garment in the middle, spread out",
    "Read its name; warm colours show why",
)
STAY_MS = 4000  # after the last step
GIVEN_UP_MS = 90_000  # after any other: nobody is there
WIDTH_PX, ROW_PX = 480, 34


def steps_taken(view: View) -> int:
    """How many steps the user has taken when the window shows this view."""
    reading = view.reading
    if reading is None or reading.state is State.LEARNING:
        return 0
    if reading.top5:
        return 3
    return 1 if reading.segment is None else 2


class FirstSteps(QWidget):
    """A card; a step that has been taken is ticked, the next one is bright."""

    over = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._theme = self._fitted = Theme()  # the second one fits into the picture
        self._taken = 0
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self.over)
        self._patience.start(GIVEN_UP_MS)
        parent.installEventFilter(self)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("; ".join(STEPS))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.place()

    def show_view(self, view: View) -> None:
        """Tick off what has been done; a step stays taken."""
        if (taken := steps_taken(view)) > self._taken:
            self._taken = taken
            self._patience.start(STAY_MS if taken == len(STEPS) else GIVEN_UP_MS)
            self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if event.type() == QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)

    def place(self) -> None:
        """At the lower edge of the parent, in its middle."""
        parent = self._parent
        fitting = min(self._theme.scale, parent.width() / (WIDTH_PX + 20), parent.height() / (3 * ROW_PX * len(STEPS)))
        self._fitted = replace(self._theme, scale=fitting)
        size = QSize(self._fitted.px(WIDTH_PX), self._fitted.px(16 + ROW_PX * len(STEPS)))
        self.resize(size)
        bottom = max(0, parent.height() - size.height() - self._fitted.px(18))
        self.move((parent.width() - size.width()) // 2, bottom)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px = self._fitted.px
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(16, 18, 22, 225))
        painter.drawRoundedRect(QRectF(self.rect()), px(12), px(12))
        for step, text in enumerate(STEPS):
            centre = QPointF(px(28), px(8 + 17) + step * px(ROW_PX))
            is_taken, is_next = step < self._taken, step == self._taken
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(GREEN if is_taken else BLUE if is_next else "#4a4f57"))
            painter.drawEllipse(centre, px(12), px(12))
            badge = QRectF(centre.x() - px(8), centre.y() - px(8), px(16), px(16))
            painter.setFont(self._fitted.font(self.font(), 15, bold=is_next))
            painter.setPen(QColor(ON_COLOUR))
            if is_taken:
                draw_icon(painter, "sure", badge, ON_COLOUR)
            else:
                painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(step + 1))
            painter.setPen(QColor(ON_COLOUR if is_next else "#c5ccd5"))
            area = QRectF(px(50), centre.y() - px(17), self.width() - px(60), px(34))
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)
