from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import torch
from pages import assert_self_contained
from torch import Tensor

from fashioncam import checkpoint
from fashioncam.checkpoint import LoadedModel
from training import explain
from training.data import fashion_mnist
from training.reports import explanation, explanation_plots


@pytest.fixture
def weights(tiny_hybrid: LoadedModel, tmp_path: Path) -> Path:
    path = tmp_path / "tiny.pth"
    checkpoint.save(tiny_hybrid, path, half=True)
    return path


@pytest.fixture
def dataset(
    sample: tuple[Tensor, Tensor], tiny_hybrid: LoadedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> fashion_mnist.FashionMnist:
    """A validation split of three classes: nothing else may be read."""
    images, labels = (part[sample[1] < 3][:60] for part in sample)
    unread = fashion_mnist.Split(torch.empty(0), torch.empty(0))
    dataset = fashion_mnist.FashionMnist(
        unread, fashion_mnist.Split(images, labels), unread, input=tiny_hybrid.input, digest="digest"
    )
    monkeypatch.setattr(fashion_mnist, "load", lambda folder: dataset)
    monkeypatch.chdir(tmp_path)
    return dataset


def test_report_holds_figures_and_pictures(
    weights: Path,
    dataset: fashion_mnist.FashionMnist,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(explanation_plots, "SHOWN_RANDOMISED", 2)
    monkeypatch.setattr(explanation_plots, "SHOWN", 3)
    assert explain.main([str(weights), "--out", "out", "--pictures", "1"]) == 0
    assert re.search(r"win \d of 5 with a random map and \d of 4 with the silhouette", capsys.readouterr().out)
    found = json.loads(Path("out/explanation.json").read_text())
    assert found["pictures"] == len(dataset.validation.labels.unique())
    assert list(found["means"]) == ["the model's map", "random map", "silhouette", "occlusion map"]
    assert found["means"]["silhouette"]["energy_inside"] == pytest.approx(1.0)
    assert all(-1 <= value <= 1 for figures in found["means"].values() for value in figures.values())
    assert next(iter(found["randomised"])) == "head"
    pictures = {"curves.png", "randomised.png", *(f"class-{index}.png" for index in range(3))}
    assert {path.name for path in Path("out").glob("*.png")} == pictures
    page = Path("out/explanation.html").read_text()
    assert_self_contained(page, len(pictures))


def test_photographs_are_explained_in_place_of_the_data_set(
    weights: Path, garments: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(explanation_plots, "SHOWN_RANDOMISED", 1)
    assert explain.main([str(weights), "--garments", str(garments)]) == 0
    out = Path("reports/tiny-explained-garments")
    found = json.loads((out / "explanation.json").read_text())
    assert (found["pictures"], found["of_photographs"]) == (3, True)  # of the one owner who is held out
    assert [path.name for path in out.glob("class-*.png")] == ["class-0.png"]
    assert "photographs of garments" in (out / "explanation.html").read_text()


def test_garments_none_of_which_is_held_out_are_one_line_and_exit_code_2(
    weights: Path, garments: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    table = (garments / "train.csv").read_text().splitlines()
    owner = table[1].rpartition(",")[2]
    (garments / "train.csv").write_text("\n".join([table[0], *(line for line in table if line.endswith(f",{owner}"))]))
    assert explain.main([str(weights), "--garments", str(garments)]) == 2
    assert "none is held out" in capsys.readouterr().err


def test_same_command_gives_the_same_figures(weights: Path, dataset: fashion_mnist.FashionMnist) -> None:
    loaded, some = checkpoint.load(weights), dataset.validation.images[:4]
    classes = torch.tensor([0, 1, 2, 3])
    first, second = (explanation.measure(weights, loaded, some, classes, classes)[0] for _ in range(2))
    assert first == second
    assert first.right == 4


def test_comparison_by_hand() -> None:
    own = {"deletion": torch.tensor([0.1, 0.2, 0.5]), "energy_inside": torch.tensor([0.5, 0.5, 0.5])}
    other = {"deletion": torch.tensor([0.3, 0.6, 0.5]), "energy_inside": torch.tensor([1.0, 1.0, 1.0])}
    found = explanation.compared({explanation.MODEL: own, explanation.RANDOM: other, explanation.SILHOUETTE: other})
    assert [(one.figure, one.baseline) for one in found] == [
        ("deletion", "random map"),
        ("deletion", "silhouette"),
        ("energy_inside", "random map"),  # not against the silhouette, which is inside by definition
    ]
    assert found[0].advantage == pytest.approx(0.2)  # lower is better
    assert found[0].won == pytest.approx(2.5 / 3)
    assert found[0].margin == pytest.approx(1.96 * (0.08 / 3) ** 0.5 / 3**0.5)
    assert found[0].outcome == "better"
    assert found[2].outcome == "worse"
    assert explanation.PairedComparison("insertion", "random map", 0.1, 0.2, 0.5).outcome == "open"


@pytest.mark.parametrize("arguments", [["missing.pth"], ["tiny.pth", "--out", "tiny.pth"]])
def test_errors_of_the_user_are_one_line_and_exit_code_2(
    arguments: list[str], weights: Path, dataset: fashion_mnist.FashionMnist, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain.main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1
