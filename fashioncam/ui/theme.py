"""Colours, sizes and words of the window."""

from __future__ import annotations

from dataclasses import dataclass

from fashioncam.messages import State, View

# From the Okabe-Ito palette (green and orange as on the picture), told apart by colour-blind people too;
# dark enough for white text on them.
GREEN, ORANGE, BLUE, RED, GREY = "#007a5a", "#a86400", "#00639b", "#a83c00", "#4a4f57"
BACKGROUND, PANEL, TEXT, QUIET_TEXT, TRACK = "#16181c", "#1f2228", "#f2f3f5", "#a9b0ba", "#33383f"

STYLE_SHEET = f"""
QMainWindow, QWidget {{ background: {BACKGROUND}; color: {TEXT}; font-size: 15px; }}
QWidget#panel, QWidget#panel QLabel {{ background: {PANEL}; }}
QLabel#quiet {{ color: {QUIET_TEXT}; font-size: 13px; }}
QMenuBar, QMenu {{ background: {PANEL}; color: {TEXT}; }}
QMenuBar::item:selected, QMenu::item:selected {{ background: {TRACK}; }}
QStatusBar {{ background: {PANEL}; color: {QUIET_TEXT}; }}
"""


@dataclass(frozen=True, slots=True)
class Banner:
    """The program's state: a few words, what to do about it, and the colour behind them."""

    headline: str
    advice: str
    colour: str


def banner(view: View) -> Banner:
    """What the window says of a view, the most pressing first."""
    if view.failure is not None:
        return Banner("Stopped", view.failure.text, RED)
    if view.ended:
        return Banner("The end", "Nothing more comes from the source.", GREY)
    reading = view.reading
    if reading is None:
        return Banner("Starting …", "Opening the source", GREY)
    if reading.state is State.LEARNING:
        return Banner("Learning the background", f"{reading.learned:.0%} · keep out of the picture", BLUE)
    if reading.state is State.SCENE_CHANGED:
        return Banner("The scene has changed", "Light or camera moved: wait two seconds, or press N", ORANGE)
    if not view.model_ready:
        return Banner("Loading the model …", "A second or two", GREY)
    if not reading.top5:
        return Banner("Hold up a garment", "In the middle, arms out of the way", GREY)
    first = reading.top5[0]
    if reading.state is State.UNCERTAIN:
        return Banner("Not sure", f"Perhaps {first.label}", ORANGE)
    return Banner(first.label, f"{first.probability:.0%} sure", GREEN)
