"""The weights that come with the program, and what is recorded of them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from fashioncam import checkpoint, resources
from fashioncam.models.base import to_input
from fashioncam.runtime.loading import load_recogniser
from fashioncam.settings import Settings

# file -> parameters at most
SHIPPED = {"hybrid": 650_000, "hybrid-benchmark": 650_000, "simplecnn": 16_841_802}


@pytest.fixture(params=SHIPPED)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def loaded(name: str) -> checkpoint.LoadedModel:
    return checkpoint.load(resources.own(resources.weights_of(name)), name.split("-", maxsplit=1)[0])


def test_network_is_no_larger_than_promised(name: str, loaded: checkpoint.LoadedModel) -> None:
    assert sum(parameter.numel() for parameter in loaded.model.parameters()) <= SHIPPED[name]


@torch.no_grad()
def test_recorded_accuracy_is_that_of_the_sample(
    name: str, loaded: checkpoint.LoadedModel, sample: tuple[Tensor, Tensor]
) -> None:
    """400 pictures of the validation split: four standard errors of their accuracy are 4.7 points."""
    images, labels = sample
    named = loaded.model(to_input(images, loaded.input)).argmax(dim=1)
    right = (named == labels).float().mean().item()
    assert right == pytest.approx(loaded.info.figures["validation_accuracy"], abs=0.047)
    twin = load_recogniser(Settings(weights=resources.own(resources.weights_of(name))))
    assert twin.runtime == "onnxruntime"
    by_twin = [twin.classify(image).probabilities.argmax() for image in images[:, 0].numpy()]
    assert np.mean(np.array(by_twin) == named.numpy()) > 0.99
