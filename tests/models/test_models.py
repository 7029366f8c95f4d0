from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from fashioncam.messages import InputDescription
from fashioncam.models import MODELS, build
from fashioncam.models.base import Model, to_input
from fashioncam.models.hybrid import Hybrid
from fashioncam.models.simplecnn import SimpleCNN
from fashioncam.models.wide_resnet import WideResNet


def parameter_count(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


@pytest.fixture(scope="module")
def simplecnn() -> SimpleCNN:
    torch.manual_seed(0)
    return SimpleCNN().eval()


@pytest.fixture(scope="module")
def images() -> Tensor:
    return torch.randn(3, 1, 28, 28, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", MODELS)
@torch.no_grad()
def test_every_registered_model_maps_pictures_to_ten_logits_through_its_features(name: str, images: Tensor) -> None:
    model = build(name, {}).eval()
    logits = model(images)
    assert isinstance(model, Model)
    assert logits.shape == (3, 10)
    assert model(images[:1]).shape == (1, 10)
    assert torch.equal(logits, model.forward_head(model.forward_features(images)))


@pytest.mark.parametrize("name", MODELS)
@torch.no_grad()
def test_explained_layer_puts_out_what_forward_features_returns(name: str, images: Tensor) -> None:
    model = build(name, {}).eval()
    seen: list[Tensor] = []
    with model.target_layer.register_forward_hook(lambda *call: seen.append(call[-1])):
        features = model.forward_features(images)
    assert torch.equal(seen[0], features)


@pytest.mark.parametrize("name", MODELS)
def test_no_parameter_is_without_a_gradient(name: str, images: Tensor) -> None:
    model = build(name, {}).train()
    nn.functional.cross_entropy(model(images), torch.tensor([0, 3, 9])).backward()
    assert [n for n, parameter in model.named_parameters() if parameter.grad is None or not parameter.grad.any()] == []


def test_unknown_name_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        build("resnet", {})


def test_unknown_knob_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        build("hybrid", {"width": 3})


def test_registry_can_be_read_without_torch() -> None:
    code = "import sys, fashioncam.models as m; assert m.MODELS; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_tokens_are_laid_out_row_by_row() -> None:
    tokens = torch.arange(2 * 9 * 4).reshape(2, 9, 4)
    maps = Model.as_maps(tokens)
    assert maps.shape == (2, 4, 3, 3)
    assert maps[1, 2, 0].tolist() == tokens[1, 0:3, 2].tolist()
    assert maps[1, 2, 2].tolist() == tokens[1, 6:9, 2].tolist()


def test_maps_stay_as_they_are() -> None:
    maps = torch.rand(2, 4, 3, 5)
    assert Model.as_maps(maps) is maps


def test_to_input_normalises_grey_values_scaled_to_one() -> None:
    grey = torch.tensor([[0, 51], [255, 0]], dtype=torch.uint8)[None, None]
    normalised = to_input(grey, InputDescription(size=2, mean=0.2, std=0.5))
    assert normalised.dtype == torch.float32
    assert normalised.flatten().tolist() == pytest.approx([-0.4, 0.0, 1.6, -0.4])


class TestHybrid:
    def test_has_at_most_650_000_parameters(self) -> None:
        assert parameter_count(Hybrid()) <= 650_000

    @pytest.mark.parametrize(
        ("knobs", "measure", "expected"),
        [
            pytest.param({"dim": 24}, lambda m: m.norm.normalized_shape, (24,), id="dim"),
            pytest.param({"depth": 3}, lambda m: len(m.blocks), 3, id="depth"),
            pytest.param({"depth": 0}, lambda m: len(m.blocks), 0, id="depth-0"),
            pytest.param({"heads": 3}, lambda m: m.blocks[0].attention.to_out.in_features, 3 * 8, id="heads"),
            pytest.param({"dim_head": 5}, lambda m: m.blocks[0].attention.to_out.in_features, 2 * 5, id="dim_head"),
            pytest.param({"mlp_dim": 20}, lambda m: m.blocks[0].mlp[0].out_features, 20, id="mlp_dim"),
            pytest.param({"pos_emb": "learned"}, lambda m: m.pos_emb.shape, (1, 49, 16), id="pos_emb-learned"),
            pytest.param({"pos_emb": "none"}, lambda m: m.pos_emb, None, id="pos_emb-none"),
        ],
    )
    @torch.no_grad()
    def test_knob_changes_its_part_and_the_model_still_runs(
        self,
        knobs: dict[str, Any],
        measure: Callable[[Any], Any],
        expected: Any,
        tiny_config: dict[str, int],
        images: Tensor,
    ) -> None:
        model = build("hybrid", tiny_config | knobs).eval()
        assert measure(model) == expected
        assert model(images).shape == (3, 10)

    @pytest.mark.parametrize("pos_emb", ["sine", "", None], ids=repr)
    def test_unknown_pos_emb_is_refused(self, pos_emb: Any) -> None:
        with pytest.raises(ValueError, match="pos_emb"):
            build("hybrid", {"pos_emb": pos_emb})

    @torch.no_grad()
    def test_places_differ_by_the_learned_embedding(self, tiny_config: dict[str, int]) -> None:
        model = Hybrid(**tiny_config, pos_emb="learned").eval()
        image = torch.zeros(1, 1, 28, 28)
        before = model.forward_features(image)
        model.pos_emb[0, 17] += torch.linspace(-5, 5, 16)
        change = (model.forward_features(image) - before).abs().sum(dim=2)
        assert change.argmax() == 17


class TestSimpleCNN:
    """Against the network of LucasVandroux/Fashion-MNIST-PyTorch, written out once more."""

    @torch.no_grad()
    def test_computes_what_the_original_layers_compute(self, images: Tensor) -> None:
        original = nn.Sequential(
            nn.Conv2d(1, 32, 5, stride=1, padding=2),
            nn.ReLU(),
            nn.BatchNorm2d(32),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, stride=1, padding=2),
            nn.ReLU(),
            nn.BatchNorm2d(64),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(4096, 4096),
            nn.ReLU(),
            nn.Linear(4096, 10),
        ).eval()
        model = SimpleCNN().eval()
        for layer in (model.features[2], model.features[6]):  # else the order of ReLU and batch norm would not show
            layer.running_mean.uniform_(-1, 1)
            layer.bias.uniform_(-1, 1)
        original.load_state_dict(dict(zip(original.state_dict(), model.state_dict().values(), strict=True)))
        assert torch.allclose(model(images), original(images), atol=1e-6)

    def test_has_16_841_802_parameters(self, simplecnn: SimpleCNN) -> None:
        assert parameter_count(simplecnn) == 16_841_802

    @pytest.mark.parametrize(
        ("index", "fan_in", "fan_out"),
        [pytest.param(0, 1 * 25, 32 * 25, id="first"), pytest.param(4, 32 * 9, 64 * 9, id="second")],
    )
    def test_convolution_starts_xavier_uniform(
        self, simplecnn: SimpleCNN, index: int, fan_in: int, fan_out: int
    ) -> None:
        bound = (6 / (fan_in + fan_out)) ** 0.5
        largest = simplecnn.features[index].weight.abs().max().item()
        assert 0.98 * bound < largest <= bound


class TestWideResNet:
    def test_has_the_parameters_of_wrn_28_4(self) -> None:
        """By hand, from the paper's table 1: convolutions and the two numbers a channel of each norm."""

        def group(before: int, channels: int) -> int:
            convolutions = 9 * before * channels + 7 * 9 * channels**2 + before * channels
            return convolutions + 2 * (before + 7 * channels)

        body = group(16, 64) + group(64, 128) + group(128, 256)
        assert parameter_count(WideResNet()) == 9 * 16 + body + 2 * 256 + 257 * 10

    @pytest.mark.parametrize("depth", [4, 12, 27])
    def test_impossible_depth_is_refused(self, depth: int) -> None:
        with pytest.raises(ValueError, match="depth"):
            WideResNet(depth=depth)
