"""Penalises evidence for a class beside the garment: "right for the right reasons" (arXiv:1703.03717)."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def background_evidence(class_maps: Tensor, images: Tensor) -> tuple[Tensor, Tensor]:
    """The evidence for a class at places without garment, as a sum of squares; 0 where there is none.

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
