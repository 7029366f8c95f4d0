from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from fashioncam.checkpoint import CheckpointInfo, LoadedModel
from fashioncam.messages import InputDescription
from fashioncam.models import build
from fashioncam.models.base import to_input
from fashioncam.pipeline.explanation.methods import FULL_DROP
from fashioncam.pipeline.recognition.torch_recogniser import torch_recogniser
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
def picture(sample: tuple[Tensor, Tensor]) -> np.ndarray:
    return sample[0][0, 0].numpy()


@pytest.mark.parametrize(("name", "method"), METHODS, ids=lambda value: value)
def test_heat_maps_are_finite_and_in_range_and_not_all_empty(
    models: dict[str, LoadedModel], picture: np.ndarray, name: str, method: str
) -> None:
    classified = torch_recogniser(models[name], method).classify(picture)
    heat = np.stack([classified.heat_map(index) for index in range(4)])
    own_shapes = {"gradcam": {"hybrid": (7, 7), "simplecnn": (8, 8)}[name], "occlusion": (7, 7)}
    assert heat.shape[1:] == own_shapes.get(method, (28, 28))
    assert heat.dtype == np.float32
    assert np.isfinite(heat).all()
    assert heat.min() >= 0
    assert 0 < heat.max() <= 1


@pytest.mark.parametrize(("name", "method"), METHODS, ids=lambda value: value)
def test_model_answers_after_an_explanation_as_before(
    models: dict[str, LoadedModel], picture: np.ndarray, name: str, method: str
) -> None:
    recogniser = torch_recogniser(models[name], method)
    before = recogniser.classify(picture)
    before.heat_map(1)
    assert np.array_equal(recogniser.classify(picture).probabilities, before.probabilities)


@torch.no_grad()
def test_probabilities_are_the_softmax_of_the_tempered_logits(
    hybrid: LoadedModel, sample: tuple[Tensor, Tensor], picture: np.ndarray
) -> None:
    result = torch_recogniser(replace(hybrid, temperature=2.5)).classify(picture)
    expected = (hybrid.model(to_input(sample[0][:1], INPUT))[0] / 2.5).softmax(dim=0)
    assert result.probabilities.dtype == np.float32
    assert np.allclose(result.probabilities, expected.numpy(), atol=1e-6)


@torch.no_grad()
def test_grad_cam_is_the_models_class_map_over_the_checkpoints_scale(
    hybrid: LoadedModel, sample: tuple[Tensor, Tensor], picture: np.ndarray
) -> None:
    features = hybrid.model.forward_features(to_input(sample[0][:1], INPUT))
    class_map = hybrid.model.class_maps(features)[0, 2].relu().numpy()
    figures = {"class_map_scale": float(class_map.max()) / 2}  # so that one part is clipped and another is not
    loaded = replace(hybrid, info=replace(hybrid.info, figures=figures))
    heat = torch_recogniser(loaded).classify(picture).heat_map(2)
    assert np.allclose(heat, np.clip(class_map / figures["class_map_scale"], 0, 1), atol=1e-6)
    assert ((heat > 0) & (heat < 1)).any()


@torch.no_grad()
def test_occlusion_is_what_the_model_says_of_the_covered_picture(
    hybrid: LoadedModel, sample: tuple[Tensor, Tensor], picture: np.ndarray
) -> None:
    covered = sample[0][:1].clone()
    covered[:, :, 8:12, 12:16] = 0
    whole, without = (hybrid.model(to_input(images, INPUT))[0, 2] for images in (sample[0][:1], covered))
    heat = torch_recogniser(hybrid, "occlusion").classify(picture).heat_map(2)
    assert heat[2, 3] == pytest.approx(max(0.0, (whole - without).item() / FULL_DROP), abs=1e-6)


def test_description_is_the_checkpoints(hybrid: LoadedModel) -> None:
    recogniser = torch_recogniser(replace(hybrid, reject_below=0.7))
    assert (recogniser.input, recogniser.classes, recogniser.reject_below) == (INPUT, tuple("ABCDEFGHIJ"), 0.7)
    assert recogniser.runtime == "torch"
