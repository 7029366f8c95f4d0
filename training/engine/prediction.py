"""What a model says of whole splits, and the figures of an epoch that come from that."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fashioncam.messages import InputDescription
from fashioncam.models.base import to_input
from training.base import metrics
from training.data.fashion_mnist import NOT_A_GARMENT, Split


@torch.inference_mode()
def predict(model: nn.Module, images: Tensor, description: InputDescription, precision: str = "fp32") -> Tensor:
    """Logits of N x 1 x S x S uint8 pictures, N x classes float32 on the CPU."""
    model.eval()
    with torch.autocast(images.device.type, torch.bfloat16, enabled=precision == "bf16"):
        # Larger batches are slower: their memory is allocated anew each time.
        return torch.cat([model(to_input(batch, description)).float().cpu() for batch in images.split(200)])


def predict_both_ways(model: nn.Module, images: Tensor, description: InputDescription) -> Tensor:
    """Mean of the logits of pictures and of their mirrors, N x classes float32.

    The program pools what it says of an item that is held still in the same way.
    """
    return (predict(model, images, description) + predict(model, images.flip(-1), description)) / 2


def composite_figures(
    model: nn.Module, validation: Split, description: InputDescription, precision: str
) -> dict[str, float]:
    """Accuracy on composites, mean over the classes; and how sure the model is of garments and of other objects."""
    probabilities = predict(model, validation.images, description, precision).softmax(dim=1)
    labels = validation.labels.cpu()
    garments = labels != NOT_A_GARMENT
    confidence = probabilities.amax(dim=1)
    return {
        "composite_accuracy": metrics.macro_accuracy(probabilities[garments], labels[garments]),
        "garment_confidence": confidence[garments].mean().item(),
        "other_confidence": confidence[~garments].mean().item(),
    }
