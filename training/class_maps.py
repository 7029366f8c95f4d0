"""A model whose class maps come with its logits, in one call."""

from __future__ import annotations

from torch import Tensor, nn

from fashioncam.models.base import Model


class LogitsAndMaps(nn.Module):
    """N x 1 x h x w normalised pictures -> logits N x classes, and class maps where the model has a closed form."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        features = self.model.forward_features(images)
        logits = self.model.forward_head(features)
        return (logits, self.model.class_maps(features)) if self.model.has_class_maps else (logits,)
