"""The weights that come with the program."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from fashioncam import bundled, checkpoint
from fashioncam.models.base import to_input

# model -> parameters at most, and the least accuracy on Fashion-MNIST's test split
PROMISED = {"hybrid": (650_000, 0.935), "simplecnn": (16_841_802, 0.925)}


@pytest.fixture(params=PROMISED)
def loaded(request: pytest.FixtureRequest) -> checkpoint.LoadedModel:
    return checkpoint.load(bundled.own(bundled.weights_of(request.param)), request.param)


def test_recorded_figures_keep_the_promise(loaded: checkpoint.LoadedModel) -> None:
    parameters, accuracy = PROMISED[loaded.info.model_name]
    assert sum(p.numel() for p in loaded.model.parameters()) <= parameters
    assert loaded.info.figures["test_accuracy"] >= accuracy


@torch.no_grad()
def test_sample_is_named_as_the_figures_say(loaded: checkpoint.LoadedModel, sample: tuple[Tensor, Tensor]) -> None:
    """400 pictures of the validation split; four standard errors below its accuracy are 4.7 points."""
    images, labels = sample
    right = loaded.model(to_input(images, loaded.input)).argmax(dim=1) == labels
    assert right.float().mean().item() > loaded.info.figures["validation_accuracy"] - 0.047
