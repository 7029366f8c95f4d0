"""What is promised of every recipe, on a small model and the sample pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from fashioncam.messages import InputDescription
from fashioncam.models import build
from training.data.fashion_mnist import Split, WebcamPictures
from training.engine import loop
from training.engine.batches import photo_counts
from training.engine.prediction import predict
from training.recipes import RECIPES


@pytest.mark.parametrize("name", RECIPES)
def test_twenty_steps_lower_the_loss(
    name: str,
    sample: tuple[Tensor, Tensor],
    tiny_config: dict[str, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On the pictures as they are, from random weights, whatever the recipe does to them in training."""
    configs: dict[str, dict[str, Any]] = {
        "hybrid": tiny_config,
        "wide_resnet": {"depth": 10, "widen": 1},
    }
    recipe = RECIPES[name]()
    recipe = replace(recipe, config=configs.get(recipe.model, {}), epochs=1, batch_size=20)
    description = InputDescription(28, mean=0.2861, std=0.3531)
    images, labels = sample
    whole, count = Split(images, labels), 20 * (20 - sum(photo_counts(recipe)))
    train = Split(images[:count], labels[:count])
    some = Split(images[:60], labels[:60])
    cutouts = Split(F.interpolate(images[:40], (128, 128)).expand(-1, 4, -1, -1), labels[:40])
    photos = WebcamPictures(whole, some, cutouts, whole) if recipe.photo_share else None

    monkeypatch.setattr(loop, "store", lambda *arguments: None)  # SimpleCNN's state is 270 MB
    torch.manual_seed(0)
    before = predict(build(recipe.model, recipe.config), some.images, description)
    teacher = build(recipe.model, recipe.config).eval() if recipe.distill_weight else None
    materials = loop.Materials(train, some, description, photos, teacher=teacher)
    model = loop.fit(recipe, materials, tmp_path, 0, torch.device("cpu"), "fp32")
    after = predict(model, some.images, description)
    # At a learning rate of 0 the statistics of the norms alone move it by up to 1 %.
    assert F.cross_entropy(after, some.labels) < 0.98 * F.cross_entropy(before, some.labels)
