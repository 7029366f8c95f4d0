"""Class maps in closed form against autograd, and against the grad-cam package."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.image import scale_cam_image
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor

from fashioncam import checkpoint, resources
from fashioncam.messages import InputDescription
from fashioncam.models import MODELS, build
from fashioncam.models.base import Model, to_input
from fashioncam.models.simplecnn import SimpleCNN


def shipped(name: str) -> Model:
    return checkpoint.load(resources.own(resources.weights_of(name))).model


def untrained(name: str) -> Model:
    torch.manual_seed(3)
    return build(name, {}).eval()


def pictures_for(sample: tuple[Tensor, Tensor]) -> Tensor:
    """Six sample pictures, normalised."""
    return to_input(sample[0][::70], InputDescription(28, 0.2861, 0.3531))


def by_gradient(model: Model, features: Tensor) -> Tensor:
    """Grad-CAM of all classes before the ReLU, by the letter of arXiv:1610.02391, equations 1 and 2."""
    leaf = features.detach().requires_grad_()
    logits = model.forward_head(leaf)
    maps = []
    for index in range(logits.shape[1]):
        gradient = model.as_maps(torch.autograd.grad(logits[:, index].sum(), leaf, retain_graph=True)[0])
        maps.append((gradient.mean(dim=(2, 3), keepdim=True) * model.as_maps(features)).sum(dim=1))
    return torch.stack(maps, dim=1)


@pytest.mark.parametrize("name", MODELS)
def test_every_models_closed_form_is_what_the_backward_pass_gives(name: str, sample: tuple[Tensor, Tensor]) -> None:
    model = untrained(name)
    with torch.no_grad():
        features = model.forward_features(pictures_for(sample))
        maps = model.class_maps(features)
    expected = by_gradient(model, features)
    assert maps.shape == expected.shape
    assert (maps - expected).abs().max() < 1e-4 * expected.abs().max()


@pytest.mark.parametrize("name", ["hybrid", "simplecnn"])
def test_of_trained_weights_too(name: str, sample: tuple[Tensor, Tensor]) -> None:
    model = shipped(name)
    with torch.no_grad():
        features = model.forward_features(pictures_for(sample))
        maps = model.class_maps(features)
    assert maps.abs().max() > 0.1, "the maps are empty, so the test would show nothing"
    assert (maps - by_gradient(model, features)).abs().max() < 1e-4


@torch.no_grad()
@pytest.mark.parametrize("name", ["hybrid", "wide_resnet"])
def test_maps_of_a_linear_head_sum_to_the_logit_without_its_bias(name: str, sample: tuple[Tensor, Tensor]) -> None:
    model = untrained(name)
    features = model.forward_features(pictures_for(sample))
    expected = model.forward_head(features) - model.head.bias
    assert (model.class_maps(features).sum(dim=(2, 3)) - expected).abs().max() < 1e-4


@torch.no_grad()
def test_hidden_units_that_are_off_explain_nothing() -> None:
    model = SimpleCNN().eval()
    model.classifier[0].bias.fill_(-1e6)
    assert model.class_maps(torch.rand(2, 64, 8, 8)).abs().max() == 0


@pytest.mark.parametrize("name", ["hybrid", "simplecnn"])
def test_equals_the_packages_grad_cam_for_every_class(name: str, sample: tuple[Tensor, Tensor]) -> None:
    # In float64: stretching an almost empty map magnifies float32's rounding to 2e-5.
    model = shipped(name).double()
    images = pictures_for(sample).double()
    package = GradCAM(model, target_layers=[model.target_layer], reshape_transform=model.as_maps)
    with torch.no_grad():
        features = model.forward_features(images)
    not_empty = 0
    for index in range(10):
        expected = package(images, [ClassifierOutputTarget(index)] * len(images))
        own = as_the_package_scales(model.class_maps(features)[:, index].relu())
        assert np.abs(own - expected).max() < 1e-6
        not_empty += np.count_nonzero(expected.max(axis=(1, 2)) > 0.9)
    assert not_empty > 10, "nearly all maps are empty, so the test has shown nothing"


def as_the_package_scales(class_maps: Tensor) -> np.ndarray:
    """N x h x w -> N x 28 x 28: each map stretched to 0..1, resized, and stretched again."""
    return scale_cam_image(scale_cam_image(class_maps.detach().numpy(), (28, 28)))
