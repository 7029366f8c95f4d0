"""Class maps of whole batches, and the part of the loss that they have."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

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


def background_evidence(class_maps: Tensor, images: Tensor) -> tuple[Tensor, Tensor]:
    """The evidence for a class at places without garment, as a sum of squares: a penalty (arXiv:1703.03717).

    The logits are sums over the class maps. Without this term in the loss the hybrid collects evidence anywhere, and
    its maps show the place no better than chance. Only differences between classes count, so at every place the
    classes' mean is subtracted.

    Args:
        class_maps: N x classes x h x w, as `Model.class_maps` gives them.
        images: N x 1 x H x W, H and W multiples of h and w; the background has the smallest value that occurs.

    Returns:
        The sum over these places of the classes' mean square, and the number of these places.
    """
    places = class_maps.shape[2] * class_maps.shape[3]
    evidence = places * (class_maps - class_maps.mean(dim=1, keepdim=True))
    patch = images.shape[2] // class_maps.shape[2], images.shape[3] // class_maps.shape[3]
    empty = (F.max_pool2d(images, patch) <= images.amin())[:, 0].float()
    return (evidence.square().mean(dim=1) * empty).sum(), empty.sum()
