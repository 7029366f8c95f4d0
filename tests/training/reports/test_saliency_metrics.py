from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from fashioncam.checkpoint import LoadedModel
from fashioncam.models.base import Model
from fashioncam.models.simplecnn import SimpleCNN
from training.engine.class_maps import class_maps
from training.reports import saliency_metrics


class Corner(Model):
    """Knows class 1 by the light in the upper left 4 x 4 pixels, and nothing else; its map says so."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    @property
    def target_layer(self) -> nn.Module:
        return self

    def forward_features(self, images: Tensor) -> Tensor:
        return nn.functional.avg_pool2d(images, 4)

    def forward_head(self, features: Tensor) -> Tensor:
        lit = self.weight * features[:, 0, :1, 0]
        return torch.cat([torch.zeros_like(lit), 8 * lit], dim=1)

    def class_maps(self, features: Tensor) -> Tensor:
        evidence = 8 * self.weight / 49 * features
        return torch.cat([torch.zeros_like(evidence), evidence], dim=1)


@pytest.fixture
def corner(tiny_hybrid: LoadedModel) -> LoadedModel:
    description = replace(tiny_hybrid.input, mean=0.0, std=1.0)
    return replace(tiny_hybrid, model=Corner().eval(), input=description, temperature=1.0)


WHITE = torch.full((2, 1, 28, 28), 255, dtype=torch.uint8)
ONES = torch.ones(2, dtype=torch.int64)


def corner_maps(value: float = 1.0) -> Tensor:
    maps = torch.full((2, 28, 28), 1.0 - value)
    maps[:, :4, :4] = value
    return maps


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([1.0, 2.0, 3.0, 4.0], [10.0, 20.0, 30.0, 400.0], 1.0),
        ([1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0], -1.0),
        # Ranks 1.5, 1.5, 3 against 1, 2, 3: 1.5 / sqrt(1.5 * 2).
        ([0.0, 0.0, 1.0], [1.0, 2.0, 3.0], 0.8660254),
        ([0.0, 0.0, 0.0], [1.0, 2.0, 3.0], 0.0),
    ],
    ids=["same-order", "opposite", "equals-share-a-rank", "constant"],
)
def test_rank_correlation(first: list[float], second: list[float], expected: float) -> None:
    assert saliency_metrics.rank_correlation(torch.tensor(first), torch.tensor(second)) == pytest.approx(expected)


def test_pixels_of_equal_heat_come_in_random_order() -> None:
    order = saliency_metrics.hottest_first(corner_maps(), torch.Generator().manual_seed(0))
    first, later = order[0, :16], order[0, 16:]
    assert {(i // 28, i % 28) for i in first.tolist()} == {(y, x) for y in range(4) for x in range(4)}
    assert later.tolist() != sorted(later.tolist())
    assert sorted(order[0].tolist()) == list(range(784))
    assert not torch.equal(order[0], order[1])


def test_area_under_a_straight_line_is_a_half() -> None:
    assert saliency_metrics.area(torch.linspace(0, 1, saliency_metrics.STEPS + 1)[None]).item() == pytest.approx(0.5)


def test_curve_goes_from_one_picture_to_the_other(corner: LoadedModel) -> None:
    order = saliency_metrics.hottest_first(corner_maps(), torch.Generator().manual_seed(0))
    found = saliency_metrics.curve(corner, WHITE, torch.zeros_like(WHITE), order, ONES)
    lit, dark = torch.tensor([0.0, 8.0]).softmax(dim=0)[1].item(), 0.5
    assert found.shape == (2, saliency_metrics.STEPS + 1)
    assert found[0, 0].item() == pytest.approx(lit)
    assert found[0, 1:].tolist() == pytest.approx(
        [dark] * saliency_metrics.STEPS
    )  # 56 pixels a step: the first takes all 16


def test_logit_falls_where_the_model_looks(corner: LoadedModel) -> None:
    falls = saliency_metrics.occlusion_maps(corner, WHITE, ONES)
    assert falls.shape == (2, 7, 7)
    assert falls[:, 0, 0].tolist() == [1.0, 1.0]
    assert falls.sum() == 2


def test_true_map_beats_its_opposite_in_every_figure(corner: LoadedModel) -> None:
    images = torch.zeros_like(WHITE)
    images[..., :4, :8] = 255  # small, so that blurring dims it
    falls = saliency_metrics.occlusion_maps(corner, images, ONES)
    generator = torch.Generator().manual_seed(0)
    true, false = (
        saliency_metrics.score(corner, images, ONES, corner_maps(value), falls, generator)[1] for value in (1.0, 0.0)
    )
    assert (true["deletion"] < false["deletion"]).all()
    assert all((true[name] > false[name]).all() for name in true if name != "deletion")
    assert true["occlusion"].tolist() == pytest.approx([1.0, 1.0])
    assert true["energy_inside"].tolist() == pytest.approx([1.0, 1.0])
    assert false["energy_inside"][0].item() == pytest.approx(16 / (784 - 16))


def test_map_without_heat_is_scored_and_finite(corner: LoadedModel) -> None:
    falls = saliency_metrics.occlusion_maps(corner, WHITE, ONES)
    empty = torch.zeros(2, 28, 28)
    found = saliency_metrics.score(corner, WHITE, ONES, empty, falls, torch.Generator().manual_seed(0))[1]
    assert all(values.isfinite().all() for values in found.values())
    assert found["energy_inside"].tolist() == [0.0, 0.0]
    assert found["occlusion"].tolist() == [0.0, 0.0]


def test_each_map_is_for_its_own_class(tiny_hybrid: LoadedModel, sample: tuple[Tensor, Tensor]) -> None:
    images = (sample[0][:4].float() / 255 - tiny_hybrid.input.mean) / tiny_hybrid.input.std
    classes = torch.tensor([3, 0, 3, 1])
    found = class_maps(tiny_hybrid.model, images, classes)
    with torch.no_grad():
        every = tiny_hybrid.model.class_maps(tiny_hybrid.model.forward_features(images)).relu()
    assert torch.allclose(found, every[torch.arange(4), classes], atol=1e-5)


@pytest.mark.parametrize("name", ["hybrid", "simplecnn"])
def test_randomisation_forgets_layer_by_layer_and_spares_the_model(
    name: str, tiny_hybrid: LoadedModel, sample: tuple[Tensor, Tensor]
) -> None:
    loaded = tiny_hybrid if name == "hybrid" else replace(tiny_hybrid, model=SimpleCNN().eval())
    before = [parameter.clone() for parameter in loaded.model.parameters()]
    images, labels = sample[0][:3], sample[1][:3]
    steps = list(saliency_metrics.cascading_randomisation(loaded, images, labels, seed=0))
    assert steps[0].layer == ""
    assert steps[0].correlation.tolist() == [1.0, 1.0, 1.0]
    assert steps[1].layer == ("head" if name == "hybrid" else "classifier.2")
    assert steps[-1].layer == ("pos_emb" if name == "hybrid" else "features.0")
    assert steps[-1].correlation.mean() < 0.9
    assert all(torch.equal(a, b) for a, b in zip(loaded.model.parameters(), before, strict=True))
