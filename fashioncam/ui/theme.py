"""Colours, sizes and words of the window."""

from __future__ import annotations

from fashioncam.messages import State, View

# From the Okabe-Ito palette (green and orange as on the picture), told apart by colour-blind people too;
# dark enough for white text on them.
GREEN, ORANGE, BLUE, RED, GREY = "#007a5a", "#a86400", "#00639b", "#a83c00", "#4a4f57"
BACKGROUND, PANEL, TEXT, QUIET_TEXT, TRACK = "#16181c", "#1f2228", "#f2f3f5", "#a9b0ba", "#33383f"

STYLE_SHEET = f"""
QMainWindow, QWidget {{ background: {BACKGROUND}; color: {TEXT}; font-size: 15px; }}
QWidget#panel, QWidget#panel QLabel {{ background: {PANEL}; }}
QLabel#caption {{ color: {QUIET_TEXT}; font-size: 13px; }}
QLabel#quiet {{ color: {QUIET_TEXT}; font-size: 13px; }}
QMenuBar, QMenu {{ background: {PANEL}; color: {TEXT}; }}
QMenuBar::item:selected, QMenu::item:selected {{ background: {TRACK}; }}
QStatusBar {{ background: {PANEL}; color: {QUIET_TEXT}; }}
"""


def banner(view: View) -> tuple[str, str]:
    """The program's state as words and the colour behind them."""
    if view.failure is not None:
        return view.failure.text, RED
    if view.ended:
        return "The end of the recording", GREY
    reading = view.reading
    if reading is None:
        return "Starting …", GREY
    if reading.state is State.LEARNING:
        return f"Learning the background: {reading.learned:.0%}, keep out of the picture", BLUE
    if reading.state is State.SCENE_CHANGED:
        return "The light or the camera has changed: press N", ORANGE
    if not view.model_ready:
        return "Loading the model …", GREY
    if reading.state is State.EMPTY:
        return "Hold up a garment", BLUE
    if reading.state is State.UNCERTAIN or not reading.top5:
        return "Not sure", ORANGE
    return reading.top5[0].label, GREEN
