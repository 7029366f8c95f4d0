from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from pages import assert_self_contained
from torch import Tensor

from fashioncam.messages import InputDescription
from training import explore
from training.data import fashion_mnist


@pytest.fixture
def dataset(
    sample: tuple[Tensor, Tensor], found: Callable[..., fashion_mnist.FashionMnist]
) -> fashion_mnist.FashionMnist:
    """300 and 100 pictures; one comes twice in training, one with another class in validation."""
    images, labels = sample[0].clone(), sample[1].clone()
    images[1], labels[1] = images[0], labels[0]
    images[300], labels[300] = images[2], (labels[2] + 1) % 10
    parts = fashion_mnist.Split(images[:300], labels[:300]), fashion_mnist.Split(images[300:], labels[300:])
    return found(*parts, InputDescription(28, 0.3, 0.4))


def test_report_holds_figures_and_pictures(
    dataset: fashion_mnist.FashionMnist, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explore.main(["--out", str(tmp_path / "new")]) == 0
    found = json.loads((tmp_path / "new" / "exploration.json").read_text())
    assert list(found["counts"]["train"]) == list(fashion_mnist.CLASSES)
    assert sum(found["counts"]["train"].values()) == 300
    assert sum(found["counts"]["validation"].values()) == 100
    assert (found["mean"], found["std"]) == (0.3, 0.4)
    assert found["background"] == pytest.approx((dataset.train.images == 0).double().mean().item())
    assert found["repeated"] == {"train": 1, "validation": 0}
    assert found["shared"] == 1
    assert found["relabelled"] == 1
    assert "1 pictures in both splits" in capsys.readouterr().out
    pictures = {"examples.png", "means.png", "grey-values.png", "map.png"}
    assert {path.name for path in (tmp_path / "new").glob("*.png")} == pictures
    assert_self_contained((tmp_path / "new" / "exploration.html").read_text(), len(pictures))


def test_map_has_the_directions_of_the_largest_variance() -> None:
    generator = torch.Generator().manual_seed(0)
    images = torch.full((400, 1, 4, 4), 100, dtype=torch.uint8)
    images[:, 0, 1, 2] += (torch.randn(400, generator=generator) * 20).round().to(torch.int8).view(torch.uint8)
    images[:, 0, 3, 0] += (torch.randn(400, generator=generator) * 5).round().to(torch.int8).view(torch.uint8)
    places, explained = explore.principal_map(images)
    assert explained[0] == pytest.approx(400 / 425, abs=0.02)
    assert sum(explained) == pytest.approx(1.0)
    along = images[:, 0, 1, 2].float() / 255
    assert abs(torch.corrcoef(torch.stack((places[:, 0], along)))[0, 1].item()) > 0.99


def test_place_that_cannot_be_written_is_one_line_and_exit_code_2(
    dataset: fashion_mnist.FashionMnist, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert explore.main(["--out", str(tmp_path / "file" / "below")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
