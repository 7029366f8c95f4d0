"""Views for a window, and a session that gives them; nothing here needs Qt."""

from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np

from fashioncam.commands import Command, DeleteCaptures, Do, OpenSource, SetStyle
from fashioncam.messages import Explanation, Frame, Prediction, Reading, State, Stream
from fashioncam.view import HeldGarment, Notification, Picture, View

TOP5 = tuple(Prediction(index, f"class {index}", 0.9 / (index + 1)) for index in range(5))
OWN_WEIGHTS = Path("hybrid.pth"), Path("simplecnn.pth")
CLASSES = tuple(f"class {index}" for index in range(10))
NUMBERS = count(1)


def reading(state, top5=(), learned=1.0, **more):
    grey = np.full((28, 28), 200, np.uint8) if top5 else None
    more = {"explained": top5[0].label if top5 else "", **more}
    return Reading(0, (640, 480), 0.0, 0.0, state, learned, None, top5, None, grey, {"segment": 1.5}, **more)


def picture(grabbed_s=0.1):
    return Picture(np.full((480, 640, 3), (200, 100, 50), np.uint8), grabbed_s)


def item_view(told="", **more):
    """The window's view of an item that has been named, with its picture; `told` is a new notification."""
    explanation = Explanation(np.zeros((336, 336, 3), np.uint8), np.full((1, 256, 3), (0, 0, 255), np.uint8))
    values = {"picture": picture(), "explanation": explanation, "stream": Stream.PLAYING}
    values |= {"model": "hybrid", "classes": CLASSES, "source": "a test"}
    values |= {"notification": Notification(next(NUMBERS), told)} if told else {}
    return View(**({"reading": reading(State.ITEM, TOP5)} | values | more))


def held_garment():
    image = np.zeros((480, 640, 3), np.uint8)
    return HeldGarment(Frame(0, image, 0.0, 0.0), reading(State.ITEM, TOP5), CLASSES)


class FakeSession:
    """Shows the view that it is given, notes the commands, and does at once what a real one would show at once."""

    def __init__(self):
        self.view, self.sent = View(), []
        self.garment = held_garment()  # in view

    def send(self, command):
        assert isinstance(command, Command), command
        self.sent.append(command)
        match command:
            case SetStyle(style):
                self.view = replace(self.view, style=style)
            case Do.HOLD_GARMENT:
                self.view = replace(self.view, held=self.garment)
            case DeleteCaptures(captures):
                left = tuple(capture for capture in self.view.captures if capture not in captures)
                self.view = replace(self.view, captures=left)

    def asked(self, kind):
        """Every command of a kind; of `Do`, those that are equal."""
        return [command for command in self.sent if command == kind or type(command) is kind]

    @property
    def opened(self):
        """The devices that were to be opened."""
        return [command.device for command in self.asked(OpenSource)]
