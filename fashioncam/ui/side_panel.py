"""The right side of the window: state, likeliest classes, and why."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from fashioncam.messages import Reading, View
from fashioncam.settings import Settings

from .explanation_view import ExplanationView
from .prediction_rows import PredictionRows
from .state_banner import StateBanner
from .theme import Theme
from .wording import words

WIDTH_PX = 384
PRESENTED_SHARE = 0.4  # of the window's width


class SidePanel(QScrollArea):
    """Scrolls where the window is too low for it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._reading_shown: Reading | None = None
        self.banner, self.rows = StateBanner(), PredictionRows()
        self.explanation = ExplanationView(settings.display_input)
        self._content = QWidget()
        self._content.setObjectName("panel")
        self._layout = QVBoxLayout(self._content)
        self._layout.addWidget(self.banner)
        self._layout.addWidget(self.rows)
        self._layout.addWidget(self.explanation)
        self._layout.addStretch()
        self.setWidget(self._content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_theme(self, theme: Theme, window_width: int) -> None:
        """Take over colours and sizes; in a presentation the explanation is the picture itself."""
        margin = theme.px(14)
        self._layout.setContentsMargins(margin, margin, margin, margin)
        self._layout.setSpacing(theme.px(12))
        self.setFixedWidth(round(PRESENTED_SHARE * window_width) if theme.presenting else theme.px(WIDTH_PX))
        self.explanation.setVisible(not theme.presenting)
        for part in (self.banner, self.rows, self.explanation):
            part.set_theme(theme)

    def show_view(self, view: View) -> None:
        """Show a new state of affairs; called at every pull, so only what has changed is set."""
        self.banner.set_words(words(view))
        self.explanation.show_view(view)
        if view.reading is not self._reading_shown:
            self._reading_shown = view.reading
            self.rows.set_reading(view.reading)
