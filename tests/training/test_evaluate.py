from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from fashioncam import checkpoint
from fashioncam.checkpoint import LoadedModel
from training import data, evaluate


@pytest.fixture
def weights(tiny_hybrid: LoadedModel, tmp_path: Path) -> Path:
    path = tmp_path / "tiny.pth"
    checkpoint.save(replace(tiny_hybrid, reject_below=0.0), path, half=True)
    return path


@pytest.fixture
def dataset(
    sample: tuple[Tensor, Tensor], tiny_hybrid: LoadedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> data.FashionMnist:
    """A data set whose three splits differ, so that reading the wrong one shows."""
    images, labels = sample
    parts = [data.Split(images[at::3], labels[at::3]) for at in range(3)]
    dataset = data.FashionMnist(*parts, input=tiny_hybrid.input, digest="digest")
    monkeypatch.setattr(data, "load", lambda folder: dataset)
    monkeypatch.chdir(tmp_path)
    return dataset


@torch.no_grad()
def test_figures_are_the_test_splits(
    weights: Path, dataset: data.FashionMnist, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate.main([str(weights)]) == 0
    loaded = checkpoint.load(weights)
    grey = dataset.test.images.float() / 255
    named = loaded.model((grey - loaded.input.mean) / loaded.input.std).argmax(dim=1)
    expected = (named == dataset.test.labels).float().mean().item()
    assert f"accuracy {expected:.4f} (" in capsys.readouterr().out
    assert "test_accuracy" not in loaded.info.figures


def test_record_adds_the_figures_and_changes_nothing_else(weights: Path, dataset: data.FashionMnist) -> None:
    before, size = checkpoint.load(weights), weights.stat().st_size
    assert evaluate.main([str(weights), "--record"]) == 0
    after = checkpoint.load(weights)
    assert set(after.info.figures) - set(before.info.figures) == {
        "test_accuracy",
        "test_calibration_error",
        "test_accepted_share",
        "test_accepted_accuracy",
    }
    assert after.temperature == before.temperature
    assert all(torch.equal(a, b) for a, b in zip(after.model.parameters(), before.model.parameters(), strict=True))
    assert abs(weights.stat().st_size - size) < 2000  # still in half precision


def test_model_that_is_never_sure_can_be_recorded(
    tiny_hybrid: LoadedModel, weights: Path, dataset: data.FashionMnist
) -> None:
    checkpoint.save(replace(tiny_hybrid, reject_below=1.0), weights)
    assert evaluate.main([str(weights), "--record"]) == 0
    assert checkpoint.load(weights).info.figures["test_accepted_share"] == 0


def test_missing_weights_are_one_line_and_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate.main([str(tmp_path / "missing.pth")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
