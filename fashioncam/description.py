"""The description of a model's input and output, carried by a checkpoint and its ONNX twin, and checked here alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .errors import UserError
from .messages import InputDescription

# A number outside its range is a mistake; some calculations with it would overflow.
RANGES = {
    "mean": (-1e3, 1e3),
    "std": (1e-9, 1e9),
    "temperature": (1e-9, 1e9),
    "reject_below": (0.0, 1.0),
    "class_map_scale": (1e-9, 1e9),
}


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """Everything that a program must know to use a model.

    Attributes:
        model: name in `fashioncam.models.MODELS`.
        input: how its input is made.
        classes: labels in the order of the logits.
        temperature: divide logits by it before the softmax.
        reject_below: with a probability below it, the answer is "uncertain".
        class_map_scale: the value of a class map that is shown at full strength.

    Raises:
        ValueError: it contradicts itself, or a number is out of its range.
    """

    model: str
    input: InputDescription
    classes: tuple[str, ...]
    temperature: float
    reject_below: float
    class_map_scale: float

    def __post_init__(self) -> None:
        numbers = {name: getattr(self, name) for name in ("temperature", "reject_below", "class_map_scale")}
        for name, number in {"mean": self.input.mean, "std": self.input.std, **numbers}.items():
            low, high = RANGES[name]
            if not isinstance(number, int | float) or not low <= number <= high:  # so NaN is refused too
                raise ValueError(f"{name} is {number!r}, not a number from {low:g} to {high:g}")
        if not (isinstance(self.input.size, int) and 8 <= self.input.size <= 512):
            raise ValueError(f"the input's size is {self.input.size!r}, not a whole number from 8 to 512")
        if self.input.polarity not in ("negated", "positive"):
            raise ValueError(f"the input's polarity is {self.input.polarity!r}, not 'negated' or 'positive'")
        names = (self.model, *self.classes)
        if not all(isinstance(name, str) and name.isprintable() for name in names):
            raise ValueError("the model and its classes need printable names")
        if len(set(self.classes)) != len(self.classes) or len(self.classes) < 2:
            raise ValueError("the classes must be two or more, with different names")

    def refuse_other_than(self, model: str | None, path: Path) -> None:
        """UserError if `path`, which holds the model described here, should hold another one; None accepts any."""
        if model not in (None, self.model):
            raise UserError(f"{path} holds {self.model!r}, not {model!r}; give --model {self.model}")
