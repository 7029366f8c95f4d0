from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from fashioncam import checkpoint, resources
from fashioncam.checkpoint import LoadedModel
from fashioncam.models import build
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


def test_model_whose_maps_need_a_backward_pass_gives_its_logits_alone(tmp_path: Path) -> None:
    class Small(torch.nn.Module):
        has_class_maps = False

        def forward_features(self, images: Tensor) -> Tensor:
            return images

        def forward_head(self, features: Tensor) -> Tensor:
            return features.flatten(1)[:, :10]

    assert len(export.LogitsAndMaps(Small())(torch.zeros(1, 1, 28, 28))) == 1
    assert not build("simplecnn", {}).has_class_maps
    assert build("hybrid", {}).has_class_maps


def test_twin_is_written_with_the_checkpoint_and_bound_to_it(tiny_hybrid: LoadedModel, tmp_path: Path) -> None:
    from fashioncam.pipeline.recognition.onnx_recogniser import ExportedRecogniser
    from fashioncam.runtime.loading import load_recogniser

    weights = tmp_path / "tiny.pth"
    export.save_with_twin(tiny_hybrid, weights)
    settings = Settings(model="hybrid", weights=weights)
    assert isinstance(load_recogniser(settings), ExportedRecogniser)
    assert not isinstance(
        load_recogniser(Settings(model="hybrid", weights=weights, cam_method="hirescam")), ExportedRecogniser
    )
    # Trained again, without its twin: what lies beside it is another model's.
    for parameter in tiny_hybrid.model.parameters():
        parameter.data += 0.01
    checkpoint.save(tiny_hybrid, weights)
    assert not isinstance(load_recogniser(settings), ExportedRecogniser)


@pytest.mark.parametrize("content", [b"", b"no network", b"\x08\x07"], ids=["empty", "text", "cut"])
def test_damaged_twin_is_passed_over(tiny_hybrid: LoadedModel, tmp_path: Path, content: bytes) -> None:
    from fashioncam.pipeline.recognition.torch_recogniser import TorchRecogniser
    from fashioncam.runtime.loading import load_recogniser

    checkpoint.save(tiny_hybrid, tmp_path / "tiny.pth")
    (tmp_path / "tiny.onnx").write_bytes(content)
    assert isinstance(load_recogniser(Settings(model="hybrid", weights=tmp_path / "tiny.pth")), TorchRecogniser)


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
