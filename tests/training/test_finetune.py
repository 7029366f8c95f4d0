from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scenes import frame, hold_up, room
from torch import Tensor

from fashioncam import checkpoint
from fashioncam.checkpoint import LoadedModel
from fashioncam.learning_protocol import Error, Progress, Result, decode
from fashioncam.messages import Reading, Segment, State
from fashioncam.models.base import to_input
from fashioncam.runtime.storage.captures import file_capture
from training import finetune
from training.augmentation.webcam import cutouts_through_webcam
from training.data import fashion_mnist
from training.data.captures import load_captures
from training.engine.class_maps import LogitsAndMaps, background_evidence

BOX = (200, 120, 160, 240)
SHIRT = 6
DIGEST = "digest of this data"


@pytest.fixture
def model(tiny_hybrid: LoadedModel) -> LoadedModel:
    return tiny_hybrid


@pytest.fixture
def captures(tmp_path: Path) -> Path:
    """A folder with three garments, filed as the window files them."""
    empty, blank = room(), np.zeros((28, 28), np.uint8)
    for minute, colour in enumerate(((120, 50, 30), (20, 160, 40), (30, 30, 200))):
        image = hold_up(empty, BOX, colour)
        x, y, w, h = BOX
        differs = (image != empty).any(axis=2)[y : y + h, x : x + w]
        segment = Segment(BOX, np.where(differs, np.uint8(255), np.uint8(0)))
        reading = Reading(0, (640, 480), 0.0, 0.0, State.ITEM, 1.0, segment, (), None, blank)
        taken = datetime(2026, 11, 24, 10, minute)
        file_capture(tmp_path / "captures", frame(image), reading, fashion_mnist.CLASSES[SHIRT], SHIRT, taken)
    return tmp_path / "captures"


@pytest.fixture
def adapt(
    captures: Path, model: LoadedModel, tmp_path: Path, sample: tuple[Tensor, Tensor], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """Runs the command on a tiny model and a small data set."""
    split = fashion_mnist.Split(*sample)
    known = fashion_mnist.FashionMnist(split, split, split, model.input, DIGEST)
    monkeypatch.setattr(fashion_mnist, "load", lambda folder: known)
    monkeypatch.setattr(finetune, "save_with_twin", checkpoint.save)  # the export has tests of its own
    monkeypatch.setattr(finetune, "STEPS", 8)
    monkeypatch.setattr(finetune, "CAPTURED", 8)
    monkeypatch.setattr(finetune, "RECIPE", replace(finetune.RECIPE, batch_size=16, learning_rate=0.01))
    checkpoint.save(model, tmp_path / "old.pth")

    def run(*more: str) -> int:
        weights, out = str(tmp_path / "old.pth"), str(tmp_path / "new.pth")
        return finetune.main([str(captures), "--weights", weights, "--out", out, "--threads", "1", *more])

    return run


def test_captures_are_learned_and_the_rest_of_the_checkpoint_stays(
    adapt: Callable[..., int],
    captures: Path,
    model: LoadedModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(finetune, "MAY_FORGET", 1.0)
    assert adapt() == 0
    assert "3 of 3 filed garments named rightly" in capsys.readouterr().out
    new = checkpoint.load(tmp_path / "new.pth")
    inputs = load_captures(captures, new.classes, new.input).inputs
    assert finetune.accuracy(new.model, inputs, new.input) == 1.0
    assert (new.input, new.classes, new.temperature) == (model.input, model.classes, model.temperature)
    assert new.reject_below == model.reject_below
    assert new.info.recipe["epochs"] == model.info.recipe["epochs"]
    assert new.info.recipe["adapted"]["captures"] == 3
    assert new.info.recipe["adapted"]["from"] == str(tmp_path / "old.pth")
    assert set(new.info.figures) == {finetune.ORIGINAL, finetune.NOW, "class_map_scale"}


def test_program_is_told_in_json_lines(
    adapt: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    load = finetune.load_captures
    monkeypatch.setattr(finetune, "load_captures", lambda *given: print("a library speaks") or load(*given))
    assert adapt("--json-lines") == 0
    out, err = capsys.readouterr()
    assert "a library speaks" in err
    *events, result = map(decode, out.splitlines())
    percents = [event.percent for event in events if isinstance(event, Progress)]
    assert len(percents) == len(events)
    assert percents == sorted(percents)
    assert (percents[0], percents[-1]) == (0, 100)
    assert isinstance(result, Result)
    assert (result.weights, result.captures) == (str(tmp_path / "new.pth"), 3)


def test_program_is_told_an_error_in_a_json_line(
    adapt: Callable[..., int], captures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    captures.rename(captures.with_name("elsewhere"))
    assert adapt("--json-lines") == 2
    error = decode(capsys.readouterr().out.splitlines()[-1])
    assert isinstance(error, Error)
    assert error.text.startswith(f"{captures}: no such folder")


@pytest.mark.parametrize(
    ("accuracies", "share"),
    [((0.9396,), 0.8), ((0.92, 0.9391), 0.7), ((0.8, 0.9, 0.93, 0.93, 0.93, 0.943), 0.2)],
    ids=["within bounds", "some", "all the way"],
)
def test_model_that_forgets_is_drawn_back(
    model: LoadedModel, monkeypatch: pytest.MonkeyPatch, accuracies: tuple[float, ...], share: float
) -> None:
    answers = iter(accuracies)
    monkeypatch.setattr(finetune, "accuracy", lambda *_arguments: next(answers))
    new = finetune.copy.deepcopy(model.model)
    with torch.no_grad():
        for parameter in new.parameters():
            parameter.add_(1)
    empty = fashion_mnist.Split(torch.empty(0), torch.empty(0))
    assert finetune.interpolate_weights(new, model, empty, least=0.939) == (share, accuracies[-1])
    moved = next(new.parameters()) - next(model.model.parameters())
    assert torch.allclose(moved, torch.full_like(moved, share), atol=1e-6)


@pytest.mark.parametrize("figure", [finetune.NOW, finetune.ORIGINAL], ids=["its own", "of an original that is gone"])
def test_nothing_is_written_where_too_much_would_be_forgotten(
    adapt: Callable[..., int], model: LoadedModel, tmp_path: Path, capsys: pytest.CaptureFixture[str], figure: str
) -> None:
    figures = {**model.info.figures, figure: 0.99}
    info = replace(model.info, figures=figures, data_digest=DIGEST)
    checkpoint.save(replace(model, info=info), tmp_path / "old.pth")
    assert "without forgetting" in one_line(adapt(), capsys)
    assert not (tmp_path / "new.pth").exists()


def test_model_to_begin_with_is_not_overwritten(
    adapt: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (tmp_path / "old.pth").read_bytes()
    assert "name another file" in one_line(adapt("--out", str(tmp_path / "old.pth")), capsys)
    assert (tmp_path / "old.pth").read_bytes() == before


def test_background_stays_silent_in_a_model_that_learned_it_to(
    adapt: Callable[..., int], model: LoadedModel, tmp_path: Path, sample: tuple[Tensor, Tensor], monkeypatch: Any
) -> None:
    monkeypatch.setattr(finetune, "MAY_FORGET", 1.0)
    pictures = to_input(sample[0][:60], model.input)
    said = []
    for weight in (0.0, 5.0):
        recipe = {**model.info.recipe, "background_weight": weight}
        checkpoint.save(replace(model, info=replace(model.info, recipe=recipe)), tmp_path / "old.pth")
        assert adapt() == 0
        with torch.no_grad():
            new = checkpoint.load(tmp_path / "new.pth").model
            said.append(background_evidence(LogitsAndMaps(new)(pictures)[1], pictures)[0].item())
    assert said[1] < 0.8 * said[0]


def test_adapted_model_is_adapted_anew_from_its_original(model: LoadedModel, tmp_path: Path) -> None:
    old, mine = tmp_path / "old.pth", tmp_path / "mine.pth"
    checkpoint.save(model, old)
    adapted = {"from": str(old), "from_sha256": finetune.sha256(old)}
    recipe = {**model.info.recipe, "adapted": adapted}
    checkpoint.save(replace(model, info=replace(model.info, recipe=recipe)), mine)
    assert finetune.original(old) == old
    assert finetune.original(mine) == old
    old.write_bytes(b"another file")
    assert finetune.original(mine) == mine
    old.unlink()
    assert finetune.original(mine) == mine


def test_capture_held_up_is_the_garment_that_the_program_saw(captures: Path, model: LoadedModel) -> None:
    loaded = load_captures(captures, model.classes, model.input)
    assert loaded.inputs.labels.tolist() == [SHIRT] * 3
    assert loaded.cutouts.images.shape == (3, 4, 128, 128)
    shown = cutouts_through_webcam(
        loaded.cutouts.images, loaded.cutouts.labels, 28, torch.Generator().manual_seed(0), parts=()
    )
    apart = (shown.float() - loaded.inputs.images.float()).abs().mean()
    assert apart < 20
    assert ((shown > 0) == (loaded.inputs.images > 0)).float().mean() > 0.9


def test_missing_folder(adapt: Callable[..., int], captures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    captures.rename(captures.with_name("elsewhere"))
    assert one_line(adapt(), capsys).startswith(f"training.finetune: {captures}: no such folder")


def test_folder_without_captures(adapt: Callable[..., int], captures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for about in captures.glob("*/*/capture.json"):
        about.unlink()
    assert "no captures in it" in one_line(adapt(), capsys)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("crop.png", b""),
        ("crop.png", b"no picture"),
        ("mask.png", None),
        ("capture.json", b"{"),
        ("capture.json", b"[]"),
        ("capture.json", b"{}"),
        ("capture.json", b'{"label": "Hat"}'),
        ("capture.json", b'{"label": ["Shirt"]}'),
    ],
    ids=["empty", "no picture", "missing", "cut", "list", "no label", "unknown class", "strange label"],
)
def test_damaged_capture(
    adapt: Callable[..., int], captures: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None
) -> None:
    damaged = sorted(captures.glob(f"*/*/{name}"))[1]
    damaged.unlink() if content is None else damaged.write_bytes(content)
    said = one_line(adapt(), capsys)
    assert str(damaged.parent) in said
    assert "delete this folder" in said


def test_mask_of_another_size(adapt: Callable[..., int], captures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = next(captures.glob("*/*"))
    small = place / "input.png"
    (place / "mask.png").write_bytes(small.read_bytes())
    assert "does not fit" in one_line(adapt(), capsys)


def test_weights_that_are_none(adapt: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "old.pth").write_bytes(b"no weights")
    assert "damaged, unsafe or not a checkpoint" in one_line(adapt(), capsys)


def test_weights_of_another_input(
    adapt: Callable[..., int], model: LoadedModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint.save(replace(model, input=replace(model.input, polarity="positive")), tmp_path / "old.pth")
    assert "another input" in one_line(adapt(), capsys)


def test_result_that_cannot_be_written(
    adapt: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "new.pth").mkdir()
    assert "is a folder" in one_line(adapt(), capsys)
    assert "--out" in one_line(adapt("--out", str(tmp_path / "old.pth" / "new.pth")), capsys)


def one_line(exit_code: int, capsys: pytest.CaptureFixture[str]) -> str:
    """What has been said of an error."""
    said = capsys.readouterr()
    assert exit_code == 2
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err
