"""The weights that come with the program."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from fashioncam import checkpoint, resources
from fashioncam.models.base import to_input

# file -> parameters at most, the least accuracy on Fashion-MNIST's test split, and on photographs of owners left out
PROMISED = {
    "hybrid": (650_000, 0.952, 0.72),
    "hybrid-benchmark": (650_000, 0.956, None),
    "simplecnn": (16_841_802, 0.942, 0.75),
}


@pytest.fixture(params=PROMISED)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def loaded(name: str) -> checkpoint.LoadedModel:
    return checkpoint.load(resources.own(resources.weights_of(name)), name.split("-", maxsplit=1)[0])


def test_recorded_figures_keep_the_promise(name: str, loaded: checkpoint.LoadedModel) -> None:
    parameters, accuracy, photo_accuracy = PROMISED[name]
    assert sum(p.numel() for p in loaded.model.parameters()) <= parameters
    assert loaded.info.figures["test_accuracy"] >= accuracy
    if photo_accuracy is not None:
        assert loaded.info.figures["photo_accuracy"] >= photo_accuracy


@torch.no_grad()
def test_sample_is_named_as_the_figures_say(loaded: checkpoint.LoadedModel, sample: tuple[Tensor, Tensor]) -> None:
    """400 pictures of the validation split; four standard errors below its accuracy are 4.7 points."""
    images, labels = sample
    right = loaded.model(to_input(images, loaded.input)).argmax(dim=1) == labels
    assert right.float().mean().item() > loaded.info.figures["validation_accuracy"] - 0.047
