"""Wide ResNet (arXiv:1605.07146): the teacher of the small models; too slow for live pictures.

28x28 -> convolution 28x28x16 -> groups of 28x28x(16k), 14x14x(32k), 7x7x(64k) -> BatchNorm, ReLU
-> mean over the places -> linear. WRN-28-4, the default, has 5.85 M parameters and 647 M MACs.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .base import Model


class PreactivationBlock(nn.Module):
    """BatchNorm, ReLU and a 3x3 convolution, twice, beside an identity (arXiv:1603.05027).

    Where the shape changes, a 1x1 convolution of the first activation stands for the identity.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        keeps_shape = stride == 1 and in_channels == out_channels
        self.shortcut = None if keeps_shape else nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        activated = F.relu(self.norm1(x))
        beside = x if self.shortcut is None else self.shortcut(activated)
        return beside + self.conv2(F.relu(self.norm2(self.conv1(activated))))


class WideResNet(Model):
    """WRN-depth-widen.

    Args:
        depth: 6n + 4, n blocks in each of the three groups.
        widen: the paper's k, channels in multiples of 16, 32 and 64.
        classes: number of logits.
    """

    def __init__(self, depth: int = 28, widen: int = 4, classes: int = 10) -> None:
        super().__init__()
        if depth < 10 or depth % 6 != 4:
            raise ValueError(f"depth is 10, 16, 22, 28 and so on, not {depth}")
        channels = 16
        self.stem = nn.Conv2d(1, channels, 3, padding=1, bias=False)
        blocks = []
        for group, stride in enumerate((1, 2, 2)):
            for index in range((depth - 4) // 6):
                out_channels = 16 * widen * 2**group
                blocks.append(PreactivationBlock(channels, out_channels, 1 if index else stride))
                channels = out_channels
        self.blocks = nn.Sequential(*blocks)
        self.last = nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU())
        self.head = nn.Linear(channels, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    @property
    def target_layer(self) -> nn.Module:
        return self.last

    def forward_features(self, images: Tensor) -> Tensor:
        """N x 1 x 28 x 28 -> N x (64 widen) x 7 x 7, not below 0."""
        return self.last(self.blocks(self.stem(images)))

    def forward_head(self, features: Tensor) -> Tensor:
        return self.head(features.mean(dim=(2, 3)))

    def class_maps(self, features: Tensor) -> Tensor:
        """Every class's Grad-CAM map before its ReLU, N x classes x 7 x 7: see `Hybrid.class_maps`."""
        places = features.shape[2] * features.shape[3]
        return torch.einsum("nchw,kc->nkhw", features, self.head.weight) / places
