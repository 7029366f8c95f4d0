"""What a training begins with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from fashioncam import checkpoint
from fashioncam.checkpoint import LoadedModel
from fashioncam.errors import UserError
from fashioncam.models import build
from training import train
from training.engine.recipe import Recipe


class TestInitialWeights:
    def test_another_models_weights_are_one_line_and_exit_code_2(
        self, tiny_hybrid: LoadedModel, tiny: Recipe, tmp_path: Path
    ) -> None:
        checkpoint.save(tiny_hybrid, tmp_path / "tiny.pth")
        with pytest.raises(UserError, match="a hybrid that is built otherwise than the recipe's wide_resnet"):
            train.load_initial([tmp_path / "tiny.pth"], replace(tiny, model="wide_resnet", config={}))

    def test_several_begin_with_their_mean(self, tiny_hybrid: LoadedModel, tiny: Recipe, tmp_path: Path) -> None:
        other = replace(tiny_hybrid, model=build("hybrid", tiny.config))
        files = [tmp_path / "first.pth", tmp_path / "second.pth"]
        for loaded, path in zip((tiny_hybrid, other), files, strict=True):
            checkpoint.save(loaded, path)
        weights = train.load_initial(files, replace(tiny, model="hybrid"))
        assert weights is not None
        first, second = tiny_hybrid.model.state_dict(), other.model.state_dict()
        for name, mean in weights.items():
            assert mean.dtype == first[name].dtype
            assert torch.allclose(mean.float(), (first[name].float() + second[name].float()) / 2)
