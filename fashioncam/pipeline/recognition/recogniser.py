"""Input -> calibrated probabilities, and why. The same for every network, in ONNX Runtime or in torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from fashioncam.description import ModelDescription
from fashioncam.messages import FloatArray, Image, InputDescription
from fashioncam.pipeline.explanation.methods import Explain, HeatMaps, Network, Pass

from .pooling import softmax


@dataclass(frozen=True, slots=True)
class Classification:
    """A model's answer to one input, able to explain itself.

    Attributes:
        probabilities: one a class, float32, calibrated.
        heat_map: why a class, by its index: h x w float32 in 0..1 over the square input.
    """

    probabilities: FloatArray
    heat_map: HeatMaps


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A model that is ready to answer.

    Attributes:
        description: what its input and output mean.
        runtime: what runs the network, "onnxruntime" or "torch".
    """

    description: ModelDescription
    network: Network
    explain: Explain
    runtime: str

    @property
    def input(self) -> InputDescription:
        """How `garment_input` is to make its input."""
        return self.description.input

    @property
    def classes(self) -> tuple[str, ...]:
        """Labels in the order of the probabilities."""
        return self.description.classes

    @property
    def reject_below(self) -> float:
        """With a probability below it the answer is "uncertain"."""
        return self.description.reject_below

    def classify(self, input_grey: Image) -> Classification:
        """Classify a size x size uint8 picture as `garment_input` makes it."""
        images = normalised(input_grey, self.input)[None, None]
        logits, class_maps = self.network(images)
        probabilities = softmax(logits[0] / self.description.temperature)
        return Classification(probabilities, partial(self.explain, Pass(images, logits[0], class_maps[0])))


def normalised(input_grey: Image, description: InputDescription) -> FloatArray:
    """uint8 -> float32 with the data set's mean 0 and standard deviation 1."""
    grey = input_grey.astype(np.float32) / np.float32(255)
    return (grey - np.float32(description.mean)) / np.float32(description.std)
