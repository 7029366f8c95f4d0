from __future__ import annotations

import argparse
import csv
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import train_tiny

from fashioncam import checkpoint
from fashioncam.checkpoint import LoadedModel
from training import sweep, train
from training.data import fashion_mnist
from training.engine import loop
from training.engine.recipe import Recipe
from training.recipes import RECIPES

GRID = ["--vary", "learning_rate=1e-3,3e-3", "--vary", "muon=0,1", "--seeds", "0,1", "--epochs", "2"]


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch, tiny_hybrid: LoadedModel) -> list[str]:
    """The names of the runs that were trained; a run's accuracy tells its values."""
    names: list[str] = []

    def run(args: argparse.Namespace) -> str:
        names.append(args.run.name)
        recipe = train.chosen_recipe(args)
        accuracy = 0.5 + 10 * recipe.learning_rate + 0.1 * recipe.muon + 0.01 * args.seed
        figures = {**tiny_hybrid.info.figures, "validation_accuracy": accuracy}
        info = replace(tiny_hybrid.info, recipe=asdict(recipe), seed=args.seed, figures=figures)
        args.out.parent.mkdir(parents=True)
        checkpoint.save(replace(tiny_hybrid, info=info), args.out)
        return "trained"

    monkeypatch.setattr(train, "run", run)
    return names


def test_every_combination_is_trained_with_every_seed(
    trained: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sweep.main([*GRID, "--folder", str(tmp_path)]) == 0
    assert len(trained) == len(set(trained)) == 8
    assert trained[:2] == ["learning_rate=1e-3-muon=0-seed=0", "learning_rate=1e-3-muon=0-seed=1"]
    with (tmp_path / "table.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[-1] == {
        "learning_rate": "3e-3",
        "muon": "1",
        "runs": "2",
        "mean": "0.63500",
        "spread": "0.00707",
        "lowest": "0.63000",
        "highest": "0.64000",
    }
    assert " 63.50 % ± 0.71 (2 runs)  learning_rate 3e-3, muon 1" in capsys.readouterr().out


def test_value_or_seed_named_twice_is_one_run(trained: list[str], tmp_path: Path) -> None:
    assert sweep.main(["--vary", "muon=0,0", "--seeds", "1,1", "--folder", str(tmp_path)]) == 0
    assert trained == ["muon=0-seed=1"]


def test_one_run_has_no_spread(trained: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sweep.main(["--folder", str(tmp_path)]) == 0
    assert trained == ["seed=0"]
    assert "one run  as the recipe has it" in capsys.readouterr().out


def test_runs_are_those_of_the_training_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fashion_mnist, "load", lambda folder: train_tiny.sample())
    monkeypatch.setattr(train, "save_with_twin", checkpoint.save)
    monkeypatch.setitem(RECIPES, "tiny", lambda: train_tiny.TINY)
    command = ["--recipe", "tiny", "--vary", "batch-size=70", "--epochs", "1", "--folder", str(tmp_path)]
    assert sweep.main(command) == 0
    info = checkpoint.load(tmp_path / "batch_size=70-seed=0" / "weights.pth").info
    assert Recipe(**info.recipe) == replace(train_tiny.TINY, batch_size=70, epochs=1)
    monkeypatch.delattr(loop, "forward_backward")  # the same command again trains nothing
    assert sweep.main(command) == 0
    assert f"{100 * info.figures['validation_accuracy']:.2f} %" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--vary", "alchemy=1"],
        ["--vary", "muon=0", "--vary", "muon=1"],
        ["--vary", "muon"],
        ["--vary", "epochs=1,-1"],
        ["--seeds", "0,x"],
        ["--seeds", "0,-5"],
        ["--vary", "muon=a"],
        ["--rec", "hybrid"],  # would be another recipe than the folder is called after
    ],
    ids=" ".join,
)
def test_errors_of_the_user_come_before_the_first_run(
    trained: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    try:
        code: object = sweep.main([*arguments, "--folder", str(tmp_path)])
    except SystemExit as ended:  # argparse's own errors
        code = ended.code
    assert code == 2
    assert trained == []
