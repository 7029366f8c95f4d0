from __future__ import annotations

import json
from dataclasses import replace
from math import log
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from matplotlib.figure import Figure
from pages import assert_self_contained
from torch import Tensor

from fashioncam import checkpoint, resources
from fashioncam.checkpoint import LoadedModel
from training import compare, evaluate, explain
from training.data import fashion_mnist
from training.reports import evaluation, plots

PICTURES = {"confusion.png", "confusion-normalised.png", "roc.png", "reliability.png", "mistakes.png"}


@pytest.fixture
def weights(tiny_hybrid: LoadedModel, tmp_path: Path) -> Path:
    path = tmp_path / "tiny.pth"
    checkpoint.save(replace(tiny_hybrid, reject_below=0.0), path, half=True)
    return path


@pytest.fixture
def dataset(
    sample: tuple[Tensor, Tensor], tiny_hybrid: LoadedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> fashion_mnist.FashionMnist:
    """A data set whose three splits differ, so that reading the wrong one shows."""
    images, labels = sample
    parts = [fashion_mnist.Split(images[at::3], labels[at::3]) for at in range(3)]
    dataset = fashion_mnist.FashionMnist(*parts, input=tiny_hybrid.input, digest="digest")
    monkeypatch.setattr(fashion_mnist, "load", lambda folder: dataset)
    monkeypatch.chdir(tmp_path)
    return dataset


@pytest.fixture
def blank_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves a report's pictures empty: they take five seconds, of no use where figures alone are looked at."""
    blank = {Path(name).stem: Figure(figsize=(1, 1)) for name in PICTURES}
    monkeypatch.setattr(plots, "of_evaluation", lambda *_: blank)


@pytest.mark.usefixtures("blank_pictures")
@torch.no_grad()
def test_figures_are_the_test_splits(
    weights: Path, dataset: fashion_mnist.FashionMnist, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate.main([str(weights)]) == 0
    loaded = checkpoint.load(weights)
    grey = dataset.test.images.float() / 255
    named = loaded.model((grey - loaded.input.mean) / loaded.input.std).argmax(dim=1)
    expected = (named == dataset.test.labels).float().mean().item()
    assert f"accuracy {expected:.4f} (" in capsys.readouterr().out
    assert "test_accuracy" not in loaded.info.figures


@pytest.mark.usefixtures("blank_pictures")
def test_record_adds_the_figures_and_changes_nothing_else(weights: Path, dataset: fashion_mnist.FashionMnist) -> None:
    before, size = checkpoint.load(weights), weights.stat().st_size
    assert evaluate.main([str(weights), "--record"]) == 0
    after = checkpoint.load(weights)
    assert set(after.info.figures) - set(before.info.figures) == {
        "test_accuracy",
        "test_calibration_error",
        "test_accepted_share",
        "test_accepted_accuracy",
    }
    assert weights.with_suffix(".onnx").is_file()
    assert after.temperature == before.temperature
    assert all(torch.equal(a, b) for a, b in zip(after.model.parameters(), before.model.parameters(), strict=True))
    assert abs(weights.stat().st_size - size) < 2000  # still in half precision


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.parametrize("is_stale", [True, False], ids=["of another checkpoint", "damaged"])
def test_exported_file_that_is_not_of_the_checkpoint_is_not_measured(
    tiny_hybrid: LoadedModel, weights: Path, dataset: fashion_mnist.FashionMnist, is_stale: bool
) -> None:
    shipped = resources.own(Path("weights/hybrid.onnx")).read_bytes()
    weights.with_suffix(".onnx").write_bytes(shipped if is_stale else b"no network")
    assert evaluate.main([str(weights)]) == 0
    assert json.loads(Path("reports/tiny/report.json").read_text())["evaluations"][0]["runtime"] == "torch"


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.parametrize(
    ("recipe", "said"),
    [({"photo_share": 0.2}, "fitted on photographs of real garments"), ({}, "fitted on the validation split")],
    ids=["camera", "data set"],
)
def test_page_says_what_the_temperature_was_fitted_on(
    tiny_hybrid: LoadedModel, weights: Path, dataset: fashion_mnist.FashionMnist, recipe: dict[str, float], said: str
) -> None:
    checkpoint.save(replace(tiny_hybrid, info=replace(tiny_hybrid.info, recipe=recipe)), weights)
    assert evaluate.main([str(weights)]) == 0
    assert said in Path("reports/tiny/report.html").read_text()


@pytest.mark.usefixtures("blank_pictures")
def test_model_that_is_never_sure_can_be_recorded(
    tiny_hybrid: LoadedModel, weights: Path, dataset: fashion_mnist.FashionMnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate, "save_with_twin", checkpoint.save)
    checkpoint.save(replace(tiny_hybrid, reject_below=1.0), weights)
    assert evaluate.main([str(weights), "--record"]) == 0
    assert checkpoint.load(weights).info.figures["test_accepted_share"] == 0


@pytest.mark.parametrize("command", [evaluate, compare, explain], ids=lambda command: command.__name__)
@pytest.mark.parametrize("change", [None, {"classes": tuple("abcdefghij")}, {"polarity": "positive"}], ids=str)
def test_weights_that_are_missing_or_for_other_pictures_are_one_line_and_exit_code_2(
    command: ModuleType,
    change: dict[str, Any] | None,
    tiny_hybrid: LoadedModel,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    paths = [tmp_path / "good.pth", tmp_path / "bad.pth"]
    checkpoint.save(tiny_hybrid, paths[0])
    if change:
        other_input = replace(tiny_hybrid.input, polarity=change.get("polarity", "negated"))
        other = replace(tiny_hybrid, input=other_input, classes=change.get("classes", tiny_hybrid.classes))
        checkpoint.save(other, paths[1])
    named = paths if command is compare else paths[1:]
    assert command.main([str(path) for path in named]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "bad.pth" in said


def test_report_holds_figures_and_pictures(weights: Path, dataset: fashion_mnist.FashionMnist) -> None:
    assert evaluate.main([str(weights), "--out", "out"]) == 0
    content = json.loads(Path("out/report.json").read_text())
    assert content["comparison"] is None
    (found,) = content["evaluations"]
    counts = torch.tensor(found["confusion"])
    assert counts.sum().item() == found["pictures"] == len(dataset.test)
    assert counts.sum(dim=1).tolist() == [entry["support"] for entry in found["classes"]]
    assert counts.diag().sum().item() / len(dataset.test) == pytest.approx(found["accuracy"])
    assert found["micro"]["f1"] == pytest.approx(found["accuracy"])
    assert found["macro"]["recall"] == pytest.approx(sum(e["recall"] for e in found["classes"]) / len(counts))
    assert found["macs"] > 0
    assert {path.name for path in Path("out").glob("*.png")} == PICTURES
    assert_self_contained(Path("out/report.html").read_text(), len(PICTURES))


@pytest.mark.usefixtures("blank_pictures")
def test_other_weights_stand_beside_the_first(weights: Path, dataset: fashion_mnist.FashionMnist) -> None:
    assert evaluate.main([str(weights), "--vs", str(weights), "--out", "out"]) == 0
    content = json.loads(Path("out/report.json").read_text())
    assert len(content["evaluations"]) == 2
    assert content["comparison"]["only_first_right"] == content["comparison"]["only_second_right"] == 0
    assert content["comparison"]["p_value"] == 1.0
    assert {path.name for path in Path("out").glob("other-*.png")} == {f"other-{name}" for name in PICTURES}
    page = Path("out/report.html").read_text()
    assert "McNemar" in page
    assert_self_contained(page, 2 * len(PICTURES))


def test_interval_is_wilsons(weights: Path, dataset: fashion_mnist.FashionMnist) -> None:
    loaded = checkpoint.load(weights)
    labels = torch.zeros(20, dtype=torch.int64)
    labels[:10] = torch.arange(10)
    logits = 9.0 * torch.nn.functional.one_hot(labels, len(loaded.classes)).float()
    logits[10:12] = logits[10:12].roll(1, dims=1)
    found = evaluation.measure(weights, loaded, logits, labels)
    # 18 of 20, z = 1.96: (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n).
    assert found.accuracy == pytest.approx(0.9)
    assert found.interval == pytest.approx((0.6990, 0.9721), abs=1e-4)


def test_figures_by_hand(tiny_hybrid: LoadedModel, tmp_path: Path) -> None:
    """Twenty answers, all at 90 %, but the second at 50 %; the first two are wrong."""
    labels = torch.arange(20) % 10
    probabilities = torch.full((20, 10), 0.1 / 9)
    probabilities[torch.arange(20), labels] = 0.9
    probabilities[0, :2] = torch.tensor([0.05, 0.9])
    probabilities[0, 2:] = 0.05 / 8
    probabilities[1] = 0.499 / 8
    probabilities[1, 1:3] = torch.tensor([0.001, 0.5])
    loaded = replace(tiny_hybrid, temperature=2.0, reject_below=0.6)
    found = evaluation.measure(tmp_path / "none.pth", loaded, 2 * probabilities.log(), labels)
    assert (found.accuracy, found.top5_accuracy) == pytest.approx((18 / 20, 19 / 20))
    assert (found.accepted_share, found.accepted_accuracy) == pytest.approx((19 / 20, 18 / 19))
    assert found.loss == pytest.approx(-(18 * log(0.9) + log(0.05) + log(0.001)) / 20, rel=1e-5)
    assert found.calibration_error == pytest.approx((19 * (18 / 19 - 0.9) + 0.5) / 20, abs=1e-5)
    squared = probabilities.double() ** 2
    before = (squared / squared.sum(dim=1, keepdim=True)).amax(dim=1)
    gap = abs(float(before.sum() - before[1]) - 18) + float(before[1])
    assert found.calibration_error_before == pytest.approx(gap / 20, abs=1e-5)
    assert [found.classes[index]["auc"] for index in (0, 5)] == pytest.approx([35 / 36, 1.0])
    assert found.confusion[0][:3] == [1, 1, 0]


def test_multiply_accumulates_of_a_convolution(tiny_hybrid: LoadedModel) -> None:
    convolution = torch.nn.Conv2d(1, 2, 3)
    assert evaluation.multiply_accumulates(replace(tiny_hybrid, model=convolution)) == 2 * 9 * 26 * 26


def test_mcnemar_by_hand() -> None:
    labels = torch.zeros(10, dtype=torch.int64)
    right, wrong = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
    first = torch.stack([right] * 8 + [wrong] * 2)
    second = torch.stack([right] * 2 + [wrong] * 6 + [right] + [wrong])
    found = evaluation.compare([Path("a"), Path("b")], [first, second], labels)
    assert (found.only_first_right, found.only_second_right) == (6, 1)
    assert found.p_value == pytest.approx(2 * (1 + 7) / 2**7)  # at most 1 of 7 heads, or at least 6
