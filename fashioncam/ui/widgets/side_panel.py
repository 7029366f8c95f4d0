"""The right side of the window: state, likeliest classes, and why."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from fashioncam.messages import Reading
from fashioncam.settings import Settings
from fashioncam.ui.texts import words
from fashioncam.ui.theme import Theme
from fashioncam.view import View

from .explanation_view import ExplanationView
from .prediction_rows import PredictionRows
from .state_banner import StateBanner

WIDTH_PX, MARGIN_PX, SPACING_PX, SCROLL_BAR_PX = 384, 14, 12, 8
PRESENTED_MARGIN_PX, PRESENTED_SPACING_PX = 10, 8  # everything must fit without scrolling
# Of the window's width: the least, the most, and in a presentation.
SMALLEST_SHARE, LARGEST_SHARE, PRESENTED_SHARE = 0.28, 0.45, 0.4


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
        """Take over colours and sizes."""
        # A notification takes room below for some seconds; a scroll bar would make a presentation's rows narrower.
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if theme.presenting else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(policy)
        margin = theme.px(PRESENTED_MARGIN_PX if theme.presenting else MARGIN_PX)
        self._layout.setContentsMargins(margin, margin, margin, margin)
        self._layout.setSpacing(theme.px(PRESENTED_SPACING_PX if theme.presenting else SPACING_PX))
        usual = min(max(theme.px(WIDTH_PX), SMALLEST_SHARE * window_width), LARGEST_SHARE * window_width)
        width = round(PRESENTED_SHARE * window_width if theme.presenting else usual)
        self.setFixedWidth(width)
        self.banner.set_theme(theme)
        self.rows.set_theme(theme)
        self.explanation.set_theme(theme, width - 2 * margin - theme.px(SCROLL_BAR_PX))

    def show_view(self, view: View) -> None:
        """Called with every view, so only what has changed is set."""
        self.banner.set_words(words(view))
        self.explanation.show_view(view)
        if view.reading is not self._reading_shown:
            self._reading_shown = view.reading
            self.rows.set_reading(view.reading)
