from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import onnx
import pytest
import torch
from torch import Tensor

from fashioncam import checkpoint, resources
from fashioncam.checkpoint import LoadedModel
from fashioncam.models import build
from fashioncam.runtime.loading import load_recogniser
from fashioncam.settings import Settings
from training import export
from training.data import fashion_mnist


@pytest.fixture
def dataset(sample: tuple[Tensor, Tensor], monkeypatch: pytest.MonkeyPatch, tiny_hybrid: LoadedModel) -> None:
    split = fashion_mnist.Split(*sample)
    known = fashion_mnist.FashionMnist(split, split, split, tiny_hybrid.input, "digest of this data")
    monkeypatch.setattr(fashion_mnist, "load", lambda folder: known)


def test_exported_file_answers_as_torch_does(
    tiny_hybrid: LoadedModel,
    tmp_path: Path,
    dataset: None,
    capsys: pytest.CaptureFixture[str],
    sample: tuple[Tensor, Tensor],
) -> None:
    checkpoint.save(tiny_hybrid, tmp_path / "tiny.pth")
    assert export.main([str(tmp_path / "tiny.pth")]) == 0
    assert "of torch on 100 pictures" in capsys.readouterr().out
    assert export.largest_difference(tiny_hybrid, tmp_path / "tiny.onnx", sample[0]) < 1e-4
    assert str(Path(export.__file__).parent).encode() not in (tmp_path / "tiny.onnx").read_bytes()


def test_place_that_cannot_be_written_is_one_line_and_exit_code_2(
    tiny_hybrid: LoadedModel, tmp_path: Path, dataset: None, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint.save(tiny_hybrid, tmp_path / "tiny.pth")
    assert export.main([str(tmp_path / "tiny.pth"), "--onnx", str(tmp_path / "tiny.pth" / "tiny.onnx")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("apart", [0.1, float("nan")])
def test_inexact_file_is_refused_and_the_one_before_stays(
    apart: float,
    tiny_hybrid: LoadedModel,
    tmp_path: Path,
    dataset: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    checkpoint.save(tiny_hybrid, tmp_path / "tiny.pth")
    (tmp_path / "tiny.onnx").write_bytes(b"the one before")
    monkeypatch.setattr(export, "largest_difference", lambda *arguments: apart)
    assert export.main([str(tmp_path / "tiny.pth")]) == 2
    assert "not exact" in capsys.readouterr().err
    assert (tmp_path / "tiny.onnx").read_bytes() == b"the one before"
    assert {path.suffix for path in tmp_path.iterdir()} == {".pth", ".onnx"}


def other_model(loaded: LoadedModel, name: str, config: dict[str, int]) -> LoadedModel:
    """An untrained model of another kind, described as `loaded` is."""
    torch.manual_seed(0)
    return replace(loaded, model=build(name, config).eval(), info=replace(loaded.info, model_name=name, config=config))


@pytest.mark.parametrize(
    ("name", "config", "half"),
    [
        pytest.param("simplecnn", {}, True, id="simplecnn-half"),
        pytest.param("wide_resnet", {"depth": 10, "widen": 1}, False, id="wide_resnet-single"),
    ],
)
def test_every_model_gets_a_twin_in_the_precision_that_it_is_stored_in(
    tiny_hybrid: LoadedModel,
    tmp_path: Path,
    name: str,
    config: dict[str, int],
    half: bool,
    sample: tuple[Tensor, Tensor],
) -> None:
    weights, twin = tmp_path / "other.pth", tmp_path / "other.onnx"
    export.save_with_twin(other_model(tiny_hybrid, name, config), weights, half)
    recogniser = load_recogniser(Settings(weights=weights))
    assert (recogniser.runtime, recogniser.description.model) == ("onnxruntime", name)
    assert export.largest_difference(checkpoint.load(weights), twin, sample[0][::20]) < 1e-4
    types = {tensor.data_type for tensor in onnx.load(twin).graph.initializer}
    assert (onnx.TensorProto.FLOAT16 in types) == half


@pytest.mark.parametrize("package", ["onnx", "onnxscript"])
def test_without_the_packages_that_write_onnx_the_checkpoint_is_saved_and_one_line_says_so(
    tiny_hybrid: LoadedModel,
    tmp_path: Path,
    package: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    export.save_with_twin(tiny_hybrid, tmp_path / "tiny.pth")
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "tiny.onnx is not written" in said
    assert "python -m pip install onnx onnxscript" in said
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.pth"]


def test_missing_data_set_is_noticed_before_anything_is_written(tiny_hybrid: LoadedModel, tmp_path: Path) -> None:
    checkpoint.save(tiny_hybrid, tmp_path / "tiny.pth")
    assert export.main([str(tmp_path / "tiny.pth"), "--data", str(tmp_path / "nowhere")]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.pth"]


def test_segmenter_is_not_replaced(
    tiny_hybrid: LoadedModel, tmp_path: Path, dataset: None, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint.save(tiny_hybrid, tmp_path / "tiny.pth")
    assert export.main([str(tmp_path / "tiny.pth"), "--onnx", str(resources.own(resources.SEGMENTER))]) == 2
    assert "would replace the segmenter" in capsys.readouterr().err
