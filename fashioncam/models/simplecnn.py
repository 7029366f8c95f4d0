"""SimpleCNN, layer for layer the network of LucasVandroux/Fashion-MNIST-PyTorch (16,841,802 parameters)."""

from __future__ import annotations

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
