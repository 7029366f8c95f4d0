"""What several test files need: sample pictures, and a model small enough to train in a test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from fashioncam.checkpoint import CheckpointInfo, LoadedModel
from fashioncam.messages import InputDescription
from fashioncam.models import build

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Every test ends the threads that it has started."""
    before = set(threading.enumerate())
    yield
    left = [thread.name for thread in threading.enumerate() if thread not in before and thread.is_alive()]
    # TensorBoard's writer and tqdm's monitor live on by design.
    ours = ("capture", "drawing", "inference", "model", "storage", "cameras", "learning", "session")
    assert [name for name in left if name.startswith(ours)] == []


@pytest.fixture(scope="session")
def sample() -> tuple[Tensor, Tensor]:
    """400 pictures of the validation split, 400 x 1 x 28 x 28 uint8, 40 a class, and their labels, int64."""
    with np.load(Path(__file__).with_name("fashion_mnist_sample.npz")) as arrays:
        return torch.from_numpy(arrays["images"]).unsqueeze(1), torch.from_numpy(arrays["labels"]).long()


@pytest.fixture(scope="session")
def tiny_config() -> dict[str, int]:
    """Arguments of a hybrid with 80,000 parameters."""
    return {"dim": 16, "depth": 1, "heads": 2, "dim_head": 8, "mlp_dim": 32}


@pytest.fixture
def tiny_hybrid(tiny_config: dict[str, int]) -> LoadedModel:
    """A small untrained hybrid, as if loaded from a checkpoint."""
    torch.manual_seed(0)
    return LoadedModel(
        model=build("hybrid", tiny_config).eval(),
        input=InputDescription(size=28, mean=0.2861, std=0.3531, polarity="negated"),
        classes=tuple(f"class {index}" for index in range(10)),
        temperature=1.25,
        reject_below=0.6,
        info=CheckpointInfo(
            model_name="hybrid",
            config=tiny_config,
            recipe={"model": "hybrid", "config": tiny_config, "epochs": 2, "learning_rate": 0.003},
            seed=7,
            data_digest="0123abcd",
            figures={"class_map_scale": 0.03, "validation_accuracy": 0.1},
        ),
    )
