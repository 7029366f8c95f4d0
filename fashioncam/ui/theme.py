"""Colours and sizes of the window, light and dark."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QPalette

# From the Okabe-Ito palette (bluish green, orange, blue, vermilion), which colour-blind people can tell apart. They are
# darker here, so that white text on them has a contrast of at least 4.5. Words and a sign always say the same.
GREEN, ORANGE, BLUE, RED, GREY = "#007a5a", "#a86400", "#00639b", "#a83c00", "#4a4f57"
ON_COLOUR = "#ffffff"
# The stages' bar: Okabe-Ito again, without text on them.
STAGE_COLOURS = ("#56b4e9", "#009e73", "#e69f00", "#cc79a7", "#f0e442")
ZOOM_STEPS = (0.75, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.5)


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as #rrggbb.

    Attributes:
        surround: around the camera's picture.
        panel, card, line: surfaces, what lies on them, and the lines between.
        text, quiet_text: what is read, and what is read second.
        track: the empty part of a bar.
        accent: what is chosen.
    """

    surround: str
    panel: str
    card: str
    line: str
    text: str
    quiet_text: str
    track: str
    accent: str


DARK = Palette("#121417", "#1c1f24", "#272b32", "#343a43", "#f2f3f5", "#aeb6c1", "#3a414b", "#56b4e9")
LIGHT = Palette("#e4e8ed", "#ffffff", "#f0f3f6", "#d3d9e0", "#181b20", "#525b66", "#d8dee5", "#0072b2")

# Colours for widgets that the style sheet does not cover, as in Qt's own file dialog.
ROLES = {
    "panel": (QPalette.ColorRole.Window, QPalette.ColorRole.HighlightedText),
    "card": (QPalette.ColorRole.Base, QPalette.ColorRole.Button, QPalette.ColorRole.ToolTipBase),
    "surround": (QPalette.ColorRole.AlternateBase,),
    "text": (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
        QPalette.ColorRole.ToolTipText,
    ),
    "quiet_text": (QPalette.ColorRole.PlaceholderText,),
    "accent": (QPalette.ColorRole.Highlight,),
}


@dataclass(frozen=True, slots=True)
class Theme:
    """How the window looks.

    Attributes:
        palette: light or dark.
        scale: of the whole interface; 1 is its own size.
        presenting: whether it is to be read from a distance.
    """

    palette: Palette = DARK
    scale: float = 1.0
    presenting: bool = False

    def px(self, size: float) -> int:
        """A size at scale 1 in pixels, at least 1."""
        return max(1, round(size * self.scale))

    def font(self, base: QFont, size: float, bold: bool = False) -> QFont:
        """`base`, `size` pixels high at scale 1."""
        font = QFont(base)
        font.setPixelSize(self.px(size))
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font

    @property
    def qt_palette(self) -> QPalette:
        qt_palette = QPalette(QColor(self.palette.card), QColor(self.palette.panel))
        for name, roles in ROLES.items():
            for role in roles:
                qt_palette.setColor(role, QColor(getattr(self.palette, name)))
        return qt_palette

    @property
    def style_sheet(self) -> str:
        colours, px = self.palette, self.px
        return f"""
* {{ font-size: {px(14)}px; color: {colours.text}; }}
QMainWindow, QDialog, QScrollArea, QWidget#panel, QWidget#left {{ background: {colours.panel}; }}
QWidget#left {{ background: {colours.surround}; }}
QLabel {{ background: transparent; }}
QLabel#quiet {{ color: {colours.quiet_text}; font-size: {px(12)}px; }}
QLabel#heading {{ font-size: {px(15)}px; font-weight: 600; }}
QMenuBar, QStatusBar {{ background: {colours.panel}; }}
QMenuBar {{ border-bottom: 1px solid {colours.line}; padding: {px(2)}px; }}
QMenuBar::item {{ padding: {px(4)}px {px(9)}px; background: transparent; border-radius: {px(5)}px; }}
QMenuBar::item:selected, QMenu::item:selected {{ background: {colours.card}; }}
QMenu {{ background: {colours.panel}; border: 1px solid {colours.line}; padding: {px(5)}px; }}
QMenu::item {{ padding: {px(6)}px {px(26)}px {px(6)}px {px(26)}px; border-radius: {px(5)}px; }}
QMenu::item:disabled {{ color: {colours.quiet_text}; }}
QMenu::separator {{ height: 1px; background: {colours.line}; margin: {px(5)}px {px(8)}px; }}
QStatusBar {{ border-top: 1px solid {colours.line}; min-height: {px(30)}px; }}
QStatusBar QLabel {{ color: {colours.quiet_text}; font-size: {px(13)}px; padding-left: {px(8)}px; }}
QStatusBar QLabel[notification="true"] {{ color: {colours.text}; font-weight: 600; }}
QStatusBar::item {{ border: none; }}
QToolBar {{ background: {colours.panel}; border: none; border-top: 1px solid {colours.line}; padding: {px(4)}px;
  spacing: {px(2)}px; }}
QToolButton, QPushButton {{ background: transparent; border: 1px solid transparent; border-radius: {px(6)}px;
  padding: {px(5)}px {px(9)}px; }}
QPushButton {{ background: {colours.card}; border-color: {colours.line}; }}
QToolButton:hover, QPushButton:hover {{ background: {colours.card}; border-color: {colours.line}; }}
QToolButton:checked, QPushButton:checked, QPushButton:focus {{ border-color: {colours.accent}; }}
QToolButton:checked, QPushButton:checked {{ background: {colours.card}; }}
QToolButton:disabled, QPushButton:disabled {{ color: {colours.quiet_text}; }}
QToolTip {{ background: {colours.card}; color: {colours.text}; border: 1px solid {colours.line}; padding: {px(4)}px; }}
QLineEdit, QListView {{ background: {colours.card}; border: 1px solid {colours.line}; border-radius: {px(6)}px;
  padding: {px(5)}px; selection-background-color: {colours.accent}; selection-color: {colours.panel}; }}
QScrollBar:vertical {{ background: transparent; width: {px(8)}px; }}
QScrollBar::handle:vertical {{ background: {colours.track}; border-radius: {px(4)}px; min-height: {px(24)}px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
QProgressBar {{ background: {colours.track}; border: none; border-radius: {px(5)}px; min-height: {px(10)}px;
  max-height: {px(10)}px; }}
QProgressBar::chunk {{ background: {BLUE}; border-radius: {px(5)}px; }}
QSlider {{ min-height: {px(22)}px; }}
QSlider::groove:horizontal {{ height: {px(4)}px; background: {colours.track}; border-radius: {px(2)}px; }}
QSlider::handle:horizontal {{ background: {colours.text}; width: {px(14)}px; margin: -{px(5)}px 0;
  border-radius: {px(7)}px; }}
QSlider::handle:horizontal:focus {{ background: {colours.accent}; }}
"""


def zoomed(scale: float, steps: int) -> float:
    """The scale this many steps larger, or smaller."""
    nearest = min(range(len(ZOOM_STEPS)), key=lambda index: abs(ZOOM_STEPS[index] - scale))
    return ZOOM_STEPS[max(0, min(len(ZOOM_STEPS) - 1, nearest + steps))]
