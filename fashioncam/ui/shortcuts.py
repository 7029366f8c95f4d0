"""The one table of keys: menus, tool tips, help and documentation are made from it. Needs no Qt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Binding:
    """An action of the window.

    Attributes:
        action: its name in the code.
        keys: as Qt spells them.
        text: what menu, help and documentation say.
        menu: title of its menu.
        is_switch: whether it can be on or off.
        repeats: whether it repeats while the key is held down.
        short: text of its button below the picture; empty for no button.
    """

    action: str
    keys: tuple[str, ...]
    text: str
    menu: str
    is_switch: bool = False
    short: str = ""
    repeats: bool = False


BINDINGS = (
    Binding("open_file", ("O",), "Open a video", "File"),
    Binding("open_folder", ("Shift+O",), "Open a folder of pictures", "File"),
    Binding("open_url", ("U",), "Open a stream by its address", "File"),
    Binding("save", ("S",), "Save the picture and the prediction", "File", short="Save"),
    Binding("record", ("R",), "Record video and predictions", "File", is_switch=True, short="Record"),
    Binding("file", ("L",), "File the garment under its true class", "File", short="File it"),
    Binding("gallery", ("Shift+L",), "Show the filed garments", "File"),
    Binding("quit", ("Q",), "Quit", "File"),
    Binding("leave", ("Esc",), "Leave help, presentation or full screen; else quit", "File"),
    Binding("relearn", ("N",), "Learn the background again", "Camera", short="Learn background"),
    Binding("pause", ("Space",), "Pause", "Camera", is_switch=True, short="Pause"),
    Binding("mirror", ("M",), "Mirror the picture", "Camera", is_switch=True),
    Binding("clear_region", ("Backspace",), "Search the whole picture", "Camera"),
    Binding("demo", ("D",), "Play the demo clip", "Camera"),
    Binding("open_weights", ("W",), "Open a model", "Model"),
    Binding("learn", ("Ctrl+L",), "Learn from the filed garments", "Model"),
    Binding("why_1", ("1",), "Why the first class?", "Why"),
    Binding("why_2", ("2",), "Why the second class?", "Why"),
    Binding("why_3", ("3",), "Why the third class?", "Why"),
    Binding("why_4", ("4",), "Why the fourth class?", "Why"),
    Binding("why_5", ("5",), "Why the fifth class?", "Why"),
    Binding("contrast", ("C",), "Why the first, not the second?", "Why", is_switch=True),
    Binding("heat", ("G",), "Heat map over the garment", "Why", is_switch=True),
    Binding("stronger", (".",), "Stronger heat map", "Why", repeats=True),
    Binding("weaker", (",",), "Weaker heat map", "Why", repeats=True),
    Binding("full_screen", ("F",), "Full screen", "View", is_switch=True),
    Binding("present", ("P",), "Presentation: large, for an audience", "View", is_switch=True, short="Present"),
    Binding("numbers", ("I",), "Frame rates and times", "View", is_switch=True),
    Binding("scheme", ("T",), "Light or dark colours", "View"),
    Binding("zoom_in", ("Ctrl++", "Ctrl+="), "Larger text and buttons", "View", repeats=True),
    Binding("zoom_out", ("Ctrl+-",), "Smaller text and buttons", "View", repeats=True),
    Binding("zoom_reset", ("Ctrl+0",), "Normal size", "View"),
    Binding("help", ("H", "F1"), "Keys and mouse", "Help", is_switch=True, short="Help"),
)
MENUS = tuple(dict.fromkeys(binding.menu for binding in BINDINGS))
MOUSE = (
    ("click a class", "Why this class? Again: the first"),
    ("drag over the picture", "Search only there"),
    ("double click the picture", "Search the whole picture"),
    ("drop a file, folder or address", "Open it"),
)
