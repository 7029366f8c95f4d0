"""Input -> logits -> calibrated probabilities, with the model in torch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fashioncam.checkpoint import LoadedModel
from fashioncam.messages import FloatArray, Image, InputDescription
from fashioncam.models.base import to_input
from fashioncam.pipeline.explanation.methods import Explain


@dataclass(frozen=True, slots=True)
class ForwardPass:
    """One pass of the model.

    Attributes:
        images: the normalised input, 1 x 1 x size x size float32.
        features: as `Model.forward_features` returns them.
        probabilities: one a class, float32, calibrated by the checkpoint's temperature.
    """

    images: Tensor
    features: Tensor
    probabilities: FloatArray
    explain: Explain

    def heat_map(self, class_index: int) -> FloatArray:
        """Why this class: h x w float32 in 0..1 over the input."""
        return self.explain(self.images, self.features, class_index)


@dataclass(frozen=True, slots=True)
class TorchRecogniser:
    """A loaded model and the way it explains itself; what `process_frame` calls a recogniser."""

    loaded: LoadedModel
    explain: Explain

    @property
    def input(self) -> InputDescription:
        return self.loaded.input

    @property
    def classes(self) -> tuple[str, ...]:
        return self.loaded.classes

    @property
    def reject_below(self) -> float:
        return self.loaded.reject_below

    @torch.no_grad()
    def classify(self, input_grey: Image) -> ForwardPass:
        """Classify a size x size uint8 picture as `garment_input` makes it."""
        model = self.loaded.model
        device = next(model.parameters()).device
        images = to_input(torch.from_numpy(input_grey)[None, None].to(device), self.loaded.input)
        features = model.forward_features(images)
        logits = model.forward_head(features)
        probabilities = (logits[0] / self.loaded.temperature).softmax(dim=0)
        return ForwardPass(images, features, probabilities.cpu().numpy(), self.explain)
