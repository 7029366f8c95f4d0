"""Why: the model's input, the same with the heat map, and the scale of its colours."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap, QWheelEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QSlider, QVBoxLayout, QWidget

from fashioncam.messages import Explanation, Reading
from fashioncam.ui.qt_image import as_qimage
from fashioncam.ui.texts import legend_ends, question
from fashioncam.ui.theme import Theme
from fashioncam.view import View

from .elided_label import ElidedLabel
from .video_view import PictureView

STEP_PX = 28  # the pictures' edge is a multiple of it: all pixels of a 28x28 input are equally large
GAP_PX = 12
LEGEND_PX = 10
STRENGTH_STEPS = 20


class Legend(QWidget):
    """The heat map's colours from the lowest value to the highest, and what the ends mean."""

    def __init__(self) -> None:
        super().__init__()
        self._colours = QLabel()
        self._colours.setScaledContents(True)
        self._colours.setMinimumWidth(1)  # else its picture's 256
        self._low, self._high = ElidedLabel(Qt.TextElideMode.ElideRight), ElidedLabel(Qt.TextElideMode.ElideRight)
        self._high.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._colours, 0, 0, 1, 2)
        for column, label in enumerate((self._low, self._high)):
            label.setObjectName("quiet")
            self._layout.addWidget(label, 1, column)
            self._layout.setColumnStretch(column, 1)

    def set_theme(self, theme: Theme) -> None:
        self._colours.setFixedHeight(theme.px(LEGEND_PX))
        self._layout.setHorizontalSpacing(theme.px(GAP_PX))
        self._layout.setVerticalSpacing(theme.px(2))

    def show_view(self, view: View) -> None:
        explanation = view.explanation
        self._colours.clear()
        if explanation is not None:
            # Made high first: QLabel shows nothing of a row of pixels that it has to make narrower.
            self._colours.setPixmap(QPixmap.fromImage(as_qimage(explanation.legend_bgr).scaled(256, 64)))
        for label, end in zip((self._low, self._high), legend_ends(view.reading), strict=True):
            label.setText(end if explanation else "")


class Slider(QSlider):
    """It leaves the wheel to the panel around it."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        event.ignore()


class ExplanationView(QWidget):
    """The question, the two pictures that answer it, the legend, and the strength of the heat map."""

    contrast_asked = Signal()
    strength_chosen = Signal(float)

    def __init__(self, show_input: bool) -> None:
        super().__init__()
        self._shown: tuple[Reading | None, Explanation | None] | None = None
        self._question = ElidedLabel(Qt.TextElideMode.ElideRight)
        self._question.setObjectName("heading")
        self._contrast = QPushButton("First against second")
        self._contrast.setCheckable(True)
        self._contrast.setToolTip("What speaks for the first class and against the second (C)")
        self._contrast.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._contrast.clicked.connect(lambda _checked: self.contrast_asked.emit())
        self._input, self._heat = PictureView("no garment", smooth=False), PictureView("no garment")
        self._captions = quiet("What the model sees"), quiet("What speaks for it")
        self._legend = Legend()
        self._input.setAccessibleName("What the model sees")
        self._heat.setAccessibleName("What the model sees, with the heat map")
        self._legend.setAccessibleName("Colours of the heat map")
        self._strength = Slider(Qt.Orientation.Horizontal)
        self._strength.setRange(0, STRENGTH_STEPS)
        self._strength.setAccessibleName("Strength of the heat map")
        self._strength.setToolTip("Strength of the heat map over the garment (, and .)")
        self._strength.valueChanged.connect(lambda value: self.strength_chosen.emit(value / STRENGTH_STEPS))
        self._strength.sliderPressed.connect(self._on_pressed)
        self._strength.sliderReleased.connect(self._on_released)
        self._pressed_at = 0
        pictures, controls = QWidget(), QWidget()
        self._details = self._question, pictures, controls
        self._pictures = QGridLayout(pictures)
        self._pictures.setContentsMargins(0, 0, 0, 0)
        for column, (picture, caption) in enumerate(zip((self._input, self._heat), self._captions, strict=True)):
            self._pictures.addWidget(picture, 0, column, Qt.AlignmentFlag.AlignLeft)
            self._pictures.addWidget(caption, 1, column)
            caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            self._pictures.setColumnStretch(column, 1)
        strength = QHBoxLayout(controls)
        strength.setContentsMargins(0, 0, 0, 0)
        strength.addWidget(quiet("Heat map"))
        strength.addWidget(self._strength, stretch=1)
        strength.addWidget(self._contrast)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._question)
        self._layout.addWidget(pictures)
        self._layout.addWidget(self._legend)
        self._layout.addWidget(controls)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        for widget in (self._input, self._captions[0]):
            widget.setVisible(show_input)

    def _on_pressed(self) -> None:
        self._pressed_at = self._strength.value()

    def _on_released(self) -> None:
        """A way down to 0 chooses no strength: switched on again, the heat map is as strong as before."""
        if self._strength.value() == 0 and self._pressed_at:
            self.strength_chosen.emit(self._pressed_at / STRENGTH_STEPS)
            self.strength_chosen.emit(0.0)

    def set_theme(self, theme: Theme, width: int) -> None:
        """Take over colours and sizes; the pictures are as large as the width allows, pixels.

        In a presentation the live picture is the explanation; only the legend stays here.
        """
        for details in self._details:
            details.setVisible(not theme.presenting)
        edge = max(1, (width - theme.px(GAP_PX)) // 2 // STEP_PX) * STEP_PX
        for picture in (self._input, self._heat):
            picture.set_theme(theme)
            picture.setFixedSize(edge, edge)
        self._legend.set_theme(theme)
        self._layout.setSpacing(theme.px(6))
        self._pictures.setHorizontalSpacing(theme.px(GAP_PX))
        self._pictures.setVerticalSpacing(theme.px(3))
        self.ensurePolished()

    def show_view(self, view: View) -> None:
        """Called with every view, so only what has changed is set."""
        self._contrast.setChecked(view.request.contrast)
        value = round(view.style.strength * STRENGTH_STEPS) if view.style.heat else 0
        if value != self._strength.value() and not self._strength.isSliderDown():
            self._strength.blockSignals(True)
            self._strength.setValue(value)
            self._strength.blockSignals(False)
        if (view.reading, view.explanation) == self._shown:
            return
        self._shown = view.reading, view.explanation
        self._question.setText(question(view.reading))
        self._contrast.setEnabled(view.reading is not None and bool(view.reading.top5))
        seen = None if view.reading is None else view.reading.input_grey
        self._input.set_image(None if seen is None else as_qimage(seen))
        if seen is not None:
            self._captions[0].setText("The model sees {} x {}".format(*seen.shape))
        self._heat.set_image(None if view.explanation is None else as_qimage(view.explanation.input_bgr))
        self._legend.show_view(view)


def quiet(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("quiet")
    return label
