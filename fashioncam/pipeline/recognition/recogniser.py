"""What the pipeline needs of a model."""

from __future__ import annotations

from typing import Protocol

from fashioncam.messages import FloatArray, Image, InputDescription


class Classification(Protocol):
    """A model's answer to one input, able to explain itself."""

    @property
    def probabilities(self) -> FloatArray:
        """One a class, float32, calibrated."""

    def heat_map(self, class_index: int) -> FloatArray:
        """Why this class: h x w float32 in 0..1 over the square input."""


class Recogniser(Protocol):
    """A model as the pipeline sees it; `classifier.TorchRecogniser` is one.

    Attributes:
        input: how `garment_input` is to make its input.
        classes: labels in the order of the probabilities.
        reject_below: with a probability below it the answer is "uncertain".
    """

    @property
    def input(self) -> InputDescription: ...
    @property
    def classes(self) -> tuple[str, ...]: ...
    @property
    def reject_below(self) -> float: ...

    def classify(self, input_grey: Image) -> Classification:
        """One forward pass over a size x size uint8 picture as `garment_input` makes it."""
