"""Class maps of whole batches: of all classes together with the logits, or of one class for each picture."""

from __future__ import annotations

import torch
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


@torch.no_grad()
def class_maps(model: Model, images: Tensor, classes: Tensor) -> Tensor:
    """Grad-CAM of one class for each picture, before any scaling: N x h x w, not below 0.

    Args:
        images: N x 1 x H x W, normalised.
        classes: N int64.
    """
    features = model.forward_features(images)
    maps = torch.empty(len(images), *model.as_maps(features).shape[2:])
    for index in classes.unique().tolist():
        maps[classes == index] = model.class_map(features[classes == index], index)
    return maps
