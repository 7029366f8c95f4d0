"""What the window says: the program's state in words, colour and a sign."""

from __future__ import annotations

from dataclasses import dataclass

from fashioncam.messages import Reading, State, Stream
from fashioncam.view import View

from . import theme


@dataclass(frozen=True, slots=True)
class Words:
    """What the window says of the state.

    Attributes:
        headline, advice: a few words, and what to do about it.
        colour: behind them, #rrggbb.
        sign: name of an icon in `icons`.
        progress: 0..1; None for no progress bar.
    """

    headline: str
    advice: str
    colour: str
    sign: str
    progress: float | None = None


def words(view: View) -> Words:
    """What to say of a view, the most pressing first."""
    reading = view.reading
    if view.failure is not None:
        return Words("Stopped", view.failure.text, theme.RED, "alert")
    if view.stream is Stream.LOST:
        what, check = ("Stream", "that it is on") if "://" in view.device else ("Camera", "its cable")
        return Words(f"{what} lost", f"It reconnects by itself. Check {check}", theme.RED, "alert")
    if view.stream is Stream.ENDED:
        if reading is not None and reading.state is State.LEARNING:
            return Words("Too short", "The first twenty pictures must show the empty scene", theme.GREY, "alert")
        return Words("The end", "Open another source, or press D for the demo", theme.GREY, "pause")
    if view.stream is Stream.PAUSED:
        if reading is not None and reading.top5:
            return Words(of_item(reading).headline, "Paused. 1 to 5 ask why", theme.GREY, "pause")
        return Words("Paused", "Press Space to go on", theme.GREY, "pause")
    if reading is None:
        return Words("Starting …", "Opening the source", theme.GREY, "wait")
    if reading.state is State.LEARNING:
        return Words("Learning the background", "Keep out of the picture", theme.BLUE, "wait", reading.learned)
    if reading.state is State.SCENE_CHANGED:
        advice = "Light or camera changed. Wait two seconds, or press N"
        return Words("The scene has changed", advice, theme.ORANGE, "alert")
    if not view.model:
        return Words("Loading the model …", "A second or two", theme.GREY, "wait")
    if not reading.top5:
        return Words("Hold up a garment", "In the middle, arms to the side", theme.GREY, "garment")
    return of_item(reading)


def of_item(reading: Reading) -> Words:
    """The same for an item that has been classified."""
    first = reading.top5[0]
    if reading.state is State.UNCERTAIN:
        advice = "show all of it" if reading.is_cut else "turn it, spread it"
        # A person who came in after the background was learned is found as an item, too.
        return Words("Not sure", f"Perhaps {first.label}: {advice}. Nothing in hand? Press N", theme.ORANGE, "doubt")
    return Words(first.label, f"{first.probability:.0%} sure", theme.GREEN, "sure")


def literal(text: str) -> str:
    """Text for a button or menu, where Qt would take a single ampersand for the mark of a key."""
    return text.replace("&", "&&")


def question(reading: Reading | None) -> str:
    """What the heat map answers."""
    if reading is None or not reading.explained:
        return "Why?"
    if reading.against:
        return f"{reading.explained} rather than {reading.against}?"
    return f"Why {reading.explained}?"


def legend_ends(reading: Reading | None) -> tuple[str, str]:
    """What the lowest and the highest colour of the heat map mean."""
    if reading is not None and reading.against:
        return f"for {reading.against}", f"for {reading.explained}"
    return "no effect", "speaks for it"
