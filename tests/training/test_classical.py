from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from torch import Tensor

from fashioncam.messages import InputDescription
from training import classical
from training.data import fashion_mnist


@pytest.fixture
def dataset(
    sample: tuple[Tensor, Tensor], found: Callable[..., fashion_mnist.FashionMnist]
) -> fashion_mnist.FashionMnist:
    images, labels = sample
    parts = [fashion_mnist.Split(images[at::2], labels[at::2]) for at in range(2)]
    return found(*parts, InputDescription(28, 0.2861, 0.3531))


def test_every_method_learns_something(
    dataset: fashion_mnist.FashionMnist, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert classical.main(["--out", str(tmp_path / "new" / "figures.json")]) == 0
    found = json.loads((tmp_path / "new" / "figures.json").read_text())
    assert found["pictures"] == 200
    assert [one["method"] for one in found["methods"]] == list(classical.METHODS)
    printed = capsys.readouterr().out
    for one in found["methods"]:
        assert one["accuracy"] > 0.5, one["method"]
        assert one["low"] < one["accuracy"] < one["high"]
        assert f"{one['accuracy']:.2%}" in printed


def test_nearest_neighbour_knows_the_pictures_that_it_has_learned(dataset: fashion_mnist.FashionMnist) -> None:
    method = classical.METHODS["5 nearest neighbours"](len(dataset.train))
    assert classical.measure(method, dataset.train, dataset.train)["accuracy"] == 1.0


def test_place_that_cannot_be_written_is_one_line_and_exit_code_2(
    dataset: fashion_mnist.FashionMnist,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    assert classical.main(["--out", "file/below/figures.json"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
