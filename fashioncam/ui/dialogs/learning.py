"""Learning from the filed garments: starts it, shows its progress, and offers the new model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from fashioncam.commands import Do
from fashioncam.messages import LearningProgress
from fashioncam.ui.session import Session
from fashioncam.ui.theme import Theme
from fashioncam.view import View

BEFORE = (
    "A copy of the model learns from all of them and forgets almost nothing. It takes a few minutes. The picture stays "
    "live."
)
NOTHING = "Hold up a garment that is named wrongly, press L, then the digit of its true class. Ten are a good start."
RUNNING = "You can close this window. Learning goes on."


class LearningDialog(QDialog):
    """A modeless dialog; when it is closed, learning goes on.

    Signals:
        use_asked: the file of the new model, which the user wants to use.
    """

    use_asked = Signal(str)

    def __init__(self, parent: QWidget, theme: Theme, session: Session) -> None:
        super().__init__(parent)
        self._session = session
        self._count = 0  # of the garments; while it learns, of those that it learns from
        self._weights: Path | None = None  # of the new model, if there is one that is not in use
        self._shown: tuple[LearningProgress | None, Path | None, int] | None = None
        self.setWindowTitle("Learn from the filed garments")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(theme.px(480))
        self._heading, self._text, self._bar = QLabel(), QLabel(), QProgressBar()
        self._heading.setObjectName("heading")
        self._text.setWordWrap(True)
        self._text.setMinimumHeight(theme.px(60))
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._bar.setTextVisible(False)  # no colour of it could be read on both parts of the bar
        kept = self._bar.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # nothing jumps when it comes and goes
        self._bar.setSizePolicy(kept)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._learn = self._button("Learn", lambda: session.send(Do.LEARN))
        self._cancel = self._button("Cancel", lambda: session.send(Do.CANCEL_LEARNING))
        self._use = self._button("Use the new model", self._on_use)
        layout, buttons = QVBoxLayout(self), QHBoxLayout()
        layout.setContentsMargins(*(theme.px(18),) * 4)
        layout.setSpacing(theme.px(12))
        for widget in (self._heading, self._text, self._bar):
            layout.addWidget(widget)
        self._close = self._button("Close", self.close)
        self._close.setDefault(True)
        buttons.addWidget(self._use)
        buttons.addWidget(self._learn)
        buttons.addStretch()
        buttons.addWidget(self._cancel)  # not in the place of "Learn", where a double click would press it
        buttons.addWidget(self._close)
        layout.addLayout(buttons)
        session.send(Do.LIST_CAPTURES)
        self.show_view(session.view)

    def show_view(self, view: View) -> None:
        """Show how learning stands; a model that has been learned and is in use is no longer offered."""
        learning, shown = view.learning, (view.learning, view.weights, len(view.captures))
        if shown == self._shown:
            return
        if learning is not None and learning.weights is not None and learning.weights == view.weights:
            learning = None
        is_running = learning is not None and learning.is_running
        if not is_running or self._shown is None:
            self._count = len(view.captures)
        self._shown, count = shown, self._count
        self._weights = learning.weights if learning else None
        is_done = self._weights is not None
        garments = f"{count} filed garment{'s' * (count != 1)}"
        if is_running and self.focusWidget() is self._learn:
            self._close.setFocus()  # else Qt gives it to "Cancel", and Space would press that
        self._bar.setVisible(is_running)
        self._cancel.setVisible(is_running)
        self._use.setVisible(is_done)
        self._learn.setVisible(not is_running)
        self._learn.setEnabled(count > 0)
        self._learn.setText("Learn again" if is_done else "Learn")
        if learning is None:
            self._heading.setText(f"Learn from {garments}" if count else "No garment filed yet")
            self._text.setText(BEFORE if count else NOTHING)
        elif is_running:
            self._heading.setText(f"Learning from {garments}: {learning.percent} %")
            self._text.setText(learning.text or RUNNING)
            self._bar.setValue(learning.percent)
        else:
            self._heading.setText("The new model is ready" if is_done else "Nothing was learned")
            self._text.setText(learning.text)
            (self._use if is_done else self._learn).setFocus()
            self.adjustSize()  # what went wrong may take many lines

    def _button(self, text: str, handler: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(lambda _checked: handler())
        return button

    def _on_use(self) -> None:
        self.use_asked.emit(str(self._weights))
        self.close()
