"""The twins that come with the program against their checkpoints, and twins that are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from torch import Tensor

from fashioncam import checkpoint, resources
from fashioncam.checkpoint import CheckpointInfo, LoadedModel
from fashioncam.messages import InputDescription
from fashioncam.models import build
from fashioncam.pipeline.explanation.methods import OWN_METHODS
from fashioncam.pipeline.recognition.onnx_recogniser import METADATA_KEY, onnx_recogniser
from fashioncam.pipeline.recognition.torch_recogniser import torch_recogniser
from training.export import export_checkpoint

SHIPPED = ("hybrid", "hybrid-benchmark", "simplecnn")


def files_of(name: str) -> tuple[bytes, bytes]:
    """The twin that comes with the program, and its checkpoint."""
    weights = resources.own(resources.weights_of(name))
    return weights.with_suffix(".onnx").read_bytes(), weights.read_bytes()


@pytest.mark.parametrize("method", OWN_METHODS)
@pytest.mark.parametrize("name", SHIPPED)
def test_answers_and_explains_as_the_checkpoint_does(name: str, method: str, sample: tuple[Tensor, Tensor]) -> None:
    ours = onnx_recogniser(*files_of(name), method)
    theirs = torch_recogniser(checkpoint.load(resources.own(resources.weights_of(name))), method)
    assert (ours.runtime, theirs.runtime) == ("onnxruntime", "torch")
    assert ours.description == theirs.description
    for picture in sample[0][::80, 0].numpy():
        one, other = ours.classify(picture), theirs.classify(picture)
        assert one.probabilities.dtype == np.float32
        assert np.abs(one.probabilities - other.probabilities).max() < 1e-4
        for index in range(10) if method == "gradcam" else (0, 9):  # occlusion takes fifty passes a class
            assert one.heat_map(index).dtype == np.float32
            assert np.abs(one.heat_map(index) - other.heat_map(index)).max() < 1e-4


def test_weights_stored_in_half_precision_are_so_in_the_twin() -> None:
    twin, weights = files_of("simplecnn")
    assert len(twin) < 1.01 * len(weights)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, tiny_config: dict[str, int]) -> tuple[bytes, bytes]:
    """A sound twin and its checkpoint."""
    weights: Path = tmp_path_factory.mktemp("tiny") / "tiny.pth"
    torch.manual_seed(0)
    info = CheckpointInfo("hybrid", tiny_config, {}, 0, "", {"class_map_scale": 0.03})
    labels = tuple("ABCDEFGHIJ")
    loaded = LoadedModel(build("hybrid", tiny_config).eval(), InputDescription(28, 0.2, 0.3), labels, 1.0, 0.5, info)
    checkpoint.save(loaded, weights)
    export_checkpoint(loaded, weights, weights.with_suffix(".onnx"))
    return weights.with_suffix(".onnx").read_bytes(), weights.read_bytes()


def with_metadata(twin: bytes, change: dict[str, Any]) -> bytes:
    """The twin with some of what it says of itself changed; None leaves that out."""
    model = onnx.load_from_string(twin)
    entry = next(entry for entry in model.metadata_props if entry.key == METADATA_KEY)
    about = json.loads(entry.value)
    input_change = change.get("input", {})
    about |= {"input": about["input"] | input_change} if isinstance(input_change, dict) else {}
    about |= {name: value for name, value in change.items() if name != "input"}
    entry.value = json.dumps({name: value for name, value in about.items() if value is not None})
    return model.SerializeToString()


def test_sound_twin_is_taken(files: tuple[bytes, bytes]) -> None:
    assert onnx_recogniser(with_metadata(files[0], {}), files[1]).classes == tuple("ABCDEFGHIJ")


@pytest.mark.parametrize(
    "content",
    [b"", b"no network", b"\x08\x07", resources.own(resources.SEGMENTER).read_bytes()],
    ids=["empty", "text", "cut", "segmenter"],
)
def test_other_content_is_refused(content: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="not a sound model"):
        onnx_recogniser(content, b"")
    assert capfd.readouterr().err == ""


def test_twin_of_another_checkpoint_is_refused(files: tuple[bytes, bytes]) -> None:
    with pytest.raises(ValueError, match="another checkpoint"):
        onnx_recogniser(files[0], files[1] + b"x")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"checkpoint_sha256": None}, "checkpoint_sha256", id="no-checkpoint"),
        pytest.param({"temperature": None}, "temperature", id="no-temperature"),
        pytest.param({"temperature": float("nan")}, "temperature is nan", id="temperature-nan"),
        pytest.param({"temperature": "warm"}, "temperature is 'warm'", id="temperature-text"),
        pytest.param({"class_map_scale": 0.0}, "class_map_scale is 0.0", id="scale-0"),
        pytest.param({"reject_below": 1.5}, "reject_below is 1.5", id="reject-above-1"),
        pytest.param({"classes": list("ABCDEFGHI")}, "9 classes", id="nine-classes"),
        pytest.param({"classes": ["A"] * 10}, "different names", id="same-class-twice"),
        pytest.param({"input": {"std": 1e-40}}, "std is 1e-40", id="std-tiny"),
        pytest.param({"input": {"std": -1.0}}, "std is -1.0", id="std-negative"),
        pytest.param({"input": {"mean": float("inf")}}, "mean is inf", id="mean-infinite"),
        pytest.param({"input": {"size": 32}}, "InvalidArgument", id="size-the-model-cannot-take"),
        pytest.param({"input": {"gamma": 2.2}}, "gamma", id="unknown-field"),
    ],
)
def test_unsound_description_is_refused_in_one_line(
    files: tuple[bytes, bytes], change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        onnx_recogniser(with_metadata(files[0], change), files[1])
    assert len(str(caught.value).splitlines()) == 1


def test_answer_that_is_not_finite_is_refused(files: tuple[bytes, bytes]) -> None:
    model = onnx.load_from_string(files[0])
    bias = next(tensor for tensor in model.graph.initializer if tensor.name == "model.head.bias")
    bias.CopyFrom(onnx.numpy_helper.from_array(np.full(10, np.nan, np.float32), bias.name))
    with pytest.raises(ValueError, match="not finite"):
        onnx_recogniser(model.SerializeToString(), files[1])
