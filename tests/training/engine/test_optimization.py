from __future__ import annotations

import platform

import pytest
import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from fashioncam.models import build
from training.engine.muon import Muon
from training.engine.optimization import (
    MovingAverage,
    fastest_precision,
    learning_rates_to_card,
    make_optimizers,
    one_cycle,
)
from training.engine.recipe import Recipe
from training.recipes import RECIPES


class TestMovingAverage:
    @pytest.mark.parametrize(
        ("count", "keep"),
        [
            pytest.param(0, 0, id="first-as-it-is"),
            pytest.param(1, 2 / 11, id="starts-quickly"),
            pytest.param(10_000, 0.99, id="then-its-decay"),
        ],
    )
    def test_keeps_a_growing_share_of_the_past(self, count: int, keep: float) -> None:
        model = torch.nn.BatchNorm2d(2)
        average = MovingAverage(model, 0.99)
        average.set_extra_state(count)
        with torch.no_grad():
            model.weight.fill_(3.0)
            model.running_var.fill_(2.0)
        model.num_batches_tracked.fill_(8)
        average.update(model)
        assert average.module.weight.tolist() == pytest.approx([3 - 2 * keep] * 2, rel=1e-5)
        assert average.module.running_var.tolist() == pytest.approx([2 - keep] * 2, rel=1e-5)
        assert average.module.num_batches_tracked == 8

    def test_state_holds_how_much_it_has_seen(self) -> None:
        model = torch.nn.Linear(1, 1)
        average, other = MovingAverage(model, 0.99), MovingAverage(model, 0.99)
        average.set_extra_state(7)
        other.load_state_dict(average.state_dict())
        assert other.get_extra_state() == 7


@pytest.mark.parametrize(
    ("machine", "by_avx512", "native", "expected"),
    [
        ("x86_64", True, True, "bf16"),
        ("x86_64", True, False, "fp32"),  # AVX-512 alone can, but slowly
        ("AMD64", True, False, "fp32"),
        ("x86_64", False, False, "fp32"),
        ("aarch64", True, False, "bf16"),
    ],
)
def test_precision_of_a_cpu_is_bf16_where_that_is_quicker(
    machine: str, by_avx512: bool, native: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: by_avx512)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: native)
    assert fastest_precision(torch.device("cpu")) == expected


@pytest.mark.parametrize(("native", "expected"), [(True, "bf16"), (False, "fp32")])
def test_precision_of_a_card_is_bf16_where_it_is_not_emulated(
    native: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: native or including_emulation)
    assert fastest_precision(torch.device("cuda")) == expected
    assert fastest_precision(torch.device("mps")) == "fp32"


def decays_of(recipe: Recipe, model: torch.nn.Module) -> dict[type, dict[str, float]]:
    """By optimiser: the weight decay of each parameter that it has, by name."""
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    return {
        type(optimizer): {
            names[id(p)]: group["weight_decay"] for group in optimizer.param_groups for p in group["params"]
        }
        for optimizer in make_optimizers(model, recipe)
    }


class TestOptimizers:
    MODEL = torch.nn.Sequential(
        torch.nn.Conv2d(1, 16, 3),
        torch.nn.Conv2d(16, 16, 3, bias=False),
        torch.nn.BatchNorm2d(16),
        torch.nn.Linear(16, 3),
    )

    def test_weight_decay_spares_gains_and_biases(self) -> None:
        decays = decays_of(Recipe(model="", weight_decay=0.05), self.MODEL)
        weights = dict.fromkeys(("0.weight", "1.weight", "3.weight"), 0.05)
        others = dict.fromkeys(("0.bias", "2.weight", "2.bias", "3.bias"), 0.0)
        assert decays == {torch.optim.AdamW: weights | others}

    def test_muon_has_the_large_ones_and_adamw_the_rest(self) -> None:
        decays = decays_of(Recipe(model="", weight_decay=0.05, muon=1), self.MODEL)
        assert decays[Muon] == {"1.weight": 0.05}
        assert set(decays[torch.optim.AdamW]) == {"0.weight", "0.bias", "2.weight", "2.bias", "3.weight", "3.bias"}

    def test_every_parameter_of_every_recipe_has_one_optimizer(self) -> None:
        for recipe in RECIPES.values():
            model = build(recipe().model, recipe().config)
            owned = [name for decays in decays_of(recipe(), model).values() for name in decays]
            assert sorted(owned) == sorted(name for name, _ in model.named_parameters())


class TestLearningRatesOnTheCard:
    def test_steps_are_the_same_and_read_the_tensor_that_the_schedule_changes(self) -> None:
        def trained(in_tensors: bool) -> list[torch.Tensor]:
            torch.manual_seed(0)
            weights = [torch.nn.Parameter(torch.randn(16, 16)) for _ in range(2)]
            optimizers: list[Optimizer] = [
                torch.optim.AdamW(weights[:1], lr=0.1, foreach=False),
                Muon(weights[1:], 0.1),
            ]
            schedules = [LambdaLR(optimizer, one_cycle(4, 0.5)) for optimizer in optimizers]
            if in_tensors:
                learning_rates_to_card(optimizers, torch.device("cpu"))
            rates = [optimizer.param_groups[0]["lr"] for optimizer in optimizers]
            for _ in range(3):
                for weight, optimizer, schedule in zip(weights, optimizers, schedules, strict=True):
                    weight.grad = torch.ones(16, 16).tril()
                    optimizer.step()
                    schedule.step()
            if in_tensors:
                assert [rate.item() for rate in rates] == pytest.approx([0.1 * one_cycle(4, 0.5)(3)] * 2)
            return [weight.detach() for weight in weights]

        for weight, expected in zip(trained(True), trained(False), strict=True):
            assert torch.allclose(weight, expected, atol=1e-6)


class TestOneCycle:
    def test_rises_along_a_line_to_1_and_falls_along_a_cosine_to_0(self) -> None:
        share = one_cycle(100, 0.2)
        assert [share(step) for step in (0, 10, 20, 60, 100)] == pytest.approx([1 / 21, 11 / 21, 1, 0.5, 0])

    def test_without_warmup_begins_at_its_peak(self) -> None:
        assert one_cycle(100, 0.0)(0) == 1
