"""Temperature and rejection threshold of a model for the camera."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from fashioncam.checkpoint import LoadedModel
from training.base import metrics
from training.data import fashion_mnist
from training.engine import calibration
from training.engine.prediction import predict
from training.engine.recipe import Recipe


class TestCalibrationForTheCamera:
    """On what the program says of an item that it reads in every other frame in its mirror."""

    @pytest.fixture
    def calibrated(self, dataset: fashion_mnist.FashionMnist, tiny: Recipe, tiny_hybrid: LoadedModel) -> LoadedModel:
        none = fashion_mnist.Split(dataset.train.images[:0], dataset.train.labels[:0])
        others = fashion_mnist.Split(
            dataset.train.images, torch.full_like(dataset.train.labels, fashion_mnist.NOT_A_GARMENT)
        )
        photos = fashion_mnist.WebcamPictures(none, others, none, dataset.validation)
        return calibration.calibrated(tiny_hybrid.model, tiny, 0, dataset, photos)

    @pytest.fixture
    def both_ways(self, dataset: fashion_mnist.FashionMnist, tiny_hybrid: LoadedModel) -> Callable[[Tensor], Tensor]:
        return lambda images: torch.stack(
            [predict(tiny_hybrid.model, seen, dataset.input) for seen in (images, images.flip(-1))]
        ).mean(dim=0)

    def test_temperature_and_threshold_are_those_of_photographs_read_both_ways(
        self, calibrated: LoadedModel, both_ways: Callable[[Tensor], Tensor], dataset: fashion_mnist.FashionMnist
    ) -> None:
        logits, labels = both_ways(dataset.validation.images), dataset.validation.labels
        probabilities = (logits / calibrated.temperature).softmax(dim=1)
        assert calibrated.temperature == pytest.approx(metrics.fit_temperature(logits, labels))
        rejected = (probabilities.amax(dim=1) < calibrated.reject_below).float().mean().item()
        assert rejected == pytest.approx(calibration.REJECTED_SHARE, abs=0.01)
        error = metrics.expected_calibration_error(probabilities, labels)
        assert calibrated.info.figures["photo_accuracy"] == pytest.approx(metrics.macro_accuracy(logits, labels))
        assert calibrated.info.figures["photo_calibration_error"] == pytest.approx(error, abs=1e-5)

    def test_so_is_the_share_of_other_objects_that_is_rejected(
        self, calibrated: LoadedModel, both_ways: Callable[[Tensor], Tensor], dataset: fashion_mnist.FashionMnist
    ) -> None:
        confidence = (both_ways(dataset.train.images) / calibrated.temperature).softmax(dim=1).amax(dim=1)
        rejected = (confidence < calibrated.reject_below).float().mean().item()
        assert calibrated.info.figures["other_objects_rejected"] == pytest.approx(rejected)
