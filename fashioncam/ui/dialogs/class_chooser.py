"""Asks under which class the garment in hand is to be filed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fashioncam.ui.texts import literal
from fashioncam.ui.theme import Theme
from fashioncam.ui.widgets.video_view import PictureView

DIGITS = 10
BUTTON_PX = 170  # the names of Fashion-MNIST are whole in it


class ClassChooser(QDialog):
    """A button and a digit for each class; Esc files nothing."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget, theme: Theme, classes: tuple[str, ...], seen: QImage) -> None:
        super().__init__(parent)
        self.setWindowTitle("File the garment")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._count = min(DIGITS, len(classes))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(20),) * 4)
        layout.setSpacing(theme.px(12))
        heading = QLabel("What is it really?")
        heading.setObjectName("heading")
        hint = QLabel("Press the digit, or click.\nEsc files nothing.")
        hint.setObjectName("quiet")
        picture = PictureView(smooth=False)
        picture.setFixedSize(theme.px(112), theme.px(112))
        picture.set_theme(theme)
        picture.set_image(seen)
        grid = QGridLayout()
        grid.setSpacing(theme.px(8))
        for index, label in enumerate(classes):
            button = QPushButton(self)
            button.ensurePolished()  # its font is the theme's from here on
            text = f"{index}   {label}" if index < DIGITS else label
            elided = button.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, theme.px(BUTTON_PX - 24))
            button.setText(literal(elided))
            button.setToolTip(label)
            button.setFixedSize(theme.px(BUTTON_PX), theme.px(38))
            button.setStyleSheet("text-align: left")
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, index=index: self._choose(index))
            grid.addWidget(button, index % 5, index // 5)
        top, words = QHBoxLayout(), QVBoxLayout()
        words.addStretch()
        words.addWidget(heading)
        words.addWidget(hint)
        words.addStretch()
        top.addWidget(picture)
        top.addSpacing(theme.px(14))
        top.addLayout(words, stretch=1)
        layout.addLayout(top)
        layout.addLayout(grid)
        # Else the first button has it, and Space, which pauses the picture in the window, would press it.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        if event.text().isdecimal() and int(event.text()) < self._count:
            self._choose(int(event.text()))
        else:
            super().keyPressEvent(event)

    def _choose(self, index: int) -> None:
        self.chosen.emit(index)
        self.accept()
