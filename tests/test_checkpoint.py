from __future__ import annotations

import os
import pickle
import warnings
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from fashioncam import checkpoint
from fashioncam.checkpoint import LoadedModel
from fashioncam.errors import UserError

Content = dict[str, Any]

KEYS = [
    "format_version",
    "model",
    "config",
    "state_dict",
    "classes",
    "input",
    "temperature",
    "reject_below",
    "recipe",
    "seed",
    "data_digest",
    "figures",
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.pth"


@pytest.fixture
def content(tiny_hybrid: LoadedModel, path: Path) -> Content:
    """What a sound checkpoint holds."""
    checkpoint.save(tiny_hybrid, path)
    return torch.load(path, weights_only=True)


def refusal(path: Path, model_name: str | None = None) -> str:
    """The text of the error that loading ends in: one line that names the file."""
    with pytest.raises(UserError) as caught:
        checkpoint.load(path, model_name)
    text = str(caught.value)
    assert len(text.splitlines()) == 1
    assert str(path) in text
    return text


def with_weight(loaded: LoadedModel, value: float) -> LoadedModel:
    model = deepcopy(loaded.model)
    with torch.no_grad():
        model.head.weight[3, 5] = value
    return replace(loaded, model=model)


class TestRoundTrip:
    @pytest.mark.parametrize("half", [False, True], ids=["single", "half"])
    def test_keeps_every_field_of_the_description(self, tiny_hybrid: LoadedModel, path: Path, half: bool) -> None:
        checkpoint.save(tiny_hybrid, path, half=half)
        loaded = checkpoint.load(path, "hybrid")
        assert replace(loaded, model=tiny_hybrid.model) == tiny_hybrid

    def test_keeps_the_weights_exactly(self, tiny_hybrid: LoadedModel, path: Path) -> None:
        checkpoint.save(tiny_hybrid, path)
        weights, loaded = tiny_hybrid.model.state_dict(), checkpoint.load(path).model.state_dict()
        assert list(loaded) == list(weights)
        assert all(torch.equal(loaded[name], weights[name]) for name in weights)

    def test_in_half_precision_rounds_the_weights_and_returns_single(
        self, tiny_hybrid: LoadedModel, path: Path
    ) -> None:
        checkpoint.save(tiny_hybrid, path, half=True)
        weights, loaded = tiny_hybrid.model.state_dict(), checkpoint.load(path).model.state_dict()
        assert {tensor.dtype for tensor in loaded.values()} == {torch.float32, torch.int64}
        assert all(torch.equal(loaded[n], weights[n].half().to(weights[n].dtype)) for n in weights)
        assert any(not torch.equal(loaded[n], weights[n]) for n in weights)

    def test_half_precision_saves_nearly_half_of_the_file(self, tiny_hybrid: LoadedModel, tmp_path: Path) -> None:
        checkpoint.save(tiny_hybrid, tmp_path / "single.pth")
        checkpoint.save(tiny_hybrid, tmp_path / "half.pth", half=True)
        assert (tmp_path / "half.pth").stat().st_size < 0.6 * (tmp_path / "single.pth").stat().st_size

    @torch.no_grad()
    def test_returns_a_model_in_eval_mode_with_the_same_answers(self, tiny_hybrid: LoadedModel, path: Path) -> None:
        images = torch.randn(2, 1, 28, 28)
        expected = tiny_hybrid.model(images)
        checkpoint.save(replace(tiny_hybrid, model=deepcopy(tiny_hybrid.model).train()), path)
        model = checkpoint.load(path).model
        assert not any(module.training for module in model.modules())
        assert torch.equal(model(images), expected)

    def test_makes_the_folder(self, tiny_hybrid: LoadedModel, tmp_path: Path) -> None:
        checkpoint.save(tiny_hybrid, tmp_path / "new" / "folder" / "model.pth")
        assert [file.name for file in (tmp_path / "new" / "folder").iterdir()] == ["model.pth"]


class TestUnusableFile:
    def test_missing(self, path: Path) -> None:
        assert "no such file" in refusal(path)

    def test_folder(self, tmp_path: Path) -> None:
        assert "no such file" in refusal(tmp_path)

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"\x80",
            torch.randint(0, 256, (5000,), generator=torch.Generator().manual_seed(0))
            .to(torch.uint8)
            .numpy()
            .tobytes(),
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 2259381\n",
        ],
        ids=["empty", "one-byte", "random-bytes", "lfs-pointer"],
    )
    def test_no_checkpoint_at_all(self, path: Path, raw: bytes) -> None:
        path.write_bytes(raw)
        assert "not a checkpoint" in refusal(path)

    def test_file_of_another_kind_is_one_line(self, path: Path) -> None:
        torch.save({}, path, pickle_protocol=4)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            refusal(path)
        assert said == []

    @pytest.mark.parametrize("share", [0.01, 0.5, 0.999], ids=str)
    def test_truncated(self, content: Content, path: Path, share: float) -> None:
        raw = path.read_bytes()
        path.write_bytes(raw[: int(share * len(raw))])
        assert "damaged" in refusal(path)

    def test_list(self, path: Path) -> None:
        torch.save([1, 2], path)
        assert "holds a list" in refusal(path)

    @pytest.mark.parametrize(
        "write",
        [torch.save, lambda bomb, path: path.write_bytes(pickle.dumps(bomb))],
        ids=["in-a-checkpoint", "bare-pickle"],
    )
    def test_pickle_that_would_run_code_runs_none(self, tmp_path: Path, path: Path, write: Callable) -> None:
        class Bomb:
            def __reduce__(self) -> tuple[Callable, tuple]:
                return os.mkdir, (str(tmp_path / "exploded"),)

        write({"format_version": 1, "model": "hybrid", "state_dict": Bomb()}, path)
        assert "unsafe" in refusal(path)
        assert not (tmp_path / "exploded").exists()
        pickle.loads(pickle.dumps(Bomb()))
        assert (tmp_path / "exploded").exists(), "the bomb was a dud, so the test has shown nothing"


class TestUnsoundContent:
    @pytest.mark.parametrize("key", KEYS)
    def test_missing_key(self, content: Content, path: Path, key: str) -> None:
        del content[key]
        torch.save(content, path)
        text = refusal(path)
        special = {"format_version": "not in checkpoint format 1", "model": "holds no model that is known here"}
        assert special.get(key, f"'{key}' is missing") in text

    def test_keys_are_all_there_are(self, content: Content) -> None:
        assert list(content) == KEYS

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            pytest.param({"format_version": 2}, "not in checkpoint format 1", id="newer-format"),
            pytest.param({"format_version": "1"}, "not in checkpoint format 1", id="format-as-text"),
            pytest.param({"format_version": torch.tensor([1, 2])}, "not in checkpoint", id="format-as-tensor"),
            pytest.param({"model": "resnet"}, "known here (hybrid, simplecnn, wide_resnet)", id="unknown-model"),
            pytest.param({"model": ["hybrid"]}, "no model that is known here", id="model-list"),
            pytest.param({"model": torch.zeros(3, 3)}, "no model that is known here", id="model-tensor"),
            pytest.param({"model": "simplecnn"}, "not a sound simplecnn", id="another-models-weights"),
            pytest.param({"config": [1]}, "not a sound", id="config-list"),
            pytest.param({"state_dict": [1]}, "not a sound", id="weights-list"),
            pytest.param({"state_dict": {}}, "does not fit the weights", id="no-weights"),
            pytest.param({"temperature": 0.0}, "temperature is 0.0", id="temperature-0"),
            pytest.param({"temperature": -1.0}, "temperature is -1.0", id="temperature-negative"),
            pytest.param({"temperature": float("nan")}, "temperature is nan", id="temperature-nan"),
            pytest.param({"temperature": "warm"}, "warm", id="temperature-text"),
            pytest.param({"reject_below": 1.5}, "reject_below is 1.5", id="reject-above-1"),
            pytest.param({"reject_below": float("nan")}, "reject_below is nan", id="reject-nan"),
            pytest.param({"temperature": float("inf")}, "temperature is inf", id="temperature-infinite"),
            pytest.param({"classes": list("abcdefghi")}, "10 logits for 9 classes", id="nine-classes"),
            pytest.param({"classes": list("abcdefghijk")}, "10 logits for 11 classes", id="eleven-classes"),
            pytest.param({"classes": ["a"]}, "two or more", id="one-class"),
            pytest.param({"classes": ["a"] * 10}, "different names", id="same-class-twice"),
            pytest.param({"classes": [*"abcdefghi", "j\n"]}, "printable names", id="label-of-two-lines"),
            pytest.param({"classes": [*"abcdefghi", 10]}, "printable names", id="label-number"),
            pytest.param({"recipe": None}, "not a sound", id="recipe-none"),
            pytest.param({"seed": float("inf")}, "not a sound", id="seed-infinite"),
            pytest.param({"classes": None}, "not a sound", id="classes-none"),
            pytest.param({"seed": "seven"}, "seven", id="seed-text"),
            pytest.param({"figures": {}}, "'class_map_scale' is missing", id="no-map-scale"),
            pytest.param({"figures": {"class_map_scale": 0.0}}, "class_map_scale", id="map-scale-0"),
            pytest.param({"figures": {"class_map_scale": float("nan")}}, "class_map_scale is nan", id="map-scale-nan"),
            pytest.param({"figures": {"class_map_scale": 1.0, "x": float("nan")}}, "not finite", id="figure-nan"),
            pytest.param({"input": {"size": 28}}, "missing", id="input-incomplete"),
        ],
    )
    def test_wrong_value(self, content: Content, path: Path, change: Content, reason: str) -> None:
        torch.save(content | change, path)
        assert reason in refusal(path)

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            pytest.param({"polarity": "sideways"}, "polarity is 'sideways'", id="polarity-nonsense"),
            pytest.param({"polarity": None}, "polarity is None", id="polarity-none"),
            pytest.param({"size": 0}, "size is 0", id="size-0"),
            pytest.param({"size": 10**6}, "size is 1000000", id="size-huge"),
            pytest.param({"size": 28.0}, "size is 28.0", id="size-not-whole"),
            pytest.param({"size": 32}, "not a sound", id="size-the-model-cannot-take"),
            pytest.param({"std": 0.0}, "std is 0.0", id="std-0"),
            pytest.param({"std": -1.0}, "std is -1.0", id="std-negative"),
            pytest.param({"std": 1e-40}, "std is 1e-40", id="std-tiny"),
            pytest.param({"std": float("nan")}, "std is nan", id="std-nan"),
            pytest.param({"std": float("inf")}, "std is inf", id="std-infinite"),
            pytest.param({"mean": "x"}, "mean is 'x'", id="mean-text"),
            pytest.param({"gamma": 2.2}, "gamma", id="unknown-field"),
        ],
    )
    def test_wrong_input_description(self, content: Content, path: Path, change: Content, reason: str) -> None:
        torch.save(content | {"input": content["input"] | change}, path)
        assert reason in refusal(path)

    @pytest.mark.parametrize(
        ("broken", "reason"),
        [
            pytest.param(lambda weight: weight * float("nan"), "head.weight is not finite", id="nan"),
            pytest.param(lambda weight: weight / 0, "head.weight is not finite", id="infinite"),
            pytest.param(lambda weight: weight.double() * 1e300, "head.weight is not finite", id="more-than-single"),
            pytest.param(lambda weight: weight[:, :-1], "size mismatch", id="narrower"),
            pytest.param(lambda weight: weight.flatten(), "size mismatch", id="flat"),
            pytest.param(lambda weight: weight.long(), "head.weight", id="whole-numbers"),
            pytest.param(lambda weight: weight.to(torch.complex64), "not a sound", id="complex"),
            pytest.param(lambda weight: 3.0, "not a sound", id="no-tensor"),
        ],
    )
    def test_wrong_weight(self, content: Content, path: Path, broken: Callable[[Tensor], object], reason: str) -> None:
        content["state_dict"]["head.weight"] = broken(content["state_dict"]["head.weight"])
        torch.save(content, path)
        assert reason in refusal(path)

    def test_weights_that_give_no_numbers(self, content: Content, path: Path) -> None:
        content["state_dict"]["stem.0.norm1.running_var"] *= -1
        torch.save(content, path)
        assert "not finite" in refusal(path)

    def test_superfluous_weight(self, content: Content, path: Path) -> None:
        content["state_dict"]["extra.weight"] = torch.zeros(3)
        torch.save(content, path)
        assert "extra.weight" in refusal(path)

    def test_other_model_than_the_one_asked_for(self, content: Content, path: Path) -> None:
        assert "holds 'hybrid', not 'simplecnn'; give --model hybrid" in refusal(path, "simplecnn")

    @pytest.mark.parametrize(
        "change",
        [
            {"dim": 10**9},
            {"dim": 2000},
            {"mlp_dim": 10**9},
            {"heads": 10**6},
            {"classes": 10**9},
            {"depth": 10**9},
            {"heads": 0},
            {"widths": [32]},
            {"blocks": []},
            {"blocks": [10**9, 0, 0]},
        ],
        ids=lambda change: "-".join(map(str, *change.items())),
    )
    def test_config_out_of_all_proportion_takes_no_memory(self, content: Content, path: Path, change: Content) -> None:
        torch.save(content | {"config": content["config"] | change}, path)
        with LargestTensor() as largest:
            assert "not a sound hybrid" in refusal(path)
        assert largest.elements < 100_000

    @pytest.mark.parametrize("change", [{"depth": 250}, {"blocks": [0, 250, 0]}], ids=["depth", "blocks"])
    def test_more_layers_than_weights_are_not_built(self, content: Content, path: Path, change: Content) -> None:
        content["state_dict"]["long"] = torch.zeros(1).expand(1000)
        torch.save(content | {"config": content["config"] | change}, path)
        assert "does not fit the weights" in refusal(path)


class LargestTensor(TorchDispatchMode):
    """Notes the size of the largest tensor that is made with memory of its own."""

    elements = 0

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = function(*args, **(kwargs or {}))
        if isinstance(result, Tensor) and not result.is_meta:
            self.elements = max(self.elements, result.numel())
        return result


class TestRefusedOrFailedSave:
    @pytest.mark.parametrize("value", [float("nan"), float("inf")], ids=str)
    @pytest.mark.parametrize("half", [False, True], ids=["single", "half"])
    def test_weight_that_is_not_finite_leaves_the_old_file(
        self, tiny_hybrid: LoadedModel, content: Content, path: Path, value: float, half: bool
    ) -> None:
        before = path.read_bytes()
        with pytest.raises(UserError, match=r"head\.weight is not finite"):
            checkpoint.save(with_weight(tiny_hybrid, value), path, half=half)
        assert path.read_bytes() == before
        assert list(path.parent.iterdir()) == [path]

    def test_weight_too_large_for_half_precision_fits_into_single(self, tiny_hybrid: LoadedModel, path: Path) -> None:
        large = with_weight(tiny_hybrid, 1e5)
        with pytest.raises(UserError, match="half precision"):
            checkpoint.save(large, path, half=True)
        assert not path.exists()
        checkpoint.save(large, path)
        assert checkpoint.load(path).model.head.weight[3, 5] == 1e5

    def test_disk_full_half_way_leaves_the_old_file(
        self, tiny_hybrid: LoadedModel, content: Content, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def write_half(content: Content, target: Path) -> None:
            Path(target).write_bytes(b"PK\x03\x04")
            raise OSError("No space left on device")

        before = path.read_bytes()
        monkeypatch.setattr(torch, "save", write_half)
        with pytest.raises(OSError, match="No space left"):
            checkpoint.save(with_weight(tiny_hybrid, 0.5), path)
        assert path.read_bytes() == before

    def test_second_save_replaces_the_file(self, tiny_hybrid: LoadedModel, content: Content, path: Path) -> None:
        checkpoint.save(with_weight(tiny_hybrid, 0.5), path)
        assert checkpoint.load(path).model.head.weight[3, 5] == 0.5
