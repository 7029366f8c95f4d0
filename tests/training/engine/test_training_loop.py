from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from fashioncam.errors import UserError
from fashioncam.messages import InputDescription
from fashioncam.models import build
from fashioncam.models.base import Model, to_input
from training.data.fashion_mnist import NOT_A_GARMENT, Split, WebcamPictures
from training.engine import loop
from training.engine.batches import shuffled_batches, with_photos
from training.engine.prediction import composite_figures, predict
from training.engine.recipe import Recipe
from training.engine.run_log import read_rows

INPUT = InputDescription(size=28, mean=0.2861, std=0.3531)


class KilledError(BaseException):
    """As a kill would, it passes every `except Exception`."""


@dataclass(frozen=True)
class Trainer:
    """Trains on the first `count` sample pictures, and validates on the last 40."""

    images: Tensor
    labels: Tensor

    def __call__(self, recipe: Recipe, folder: Path, count: int = 256, seed: int = 1) -> Model:
        train = Split(self.images[:count], self.labels[:count])
        validation = Split(self.images[-40:], self.labels[-40:])
        materials = loop.Materials(train, validation, INPUT)
        return loop.fit(recipe, materials, folder, seed, torch.device("cpu"), "fp32")


@pytest.fixture(scope="module")
def trainer(sample: tuple[Tensor, Tensor]) -> Trainer:
    return Trainer(*sample)


@pytest.fixture(scope="module")
def recipe(tiny_config: dict[str, int]) -> Recipe:
    return Recipe(model="hybrid", config=tiny_config, epochs=2, batch_size=64, ema_decay=0.9, muon=1)


@pytest.fixture(scope="module")
def whole_run(trainer: Trainer, recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> tuple[Model, Path]:
    """A model trained without interruption, and the folder of its run."""
    folder = tmp_path_factory.mktemp("whole")
    return trainer(recipe, folder), folder


def assert_same_weights(model: Model, other: Model) -> None:
    weights, others = model.state_dict(), other.state_dict()
    assert list(weights) == list(others)
    assert [name for name in weights if not torch.equal(weights[name], others[name])] == []


def state_of(folder: Path) -> dict[str, Any]:
    return torch.load(folder / "state.pt", weights_only=True)


def killed_after_storing(store: Callable[..., None]) -> Callable[..., None]:
    def store_and_die(*arguments: Any) -> None:
        store(*arguments)
        raise KilledError

    return store_and_die


def killed_before_storing(store: Callable[..., None]) -> Callable[..., None]:
    def die(*arguments: Any) -> None:
        raise KilledError

    return die


class TestResume:
    @pytest.fixture(autouse=True)
    def after_each_epoch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(loop, "STORING_INTERVAL_S", 0.0)

    @pytest.mark.parametrize(
        "killed", [killed_after_storing, killed_before_storing], ids=["between-epochs", "in-epoch"]
    )
    def test_interrupted_run_ends_as_an_uninterrupted_one(
        self,
        trainer: Trainer,
        recipe: Recipe,
        whole_run: tuple[Model, Path],
        tmp_path: Path,
        killed: Callable[..., Callable[..., None]],
    ) -> None:
        with pytest.MonkeyPatch.context() as patch, pytest.raises(KilledError):
            patch.setattr(loop, "store", killed(loop.store))
            trainer(recipe, tmp_path)
        assert len(read_rows(tmp_path / "log.csv")) == 1
        torch.manual_seed(99)  # another process, another state of the global generator
        assert_same_weights(trainer(recipe, tmp_path), whole_run[0])
        rows, expected = read_rows(tmp_path / "log.csv"), read_rows(whole_run[1] / "log.csv")
        for row in (*rows, *expected):
            assert float(row.pop("seconds")) >= 0
        assert rows == expected

    def test_finished_run_is_not_trained_further(
        self, trainer: Trainer, recipe: Recipe, whole_run: tuple[Model, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        model, folder = whole_run
        monkeypatch.delattr(loop, "forward_backward")
        assert_same_weights(trainer(recipe, folder), model)
        assert [row["epoch"] for row in read_rows(folder / "log.csv")] == ["0", "1"]

    @pytest.mark.parametrize(
        ("change", "seed"),
        [
            pytest.param({"epochs": 3}, 1, id="longer"),
            pytest.param({"config": {}}, 1, id="other-model"),
            pytest.param({}, 2, id="other-seed"),
        ],
    )
    def test_another_run_in_the_same_folder_is_refused(
        self, trainer: Trainer, recipe: Recipe, whole_run: tuple[Model, Path], change: dict[str, Any], seed: int
    ) -> None:
        folder = whole_run[1]
        before = (folder / "state.pt").read_bytes(), (folder / "log.csv").read_bytes()
        with pytest.raises(UserError, match="another recipe or seed") as caught:
            trainer(replace(recipe, **change), folder, seed=seed)
        assert str(folder) in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1
        assert ((folder / "state.pt").read_bytes(), (folder / "log.csv").read_bytes()) == before

    def test_run_on_other_pictures_or_in_another_precision_or_place_is_another_run(
        self, recipe: Recipe, sample: tuple[Tensor, Tensor]
    ) -> None:
        part = Split(sample[0][:8], sample[1][:8])
        photos = WebcamPictures(part, part, part, part)
        materials = loop.Materials(part, part, INPUT, photos)
        other = replace(photos, cutouts=Split(part.images + 1, part.labels))
        elsewhere = replace(materials, train=part.to(torch.device("meta")))
        runs = [
            (materials, "fp32"),
            (materials, "bf16"),
            (replace(materials, photos=other), "fp32"),
            (elsewhere, "fp32"),
        ]
        identities = [loop.identity_of(recipe, 0, precision, learned_from) for learned_from, precision in runs]
        assert identities[0] == loop.identity_of(recipe, 0, "fp32", materials)
        assert identities[0] not in identities[1:]

    def test_quick_epochs_do_not_each_store_their_state(
        self, trainer: Trainer, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored: list[int] = []
        monkeypatch.setattr(loop, "store", lambda path, identity, epoch, parts: stored.append(epoch))
        trainer(replace(recipe, epochs=3), tmp_path / "each", count=64)
        monkeypatch.setattr(loop, "STORING_INTERVAL_S", 3600.0)
        trainer(replace(recipe, epochs=3), tmp_path / "last", count=64)
        assert stored == [1, 2, 3, 3]

    def test_state_of_another_version_is_one_line(
        self, trainer: Trainer, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        short = replace(recipe, epochs=1)
        trainer(short, tmp_path, count=64)
        state = state_of(tmp_path)
        torch.save({**state, "version": 1}, tmp_path / "state.pt")
        with pytest.raises(UserError, match="delete it") as caught:
            trainer(short, tmp_path, count=64)
        assert len(str(caught.value).splitlines()) == 1

    def test_failed_write_leaves_the_old_state(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def write_half(state: object, path: Path) -> None:
            path.write_bytes(b"PK")
            raise OSError("No space left on device")

        loop.store(tmp_path / "state.pt", {"seed": 1}, 1, {})
        with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
            patch.setattr(torch, "save", write_half)
            loop.store(tmp_path / "state.pt", {"seed": 1}, 2, {})
        assert loop.restore(tmp_path / "state.pt", {"seed": 1}, {}) == 1

    def test_without_a_state_a_run_starts_at_epoch_0(self, tmp_path: Path) -> None:
        assert loop.restore(tmp_path / "state.pt", {}, {}) == 0


class TestFit:
    def test_returns_the_averaged_weights_in_eval_mode(self, whole_run: tuple[Model, Path]) -> None:
        model, folder = whole_run
        state = state_of(folder)
        averaged = {name.removeprefix("module."): value for name, value in state["average"].items()}
        assert not model.training
        for name, value in model.state_dict().items():
            assert torch.equal(value, averaged[name])
        assert not torch.equal(model.head.weight, state["model"]["head.weight"])

    def test_without_an_average_it_returns_the_last_weights(
        self, trainer: Trainer, recipe: Recipe, tmp_path: Path
    ) -> None:
        model = trainer(replace(recipe, epochs=1, ema_decay=0), tmp_path, count=64)
        last = state_of(tmp_path)["model"]
        for name, value in model.state_dict().items():
            assert torch.equal(value, last[name])

    def test_loss_falls(self, trainer: Trainer, recipe: Recipe, tmp_path: Path) -> None:
        short = replace(recipe, epochs=6, batch_size=16, learning_rate=0.01, crop_padding=0, erase_probability=0)
        trainer(short, tmp_path, count=48)
        losses = [float(row["train_loss"]) for row in read_rows(tmp_path / "log.csv")]
        assert losses[-1] < 0.8 * losses[0]

    def test_logs_one_row_of_figures_an_epoch(self, recipe: Recipe, whole_run: tuple[Model, Path]) -> None:
        rows = read_rows(whole_run[1] / "log.csv")
        assert [row["epoch"] for row in rows] == ["0", "1"]
        for row in rows:
            assert 0 <= float(row["validation_accuracy"]) <= 1
            assert float(row["train_loss"]) > 0
            assert float(row["validation_loss"]) > 0
        assert float(rows[1]["learning_rate"]) < 1e-3 * recipe.learning_rate

    def test_validation_figures_are_those_of_the_returned_model(
        self, trainer: Trainer, whole_run: tuple[Model, Path]
    ) -> None:
        logits = predict(whole_run[0], trainer.images[-40:], INPUT)
        loss = torch.nn.functional.cross_entropy(logits, trainer.labels[-40:]).item()
        assert float(read_rows(whole_run[1] / "log.csv")[-1]["validation_loss"]) == pytest.approx(loss, rel=1e-4)


def test_predict_returns_single_precision_logits_whatever_the_precision(
    whole_run: tuple[Model, Path], trainer: Trainer
) -> None:
    exact = predict(whole_run[0], trainer.images[:8], INPUT)
    rough = predict(whole_run[0], trainer.images[:8], INPUT, "bf16")
    assert (exact.dtype, rough.dtype) == (torch.float32, torch.float32)
    assert torch.allclose(exact, rough, atol=0.1)
    assert not torch.equal(exact, rough)


@pytest.fixture(scope="module")
def photos(sample: tuple[Tensor, Tensor]) -> WebcamPictures:
    """Forty pictures with their labels, the first eight of which are no garment, and as many cutouts."""
    images, labels = sample
    shown = labels[:40].clone()
    shown[:8] = NOT_A_GARMENT
    part = Split(images[:40], shown)
    large = torch.nn.functional.interpolate(images[:40], (128, 128)).expand(-1, 4, -1, -1)
    return WebcamPictures(part, part, Split(large, shown), part)


class TestPhotographs:
    def test_each_batch_holds_their_share(
        self, sample: tuple[Tensor, Tensor], photos: WebcamPictures, recipe: Recipe
    ) -> None:
        recipe = replace(recipe, photo_share=0.125, cutout_share=0.125, webcam_share=0.5)
        batches = shuffled_batches(Split(*sample), recipe, 1, 0, INPUT)
        mixed = list(with_photos(batches, photos, recipe, 1, 0, INPUT))
        assert len(mixed) == 400 // 48
        assert {(len(images), len(targets)) for images, targets in mixed} == {(64, 64)}
        assert all(torch.allclose(targets.sum(dim=1), torch.ones(64)) for _, targets in mixed)

    def test_each_keeps_its_label(self, sample: tuple[Tensor, Tensor], recipe: Recipe) -> None:
        recipe = replace(recipe, photo_share=0.125, cutout_share=0.125, erase_probability=0)
        labels = torch.arange(40) % 4
        greys = (60 * labels).to(torch.uint8)[:, None, None, None]
        found = Split(greys.expand(-1, -1, 28, 28).contiguous(), labels)
        cutouts = Split(greys.expand(-1, 4, 128, 128).contiguous(), labels + 5)
        photos = WebcamPictures(found, found, cutouts, found)
        for images, targets in with_photos(
            shuffled_batches(Split(*sample), recipe, 1, 0, INPUT), photos, recipe, 1, 0, INPUT
        ):
            told = targets.argmax(dim=1)
            expected = to_input((60 * told[48:56]).to(torch.uint8)[:, None, None, None], INPUT)[:, 0, 0, 0]
            assert torch.allclose(images[48:56, 0, 14, 14], expected)
            assert all(5 <= label <= 8 for label in told[56:].tolist())

    def test_figures_are_of_garments_and_of_other_things_apart(self, photos: WebcamPictures) -> None:
        class Sure(torch.nn.Module):
            """Of class 0 for everything."""

            def __init__(self) -> None:
                super().__init__()
                self.logits = torch.nn.Parameter(torch.tensor([9.0] + [0.0] * 9))

            def forward(self, images: Tensor) -> Tensor:
                return self.logits.expand(len(images), 10)

        figures = composite_figures(Sure(), photos.validation, INPUT, "fp32")
        assert figures["composite_accuracy"] == pytest.approx(1 / len(photos.validation.labels[8:].unique()))
        assert figures["garment_confidence"] == pytest.approx(figures["other_confidence"])

    def test_run_with_them_can_be_resumed_and_begins_with_the_given_weights(
        self, sample: tuple[Tensor, Tensor], photos: WebcamPictures, recipe: Recipe, tmp_path: Path
    ) -> None:
        images, labels = sample
        train, validation = Split(images[:128], labels[:128]), Split(images[-40:], labels[-40:])
        recipe = replace(
            recipe, epochs=1, photo_share=0.25, cutout_share=0.25, learning_rate=0.0, ema_decay=0.0, weight_decay=0.0
        )
        initial = build("hybrid", recipe.config).state_dict()
        with torch.random.fork_rng():
            torch.manual_seed(99)
            other = build("hybrid", recipe.config).state_dict()

        def run(weights: dict[str, Tensor]) -> Model:
            device = torch.device("cpu")
            materials = loop.Materials(train, validation, INPUT, photos, weights)
            return loop.fit(recipe, materials, tmp_path, 1, device, "fp32")

        model = run(initial)
        assert torch.equal(model.head.weight, initial["head.weight"])  # type: ignore[union-attr]
        assert torch.equal(run(initial).head.weight, initial["head.weight"])  # type: ignore[union-attr]
        with pytest.raises(UserError, match="belongs to another"):
            run(other)
        assert {"composite_accuracy", "garment_confidence", "other_confidence"} <= set(
            read_rows(tmp_path / "log.csv")[0]
        )
