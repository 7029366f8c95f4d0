"""Learning from the filed garments: begins it, shows how far it is, and offers what has come of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from fashioncam.messages import LearningProgress, View
from fashioncam.ui.session import Session
from fashioncam.ui.theme import Theme

BEFORE = (
    "A copy of the model learns from all of them and keeps nearly all that it knows. That takes a few minutes; the "
    "picture stays live."
)
NOTHING = "Hold up a garment that is named wrongly, press L, then the digit of its true class. Ten of them are a start."
RUNNING = "You can close this and go on meanwhile."


class LearningDialog(QDialog):
    """Beside the live picture, and not before it; closed, it leaves the learning going on.

    Signals:
        use_asked: the file of the new model, which the user wants to use.
    """

    use_asked = Signal(str)

    def __init__(self, parent: QWidget, theme: Theme, session: Session) -> None:
        super().__init__(parent)
        self._session = session
        self._count = len(session.captures())
        self._shown: tuple[LearningProgress | None, Path | None] = None, None
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
        self._learn, self._cancel = (
            self._button("Learn", session.learn),
            self._button("Cancel", session.cancel_learning),
        )
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
        self._show_learning(None, None)

    def show_view(self, view: View) -> None:
        """Show a new state of affairs; called at every pull, so only what has changed is set."""
        if (view.learning, view.weights) != self._shown or view.news:  # a garment that has been filed is news
            self._show_learning(view.learning, view.weights)

    def _show_learning(self, learning: LearningProgress | None, in_use: Path | None) -> None:
        """Show how it stands; what has been learned and is in use is done with."""
        self._shown = learning, in_use
        if learning is not None and learning.weights is not None and learning.weights == in_use:
            learning = None
        is_running = learning is not None and learning.is_running
        if not is_running:
            self._count = len(self._session.captures())
        is_done = learning is not None and learning.weights is not None
        garments = f"{self._count} filed garment{'s' * (self._count != 1)}"
        if is_running and self.focusWidget() is self._learn:
            self._close.setFocus()  # else Qt gives it to "Cancel", and Space would press that
        self._bar.setVisible(is_running)
        self._cancel.setVisible(is_running)
        self._use.setVisible(is_done)
        self._learn.setVisible(not is_running)
        self._learn.setEnabled(self._count > 0)
        self._learn.setText("Learn again" if is_done else "Learn")
        if learning is None:
            self._heading.setText(f"Learn from {garments}" if self._count else "No garment filed yet")
            self._text.setText(BEFORE if self._count else NOTHING)
        elif is_running:
            self._heading.setText(f"Learning from {garments}: {learning.percent} %")
            self._text.setText(learning.text or RUNNING)
            self._bar.setValue(learning.percent)
        else:
            self._heading.setText("The new model is ready" if is_done else "Nothing has been learned")
            self._text.setText(learning.text)
            (self._use if is_done else self._learn).setFocus()
            self.adjustSize()  # what went wrong may take many lines

    def _button(self, text: str, handler: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(lambda _checked: handler())
        return button

    def _on_use(self) -> None:
        learning, _ = self._shown
        if learning is not None and learning.weights is not None:
            self.use_asked.emit(str(learning.weights))
        self.close()
