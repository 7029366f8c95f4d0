from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import torch
from torch import Tensor

from fashioncam.messages import InputDescription
from fashioncam.models import build
from training.data.fashion_mnist import Split
from training.engine import loop
from training.engine.recipe import Recipe
from training.engine.run_log import read_rows

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")

GPU = torch.device("cuda")
INPUT = InputDescription(size=28, mean=0.2861, std=0.3531)
RECIPE = Recipe(
    model="hybrid",
    epochs=3,
    batch_size=64,
    ema_decay=0.9,
    muon=1,
    background_weight=0.1,
    distill_weight=0.5,
    learning_rate=1e-3,
)


def materials(seed: int = 0) -> loop.Materials:
    generator = torch.Generator().manual_seed(seed)
    images = torch.randint(256, (640, 1, 28, 28), dtype=torch.uint8, generator=generator)
    split = Split(images, torch.randint(10, (640,), generator=generator))
    return loop.Materials(split, split, INPUT, teacher=build("hybrid", {}).eval())


def losses(captured: bool, precision: str) -> list[float]:
    """Of an epoch's ten steps."""
    torch.manual_seed(0)
    learned_from = materials().to(GPU)
    state = loop.new_state(RECIPE, None, 10, GPU)
    made = loop.make_step(state, precision, RECIPE, learned_from.teacher)
    found: list[Tensor] = []

    def step(images: Tensor, targets: Tensor) -> Tensor:
        called = partial(loop.forward_backward, precision=precision, recipe=RECIPE, teacher=learned_from.teacher)
        found.append(made(images, targets) if captured else called(state.in_step, images, targets))
        return found[-1]

    loop.train_epoch(state, loop.epoch_batches(learned_from, RECIPE, 0, 0), step)
    return torch.stack(found).tolist()


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_replayed_steps_have_the_losses_of_steps_that_are_called(precision: str) -> None:
    called = losses(captured=False, precision=precision)
    assert losses(captured=True, precision=precision) == pytest.approx(called, rel=2e-3)
    assert called[1] > called[-1]


def test_interrupted_run_goes_on_as_an_uninterrupted_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(folder: Path) -> list[float]:
        torch.manual_seed(1)  # of the teacher
        loop.fit(RECIPE, materials(), folder, 0, GPU, "fp32")
        return [float(row["train_loss"]) for row in read_rows(folder / "log.csv")]

    whole = run(tmp_path / "whole")
    monkeypatch.setattr(loop, "STORING_INTERVAL_S", 0.0)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(loop, "print_epoch", interrupt)
        run(tmp_path / "resumed")
    started = read_rows(tmp_path / "resumed" / "log.csv")
    assert run(tmp_path / "resumed") == pytest.approx(whole, rel=2e-3)
    assert read_rows(tmp_path / "resumed" / "log.csv")[:1] == started  # its seconds, too: not trained again


def interrupt(*arguments: object) -> None:
    raise KeyboardInterrupt
