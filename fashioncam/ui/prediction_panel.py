"""What the program makes of the picture: state, the model's input, the five likeliest classes, the rates."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QElapsedTimer, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from fashioncam.messages import Prediction, Reading, State, View
from fashioncam.settings import Settings

from . import theme
from .qt_image import from_grey
from .video_view import PictureView

WIDTH_PX = 340
INPUT_PX = 196  # seven screen pixels for each of the input's 28
BANNER_PX = 92
FIGURES_INTERVAL_MS = 250  # figures that change with every frame cannot be read
ROW_PX, BAR_PX, ROWS = 44, 10, 5


class PredictionBars(QWidget):
    """The five likeliest classes, each with its probability as number and bar."""

    def __init__(self) -> None:
        super().__init__()
        self._top5: tuple[Prediction, ...] = ()
        self._certain = True
        self.setFixedHeight(ROWS * ROW_PX)

    def set_predictions(self, top5: tuple[Prediction, ...], certain: bool) -> None:
        self._top5, self._certain = top5, certain
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        return QSize(WIDTH_PX, ROWS * ROW_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, prediction in enumerate(self._top5):
            top = row * ROW_PX
            first_colour = theme.GREEN if self._certain else theme.ORANGE
            text_area = QRectF(0, top, self.width(), ROW_PX - BAR_PX - 8)
            painter.setPen(QColor(theme.TEXT if row == 0 else theme.QUIET_TEXT))
            bottom = Qt.AlignmentFlag.AlignBottom
            painter.drawText(text_area, Qt.AlignmentFlag.AlignLeft | bottom, prediction.label)
            painter.drawText(text_area, Qt.AlignmentFlag.AlignRight | bottom, f"{prediction.probability:.0%}")
            painter.setPen(Qt.PenStyle.NoPen)
            bar = QRectF(0, top + ROW_PX - BAR_PX - 4, self.width(), BAR_PX)
            painter.setBrush(QColor(theme.TRACK))
            painter.drawRoundedRect(bar, BAR_PX / 2, BAR_PX / 2)
            bar.setWidth(max(BAR_PX, self.width() * prediction.probability))
            painter.setBrush(QColor(first_colour if row == 0 else theme.QUIET_TEXT))
            painter.drawRoundedRect(bar, BAR_PX / 2, BAR_PX / 2)


class PredictionPanel(QWidget):
    """The right side of the window."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH_PX)
        self._banner = QLabel()
        self._banner.setWordWrap(True)
        self._banner.setTextFormat(Qt.TextFormat.RichText)
        self._banner.setMinimumHeight(BANNER_PX)
        self._banner.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._input = PictureView("no item", smooth=False)
        self._input.setFixedSize(INPUT_PX, INPUT_PX)
        self._bars = PredictionBars()
        self._rates, self._stages = quiet_label(), quiet_label()
        self._since_figures = QElapsedTimer()
        self._banner_shown: theme.Banner | None = None
        self._reading_shown: Reading | None = None
        input_caption = quiet_label("What the model sees, 28 x 28")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 14)
        layout.setSpacing(8)
        layout.addWidget(self._banner)
        layout.addSpacing(8)
        layout.addWidget(quiet_label("Likeliest classes"))
        layout.addWidget(self._bars)
        layout.addSpacing(8)
        layout.addWidget(input_caption)
        layout.addWidget(self._input, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch()
        layout.addWidget(self._rates)
        layout.addWidget(self._stages)
        for widget in (input_caption, self._input):
            widget.setVisible(settings.display_input)
        for widget in (self._rates, self._stages):
            widget.setVisible(settings.display_fps)

    def show_view(self, view: View) -> None:
        """Show a new state of affairs; called at every pull, so only what has changed is set."""
        banner = theme.banner(view)
        if banner != self._banner_shown:
            before, self._banner_shown = self._banner_shown, banner
            self._banner.setText(
                f"<div style='font-size: 22px; font-weight: 600'>{escape(banner.headline)}</div>"
                f"<div style='font-size: 15px'>{escape(banner.advice)}</div>"
            )
            if before is None or before.colour != banner.colour:  # a new style is costly
                self._banner.setStyleSheet(f"background: {banner.colour}; border-radius: 10px; padding: 8px 12px;")
        if view.reading is not None and view.reading is not self._reading_shown:
            self._reading_shown = view.reading
            self._bars.set_predictions(view.reading.top5, certain=view.reading.state is State.ITEM)
            seen = view.reading.input_grey
            self._input.set_image(None if seen is None else from_grey(seen))
        if not self._since_figures.isValid() or self._since_figures.hasExpired(FIGURES_INTERVAL_MS):
            self._since_figures.restart()
            self._show_figures(view)

    def _show_figures(self, view: View) -> None:
        rates = view.rates
        self._rates.setText(
            f"<b>{rates.display:.0f} fps</b> shown · camera {rates.capture:.0f} · model {rates.inference:.0f}"
        )
        stages = view.reading.stages_ms if view.reading else {}
        self._stages.setText(" · ".join(f"{stage} {ms:.1f}" for stage, ms in stages.items()) + " ms" if stages else "")


def quiet_label(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setObjectName("quiet")
    label.setWordWrap(True)
    return label
