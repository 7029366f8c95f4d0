from __future__ import annotations

import platform

import pytest
import torch

from fashioncam.models import build
from training.engine.optimization import fastest_precision, make_optimizers, moving_average, one_cycle
from training.engine.recipe import Recipe
from training.recipes import RECIPES


class TestMovingAverage:
    def test_starts_quickly_and_then_has_its_decay(self) -> None:
        model = torch.nn.BatchNorm2d(1)
        average = moving_average(model, 0.5)
        expected = torch.tensor([1.0, 0.0])  # scale and running mean
        for step in range(20):
            with torch.no_grad():
                model.weight.fill_(step)
                model.running_mean.fill_(-step)
            average.update_parameters(model)
            keep = min(0.5, (1 + step) / (10 + step)) if step else 0.0
            expected = keep * expected + (1 - keep) * torch.tensor([step, -step])
            found = torch.cat((average.module.weight, average.module.running_mean))
            assert torch.allclose(found, expected)

    def test_state_holds_how_much_it_has_seen(self) -> None:
        model = torch.nn.Linear(1, 1)
        first, second = moving_average(model, 0.99), moving_average(model, 0.99)
        for _ in range(3):
            first.update_parameters(model)
        second.load_state_dict(first.state_dict())
        with torch.no_grad():
            model.weight += 1
        for average in (first, second):
            average.update_parameters(model)
        assert torch.equal(second.module.weight, first.module.weight)


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
    names = {parameter.data_ptr(): name for name, parameter in model.named_parameters()}
    return {
        type(optimizer): {
            names[p.data_ptr()]: group["weight_decay"] for group in optimizer.param_groups for p in group["params"]
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
        assert decays[torch.optim.Muon] == {"1.weight": 0.05}
        assert set(decays[torch.optim.AdamW]) == {"0.weight", "0.bias", "2.weight", "2.bias", "3.weight", "3.bias"}

    def test_every_parameter_of_every_recipe_has_one_optimizer(self) -> None:
        for recipe in RECIPES.values():
            model = build(recipe().model, recipe().config)
            owned = [name for decays in decays_of(recipe(), model).values() for name in decays]
            assert sorted(owned) == sorted(name for name, _ in model.named_parameters())


class TestMuon:
    @pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last], ids=str)
    def test_kernel_takes_the_step_of_the_matrix_that_it_is(self, layout: torch.memory_format) -> None:
        generator = torch.Generator().manual_seed(0)
        values, gradient = torch.randn(2, 32, 8, 3, 3, generator=generator)
        convolution, linear = torch.nn.Conv2d(8, 32, 3, bias=False), torch.nn.Linear(72, 32, bias=False)
        with torch.no_grad():
            convolution.weight.copy_(values)
            linear.weight.copy_(values.flatten(1))
        convolution.to(memory_format=layout)
        convolution.weight.grad, linear.weight.grad = gradient.contiguous(memory_format=layout), gradient.flatten(1)
        recipe = Recipe(model="", learning_rate=0.1, weight_decay=0.5, muon=1)
        for model in (convolution, linear):
            make_optimizers(model, recipe)[-1].step()
        step = values - convolution.weight.detach()
        assert torch.allclose(step.flatten(1), values.flatten(1) - linear.weight.detach(), atol=2e-3)  # bf16
        orthogonal = (step - 0.05 * values) / 0.1
        assert orthogonal.square().mean().sqrt().item() == pytest.approx(0.2, rel=0.2)  # as long as one of AdamW
        singular = torch.linalg.svdvals(orthogonal.flatten(1))
        assert singular.max() < 2 * singular.min()

    def test_parameter_without_a_gradient_stays(self) -> None:
        model = torch.nn.Conv2d(16, 16, 3, bias=False)
        before = model.weight.clone()
        make_optimizers(model, Recipe(model="", muon=1))[-1].step()
        assert torch.equal(model.weight, before)


class TestOneCycle:
    def test_rises_along_a_line_to_1_and_falls_along_a_cosine_to_0(self) -> None:
        share = one_cycle(100, 0.2)
        assert [share(step) for step in (0, 10, 20, 60, 100)] == pytest.approx([1 / 21, 11 / 21, 1, 0.5, 0])

    def test_without_warmup_begins_at_its_peak(self) -> None:
        assert one_cycle(100, 0.0)(0) == 1
