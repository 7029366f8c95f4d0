"""The protocol between the program and `python -m training.finetune`, which it starts as a process.

The program gives the arguments CAPTURES --weights OLD.pth --out NEW.pth --json-lines. The command answers on stdout,
with one JSON object a line:

    {"event": "progress", "percent": 37}
    {"event": "result", "weights": "NEW.pth", "captures": 30, "right": 28, "right_before": 11, ...}
    {"event": "error", "text": "captures: no captures in it; ..."}

The keys beside "event" are the fields of the dataclasses below. "progress" comes often, one of the others at the end.
The exit code is 0 after a result and 2 after an error that the user can put right. Any other line on stdout is no
message and is passed over; stderr is for people.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress, 0..100 percent."""

    percent: int


@dataclass(frozen=True, slots=True)
class Result:
    """The adapted model has been saved.

    Attributes:
        weights: its file.
        captures: how many there are; of them `right` are named rightly, `right_before` by the model before.
        accuracy, accuracy_before: the same as shares of Fashion-MNIST's validation split, 0..1.
        is_held_back: whether it had to stay nearer to the model before, so that it forgets no more.
    """

    weights: str
    captures: int
    right: int
    right_before: int
    accuracy: float
    accuracy_before: float
    is_held_back: bool

    def __str__(self) -> str:
        held_back = "; held back further, so that it forgets no more" if self.is_held_back else ""
        return (
            f"{self.right} of {self.captures} filed garments named rightly, before learning {self.right_before}; "
            f"of Fashion-MNIST's pictures {self.accuracy:.1%}, before {self.accuracy_before:.1%}{held_back}"
        )


@dataclass(frozen=True, slots=True)
class Error:
    """What the user can put right, in one line."""

    text: str


Event: TypeAlias = Progress | Result | Error
EVENTS: dict[str, type[Event]] = {"progress": Progress, "result": Result, "error": Error}


def encode(event: Event) -> str:
    """The line for an event, without its end."""
    return json.dumps({"event": type(event).__name__.lower(), **asdict(event)})


def decode(line: str) -> Event | None:
    """The event of a line; None for a line that is no message."""
    try:
        content = json.loads(line)
        return EVENTS[content.pop("event")](**content)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
