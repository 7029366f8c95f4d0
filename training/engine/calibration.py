"""What a trained model needs before it is saved: temperature, rejection threshold, and the scale of its heat maps."""

from __future__ import annotations

from dataclasses import asdict

import torch
from torch import Tensor

from fashioncam.checkpoint import CheckpointInfo, LoadedModel
from fashioncam.messages import InputDescription
from fashioncam.models import complete_config
from fashioncam.models.base import Model, to_input
from training.base import metrics
from training.data.fashion_mnist import CLASSES, NOT_A_GARMENT, FashionMnist, WebcamPictures

from .class_maps import LogitsAndMaps
from .prediction import predict, predict_both_ways
from .recipe import Recipe

REJECTED_SHARE = 0.07  # of photographs of garments: the price of rejecting other objects


def calibrated(
    model: Model, recipe: Recipe, seed: int, dataset: FashionMnist, photos: WebcamPictures | None = None
) -> LoadedModel:
    """The trained model with all that a checkpoint holds; calibrated on the photographs where there are any."""
    logits = predict(model, dataset.validation.images, dataset.input)
    figures = {"validation_accuracy": metrics.accuracy(logits, dataset.validation.labels)}
    scale = map_scale(model, to_input(dataset.validation.images[:500], dataset.input))
    if photos is None:
        temperature, reject_below, found = on_validation(logits, dataset.validation.labels)
    else:
        temperature, reject_below, found = on_photographs(model, photos, dataset.input)
    return LoadedModel(
        model=model,
        input=dataset.input,
        classes=CLASSES,
        temperature=temperature,
        reject_below=reject_below,
        info=CheckpointInfo(
            model_name=recipe.model,
            config=complete_config(recipe.model, recipe.config),
            recipe=asdict(recipe),
            seed=seed,
            data_digest=dataset.digest,
            figures={**figures, **found, "class_map_scale": scale},
        ),
    )


def on_validation(logits: Tensor, labels: Tensor) -> tuple[float, float, dict[str, float]]:
    """For the data set, by the N x classes logits of the validation split: temperature, threshold, and figures."""
    temperature = metrics.fit_temperature(logits, labels)
    probabilities = (logits / temperature).softmax(dim=1)
    figures = {"validation_calibration_error": metrics.expected_calibration_error(probabilities, labels)}
    return temperature, metrics.fit_rejection_threshold(probabilities, labels), figures


def on_photographs(
    model: Model, photos: WebcamPictures, description: InputDescription
) -> tuple[float, float, dict[str, float]]:
    """The same for the camera: by photographs, each read together with its mirror image, as the program does."""
    labels = photos.photographs.labels
    logits = predict_both_ways(model, photos.photographs.images, description)
    temperature = metrics.fit_temperature(logits, labels)
    probabilities = (logits / temperature).softmax(dim=1)
    reject_below = probabilities.amax(dim=1).quantile(REJECTED_SHARE).item()
    others = photos.validation.images[photos.validation.labels == NOT_A_GARMENT]
    confidence = (predict_both_ways(model, others, description) / temperature).softmax(dim=1).amax(dim=1)
    figures = {
        "photo_accuracy": metrics.macro_accuracy(logits, labels),
        "photo_calibration_error": metrics.expected_calibration_error(probabilities, labels),
        "other_objects_rejected": (confidence < reject_below).float().mean().item(),
    }
    return temperature, reject_below, figures


@torch.no_grad()
def map_scale(model: Model, images: Tensor) -> float:
    """The value that a heat map shows at full strength: nine in ten pictures' maps stay below it.

    All maps are shown on this one scale, so their strength can be compared from frame to frame.
    """
    logits, all_maps = LogitsAndMaps(model)(images)
    maps = all_maps[torch.arange(len(images)), logits.argmax(dim=1)].relu()
    return maps.amax(dim=(1, 2)).quantile(0.9).item()
