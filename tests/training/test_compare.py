from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from pages import assert_self_contained
from torch import Tensor
from torch.nn import functional as F

from fashioncam import checkpoint
from fashioncam.checkpoint import LoadedModel
from training import compare
from training.data import fashion_mnist
from training.engine.prediction import predict
from training.reports import evaluation


@pytest.fixture
def weights(tiny_hybrid: LoadedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three checkpoints: a model, itself again, and one that names everything class 3."""
    for name in ("a", "b"):
        checkpoint.save(tiny_hybrid, tmp_path / f"{name}.pth")
    with torch.no_grad():
        tiny_hybrid.model.head.bias[3] = 99.0  # type: ignore[index,union-attr]
    checkpoint.save(replace(tiny_hybrid, temperature=2.0), tmp_path / "c.pth")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(evaluation, "latency_ms", lambda recogniser: 1.5)
    return ["a.pth", "b.pth", "c.pth"]


@pytest.fixture
def validation(
    sample: tuple[Tensor, Tensor], tiny_hybrid: LoadedModel, monkeypatch: pytest.MonkeyPatch
) -> fashion_mnist.Split:
    """All that the data set has: no other split may be read."""
    unread = fashion_mnist.Split(torch.empty(0), torch.empty(0))
    dataset = fashion_mnist.FashionMnist(
        unread, fashion_mnist.Split(*sample), unread, input=tiny_hybrid.input, digest="digest"
    )
    monkeypatch.setattr(fashion_mnist, "load", lambda folder: dataset)
    return dataset.validation


def test_table_has_each_checkpoint_and_each_pair(
    weights: list[str], validation: fashion_mnist.Split, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare.main([*weights, "--out", "out"]) == 0
    found = json.loads(Path("out/comparison.json").read_text())
    loaded = checkpoint.load(Path("a.pth"))
    named = predict(loaded.model, validation.images, loaded.input).argmax(dim=1)
    right = int((named == validation.labels).sum())
    assert [one["accuracy"] for one in found["checkpoints"]] == [right / 400, right / 400, 0.1]
    third = checkpoint.load(Path("c.pth"))
    tempered = predict(third.model, validation.images, third.input) / 2
    assert found["checkpoints"][2]["loss"] == pytest.approx(
        F.cross_entropy(tempered, validation.labels).item(), rel=1e-5
    )
    assert [(pair["first"], pair["second"]) for pair in found["pairs"]] == [
        ("a.pth", "b.pth"),
        ("a.pth", "c.pth"),
        ("b.pth", "c.pth"),
    ]
    same, other, again = found["pairs"]
    assert (same["only_first_right"], same["only_second_right"], same["p_value"]) == (0, 0, 1.0)
    assert other["p_value"] == again["p_value"]
    assert other["only_first_right"] - other["only_second_right"] == right - 40
    printed = capsys.readouterr().out
    assert "c.pth  10.00 % (" in printed
    assert "1.50 in torch" in printed


def test_page_holds_its_picture(weights: list[str], validation: fashion_mnist.Split) -> None:
    assert compare.main([*weights, "--out", "out"]) == 0
    assert Path("out/comparison.png").stat().st_size > 1000
    page = Path("out/comparison.html").read_text()
    assert_self_contained(page, 1)
    assert page.count("not told apart") >= 1


@pytest.mark.parametrize(
    "arguments", [["a.pth"], ["a.pth", "a.pth"], ["a.pth", "missing.pth"], ["a.pth", "b.pth", "--out", "a.pth"]]
)
def test_errors_of_the_user_are_one_line_and_exit_code_2(
    arguments: list[str], weights: list[str], validation: fashion_mnist.Split, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare.main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1
