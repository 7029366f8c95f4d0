"""SimpleCNN, layer for layer the network of LucasVandroux/Fashion-MNIST-PyTorch (16,841,802 parameters)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .base import Model


class SimpleCNN(Model):
    """Two convolutions and two fully connected layers; nearly all weights sit in the 4096 x 4096 one."""

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, 5, padding=2),
            nn.ReLU(),
            nn.BatchNorm2d(32),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=2),
            nn.ReLU(),
            nn.BatchNorm2d(64),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(nn.Linear(64 * 8 * 8, 4096), nn.ReLU(), nn.Linear(4096, classes))
        for layer in self.features:
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_uniform_(layer.weight)

    @property
    def target_layer(self) -> nn.Module:
        return self.features[-1]

    def forward_features(self, images: Tensor) -> Tensor:
        """N x 1 x 28 x 28 -> N x 64 x 8 x 8."""
        return self.features(images)

    def forward_head(self, features: Tensor) -> Tensor:
        return self.classifier(features.flatten(1))

    def class_maps(self, features: Tensor) -> Tensor:
        """Every class's Grad-CAM map before its ReLU: N x classes x 8 x 8.

        The logit is W2 . relu(W1 . features + b1) + b2. Its gradient is W2, set to 0 where the hidden unit is off,
        times W1. A channel's weight is the mean of its gradient over the 64 places (arXiv:1610.02391, equation 1).
        W1 is averaged over the places before the product: the result is the same, and 64 times cheaper.
        """
        hidden = self.classifier[:2](features.flatten(1))
        first, last = (self.classifier[layer].get_parameter("weight") for layer in (0, 2))
        of_channels = first.unflatten(1, features.shape[1:]).mean(dim=(2, 3))  # 4096 hidden units x 64 channels
        weights = (last * (hidden > 0).unsqueeze(1)) @ of_channels  # N x classes x 64
        return torch.einsum("nkc,nchw->nkhw", weights, features)
