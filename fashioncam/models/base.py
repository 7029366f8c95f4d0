"""The base class of every architecture."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from fashioncam.errors import UserError
from fashioncam.messages import InputDescription


class Model(nn.Module, ABC):
    """A classifier in two halves, with the layer that its explanations look at in between."""

    @property
    @abstractmethod
    def target_layer(self) -> nn.Module:
        """The layer whose output `forward_features` returns (what Grad-CAM calls the target layer)."""

    @abstractmethod
    def forward_features(self, images: Tensor) -> Tensor:
        """N x 1 x 28 x 28 float32 -> features: N x C x h x w, or N x (h*w) x C for tokens."""

    @abstractmethod
    def forward_head(self, features: Tensor) -> Tensor:
        """Features as `forward_features` returns them -> N x classes logits."""

    def forward(self, images: Tensor) -> Tensor:
        """N x 1 x 28 x 28 float32 -> N x classes logits."""
        return self.forward_head(self.forward_features(images))

    @staticmethod
    def as_maps(features: Tensor) -> Tensor:
        """Features as N x C x h x w maps; tokens are laid out in their square, row by row."""
        if features.ndim == 4:
            return features
        n, tokens, channels = features.shape
        side = round(tokens**0.5)
        return features.transpose(1, 2).reshape(n, channels, side, side)

    @abstractmethod
    def class_maps(self, features: Tensor) -> Tensor:
        """Grad-CAM (arXiv:1610.02391, equations 1 and 2) of every class before its ReLU: N x classes x h x w.

        In closed form, without a backward pass, so that ONNX Runtime computes them too.
        """


def find_device(wanted: str) -> torch.device:
    """The device for "cpu", "cuda" or "mps", or the fastest there is for "auto"; UserError where it is missing."""
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    name = next(name for name, is_there in available.items() if is_there) if wanted == "auto" else wanted
    if not available[name]:
        raise UserError(f"--compute {wanted}: torch finds no such device here; leave it out, or give --compute cpu")
    return torch.device(name)


def to_input(images: Tensor, description: InputDescription) -> Tensor:
    """Grey pictures N x 1 x 28 x 28, uint8 or float in 0..255, normalised: float32."""
    return (images.float() / 255 - description.mean) / description.std
