from __future__ import annotations

import subprocess
import sys
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.image import scale_cam_image
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor

from fashioncam.checkpoint import CheckpointInfo, LoadedModel
from fashioncam.errors import UserError
from fashioncam.messages import InputDescription
from fashioncam.models import build
from fashioncam.models.base import Model, to_input
from fashioncam.models.hybrid import Hybrid
from fashioncam.pipeline.explanation.methods import FULL_DROP, explainer, grad_cam, occlusion
from fashioncam.pipeline.recognition.torch_recogniser import TorchRecogniser
from fashioncam.settings import CAM_METHODS

INPUT = InputDescription(size=28, mean=0.2861, std=0.3531)
METHODS = [(m, c) for m in ("hybrid", "simplecnn") for c in CAM_METHODS]


def untrained(name: str, config: dict[str, int]) -> LoadedModel:
    torch.manual_seed(3)
    info = CheckpointInfo(name, config, recipe={}, seed=0, data_digest="", figures={"class_map_scale": 0.01})
    return LoadedModel(build(name, config).eval(), INPUT, tuple("ABCDEFGHIJ"), 1.0, 0.5, info)


@pytest.fixture(scope="module")
def models(tiny_config: dict[str, int]) -> dict[str, LoadedModel]:
    return {"hybrid": untrained("hybrid", tiny_config), "simplecnn": untrained("simplecnn", {})}


@pytest.fixture(scope="module")
def hybrid(models: dict[str, LoadedModel]) -> LoadedModel:
    return models["hybrid"]


@pytest.fixture(scope="module")
def images(sample: tuple[Tensor, Tensor]) -> Tensor:
    """Four sample pictures as a model wants them."""
    return to_input(sample[0][:4], INPUT)


def as_the_package_scales(class_maps: Tensor) -> np.ndarray:
    """N x h x w -> N x 28 x 28: each map stretched to 0..1, resized, and stretched again."""
    return scale_cam_image(scale_cam_image(class_maps.detach().numpy(), (28, 28)))


class TestClassMap:
    @torch.no_grad()
    def test_hybrids_maps_sum_to_the_logit_without_its_bias(self, hybrid: LoadedModel, images: Tensor) -> None:
        model = hybrid.model
        assert isinstance(model, Hybrid)
        features = model.forward_features(images)
        maps = model.class_maps(features)
        assert maps.shape == (4, 10, 7, 7)
        expected = model.forward_head(features) - model.head.bias
        assert (maps.sum(dim=(2, 3)) - expected).abs().max() < 1e-5

    @torch.no_grad()
    def test_hybrids_closed_form_is_what_the_backward_pass_gives(self, hybrid: LoadedModel, images: Tensor) -> None:
        features = hybrid.model.forward_features(images)
        for index in range(10):
            by_gradient = Model.class_map(hybrid.model, features, index)
            assert torch.allclose(hybrid.model.class_map(features, index), by_gradient, atol=1e-6)

    @pytest.mark.parametrize("name", ["hybrid", "simplecnn"])
    def test_equals_the_packages_grad_cam_for_every_class(
        self, models: dict[str, LoadedModel], images: Tensor, name: str
    ) -> None:
        # In float64: stretching an almost empty map magnifies float32's rounding to 2e-5.
        model, images = deepcopy(models[name].model).double(), images.double()
        package = GradCAM(model, target_layers=[model.target_layer], reshape_transform=model.as_maps)
        with torch.no_grad():
            features = model.forward_features(images)
        not_empty = 0
        for index in range(10):
            expected = package(images, [ClassifierOutputTarget(index)] * len(images))
            own = as_the_package_scales(model.class_map(features, index))
            assert np.abs(own - expected).max() < 1e-6
            not_empty += np.count_nonzero(expected.max(axis=(1, 2)) > 0.9)
        assert not_empty > 10, "nearly all maps are empty, so the test has shown nothing"

    def test_leaves_no_gradient_on_the_model(self, images: Tensor) -> None:
        model = untrained("simplecnn", {}).model
        with torch.no_grad():
            model.class_map(model.forward_features(images), 0)
        assert all(parameter.grad is None for parameter in model.parameters())


class TestFixedScale:
    @torch.no_grad()
    @pytest.mark.parametrize("name", ["hybrid", "simplecnn"])
    def test_heat_is_the_class_map_over_the_checkpoints_scale(
        self, models: dict[str, LoadedModel], images: Tensor, name: str
    ) -> None:
        model = models[name].model
        features = model.forward_features(images[:1])
        class_map = model.class_map(features, 2)[0].numpy()
        scale = float(class_map.max()) / 2  # so that one part is clipped and another is not
        figures = {"class_map_scale": scale}
        loaded = replace(models[name], info=replace(models[name].info, figures=figures))
        heat = grad_cam(loaded)(images[:1], features, 2)
        assert heat.dtype == np.float32
        assert np.allclose(heat, np.clip(class_map / scale, 0, 1), atol=1e-6)
        assert heat.max() == 1
        assert ((heat > 0) & (heat < 1)).any()

    @torch.no_grad()
    def test_weaker_features_look_weaker(self, hybrid: LoadedModel, images: Tensor) -> None:
        features = hybrid.model.forward_features(images[:1])
        strongest = hybrid.model.class_map(features, 2).max().item()
        figures = {"class_map_scale": 2 * strongest}
        explain = grad_cam(replace(hybrid, info=replace(hybrid.info, figures=figures)))
        assert explain(images[:1], features, 2).max() == pytest.approx(0.5)
        assert explain(images[:1], features / 4, 2).max() == pytest.approx(0.125)


class TestOcclusion:
    @torch.no_grad()
    def test_heat_is_what_the_logit_loses_without_the_patch(self, hybrid: LoadedModel, images: Tensor) -> None:
        image = images[:1]
        whole = hybrid.model(image)[0, 2]
        covered = image.clone()
        covered[:, :, 8:12, 12:16] = (0 - INPUT.mean) / INPUT.std
        expected = (whole - hybrid.model(covered)[0, 2]).item() / FULL_DROP
        heat = occlusion(hybrid)(image, hybrid.model.forward_features(image), 2)
        assert heat.shape == (7, 7)
        assert heat[2, 3] == pytest.approx(max(0.0, expected), abs=1e-6)

    @torch.no_grad()
    def test_nothing_is_hot_where_nothing_is(self, hybrid: LoadedModel) -> None:
        blank = torch.full((1, 1, 28, 28), (0 - INPUT.mean) / INPUT.std)
        assert occlusion(hybrid)(blank, hybrid.model.forward_features(blank), 2).max() == 0

    def test_input_that_has_no_whole_patches_is_refused(self, hybrid: LoadedModel) -> None:
        with pytest.raises(UserError, match="multiple of 7"):
            occlusion(replace(hybrid, input=replace(INPUT, size=32)))

    @torch.no_grad()
    def test_picture_is_not_changed(self, hybrid: LoadedModel, images: Tensor) -> None:
        before = images.clone()
        occlusion(hybrid)(images[:1], hybrid.model.forward_features(images[:1]), 2)
        assert torch.equal(images, before)


class TestMethods:
    @pytest.mark.parametrize(("name", "method"), METHODS, ids=lambda value: value)
    def test_heat_maps_are_finite_and_in_range_and_not_all_empty(
        self, models: dict[str, LoadedModel], sample: tuple[Tensor, Tensor], name: str, method: str
    ) -> None:
        loaded = models[name]
        classified = TorchRecogniser(loaded, explainer(loaded, method)).classify(sample[0][0, 0].numpy())
        heat = np.stack([classified.heat_map(index) for index in range(4)])
        own_shapes = {"gradcam": {"hybrid": (7, 7), "simplecnn": (8, 8)}[name], "occlusion": (7, 7)}
        assert heat.shape[1:] == own_shapes.get(method, (28, 28))
        assert heat.dtype == np.float32
        assert np.isfinite(heat).all()
        assert heat.min() >= 0
        assert 0 < heat.max() <= 1

    @pytest.mark.parametrize(("name", "method"), METHODS, ids=lambda value: value)
    def test_model_answers_as_before(
        self, models: dict[str, LoadedModel], images: Tensor, name: str, method: str
    ) -> None:
        model = models[name].model
        with torch.no_grad():
            before, features = model(images), model.forward_features(images[:1])
        explainer(models[name], method)(images[:1], features, 1)
        with torch.no_grad():
            assert torch.equal(model(images), before)

    def test_package_is_not_imported_until_it_is_wanted(self) -> None:
        code = (
            "import sys; from fashioncam.pipeline import explanation; "
            "sys.exit('pytorch_grad_cam' in sys.modules or 'matplotlib' in sys.modules)"
        )
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class TestClassify:
    @torch.no_grad()
    def test_probabilities_are_the_softmax_of_the_tempered_logits(
        self, hybrid: LoadedModel, images: Tensor, sample: tuple[Tensor, Tensor]
    ) -> None:
        loaded = replace(hybrid, temperature=2.5)
        result = TorchRecogniser(loaded, grad_cam(loaded)).classify(sample[0][0, 0].numpy())
        expected = (hybrid.model(images[:1])[0] / 2.5).softmax(dim=0)
        assert result.probabilities.dtype == np.float32
        assert np.allclose(result.probabilities, expected.numpy(), atol=1e-6)
        assert torch.equal(result.images, images[:1])
        assert torch.equal(result.features, hybrid.model.forward_features(images[:1]))

    def test_recogniser_passes_on_the_checkpoints_description(self, hybrid: LoadedModel) -> None:
        loaded = replace(hybrid, reject_below=0.7)
        recogniser = TorchRecogniser(loaded, grad_cam(loaded))
        assert (recogniser.input, recogniser.classes, recogniser.reject_below) == (INPUT, tuple("ABCDEFGHIJ"), 0.7)
