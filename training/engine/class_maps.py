"""Class maps of whole batches: of all classes together with the logits, or of one class for each picture."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fashioncam.models.base import Model


class LogitsAndMaps(nn.Module):
    """N x 1 x h x w normalised pictures -> logits N x classes, and class maps N x classes x h' x w'."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        features = self.model.forward_features(images)
        return self.model.forward_head(features), self.model.class_maps(features)


@torch.no_grad()
def class_maps(model: Model, images: Tensor, classes: Tensor) -> Tensor:
    """Grad-CAM of one class for each picture, before any scaling: N x h x w, not below 0.

    Args:
        images: N x 1 x H x W, normalised.
        classes: N int64.
    """
    maps = model.class_maps(model.forward_features(images))
    return maps[torch.arange(len(images)), classes].relu()
