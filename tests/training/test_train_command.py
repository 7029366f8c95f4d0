from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from fashioncam import checkpoint, resources
from fashioncam.checkpoint import LoadedModel
from fashioncam.errors import UserError
from fashioncam.models.base import to_input
from training import train
from training.base import metrics
from training.data import fashion_mnist
from training.engine.prediction import predict
from training.engine.recipe import Recipe
from training.recipes import RECIPES


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The command makes the folder of a run below the current one."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def command(
    dataset: fashion_mnist.FashionMnist, tiny: Recipe, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., tuple[int, Path]]:
    """Runs the command with the recipe "tiny" in one run folder; returns the exit code and the checkpoint's path.

    The exported model is written for `exports` alone: that takes seconds.
    """
    folder = tmp_path_factory.mktemp("command")

    def run(*arguments: str, exports: bool = False) -> tuple[int, Path]:
        out = folder / "new" / "tiny.pth"
        with pytest.MonkeyPatch.context() as patch:
            if not exports:
                patch.setattr(train, "save_with_twin", checkpoint.save)
            patch.setattr(fashion_mnist, "load", lambda wanted: dataset)
            patch.setitem(RECIPES, "tiny", lambda: tiny)
            return train.main(
                ["--recipe", "tiny", "--seed", "4", "--run", str(folder / "run"), "--out", str(out), *arguments]
            ), out

    return run


@pytest.fixture(scope="module")
def trained(command: Callable[..., tuple[int, Path]]) -> LoadedModel:
    code, out = command()
    assert code == 0
    return checkpoint.load(out, "hybrid")


@pytest.fixture
def recipes_trained(monkeypatch: pytest.MonkeyPatch, dataset: fashion_mnist.FashionMnist) -> list[Recipe]:
    """The recipes that the command would have trained, were it not stopped there."""
    recipes: list[Recipe] = []

    def note(recipe: Recipe, *others: Any) -> None:
        recipes.append(recipe)
        raise UserError("stop here")

    a_batch = fashion_mnist.Split(dataset.train.images.repeat(4, 1, 1, 1), dataset.train.labels.repeat(4))
    monkeypatch.setattr(fashion_mnist, "load", lambda folder: replace(dataset, train=a_batch))
    monkeypatch.setattr(train, "fit", note)
    return recipes


class TestCheckpointWritten:
    def test_describes_data_recipe_and_seed(
        self, trained: LoadedModel, dataset: fashion_mnist.FashionMnist, tiny: Recipe
    ) -> None:
        assert trained.input == dataset.input
        assert trained.classes == fashion_mnist.CLASSES
        assert trained.info.data_digest == "digest of this data"
        assert trained.info.seed == 4
        defaults = {"pos_emb": "learned", "classes": 10, "widths": (32, 64), "blocks": (0, 0, 0)}
        complete = {**tiny.config, **defaults}
        assert (trained.info.model_name, trained.info.config) == ("hybrid", complete)
        assert Recipe(**trained.info.recipe) == tiny

    def test_figures_are_those_of_the_validation_split(
        self, trained: LoadedModel, dataset: fashion_mnist.FashionMnist
    ) -> None:
        logits = predict(trained.model, dataset.validation.images, dataset.input)
        labels = dataset.validation.labels
        probabilities = (logits / trained.temperature).softmax(dim=1)
        assert trained.info.figures["validation_accuracy"] == pytest.approx(metrics.accuracy(logits, labels))
        error = metrics.expected_calibration_error(probabilities, labels)
        assert trained.info.figures["validation_calibration_error"] == pytest.approx(error, abs=1e-5)
        assert trained.temperature == pytest.approx(metrics.fit_temperature(logits, labels))
        threshold = metrics.fit_rejection_threshold(probabilities, labels)
        assert trained.reject_below == pytest.approx(threshold, abs=1e-5)

    @torch.no_grad()
    def test_nine_in_ten_maps_stay_below_the_map_scale(
        self, trained: LoadedModel, dataset: fashion_mnist.FashionMnist
    ) -> None:
        images = to_input(dataset.validation.images, dataset.input)
        peaks = []
        for image in images.split(1):
            features = trained.model.forward_features(image)
            named = trained.model.forward_head(features).argmax().item()
            peaks.append(trained.model.class_maps(features)[:, named].max().relu())
        expected = torch.stack(peaks).quantile(0.9).item()
        assert trained.info.figures["class_map_scale"] == pytest.approx(expected, rel=1e-4)

    def test_same_command_again_writes_the_same_and_half_writes_less(
        self, trained: LoadedModel, command: Callable[..., tuple[int, Path]]
    ) -> None:
        size = {}
        for arguments in ((), ("--half",)):
            code, out = command(*arguments)
            assert code == 0
            size[arguments] = out.stat().st_size
            again = checkpoint.load(out).model.head.weight
            assert torch.allclose(again, trained.model.head.weight, atol=1e-3)
        assert size["--half",] < 0.6 * size[()]


class TestArguments:
    def test_unknown_recipe_exits_with_2(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as caught:
            train.main(["--recipe", "alchemy"])
        assert caught.value.code == 2
        assert "alchemy" in capsys.readouterr().err

    @pytest.mark.parametrize("name", RECIPES)
    def test_without_overrides_the_recipe_is_the_named_one(
        self, recipes_trained: list[Recipe], name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("training.synthesis.webcam_pictures.load_or_make", lambda *arguments: None)
        monkeypatch.setattr(train, "load_teacher", lambda *arguments: None)
        assert train.main(["--recipe", name, "--garments", "folder"]) == 2
        assert recipes_trained == [RECIPES[name]()]

    def test_weights_of_a_model_built_otherwise_are_one_line_and_exit_code_2(
        self,
        recipes_trained: list[Recipe],
        tiny_hybrid: LoadedModel,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        checkpoint.save(tiny_hybrid, tmp_path / "tiny.pth")
        assert train.main(["--recipe", "hybrid", "--initial", str(tmp_path / "tiny.pth")]) == 2
        assert recipes_trained == []
        assert "built otherwise" in capsys.readouterr().err

    def test_no_epochs_calibrate_the_weights_that_were_given(
        self, command: Callable[..., tuple[int, Path]], trained: LoadedModel, tmp_path: Path
    ) -> None:
        checkpoint.save(trained, tmp_path / "given.pth")
        given, out = str(tmp_path / "given.pth"), tmp_path / "out.pth"
        places = ["--run", str(tmp_path / "run"), "--out", str(out)]
        code, _ = command("--epochs", "0", "--initial", given, given, *places, exports=True)
        assert code == 0
        assert out.with_suffix(".onnx").is_file()
        again = checkpoint.load(out, "hybrid")
        assert again.temperature == pytest.approx(trained.temperature, rel=1e-3)
        for name, weights in trained.model.state_dict().items():
            assert torch.allclose(again.model.state_dict()[name], weights)

    def test_photographs_that_are_not_named_are_one_line_and_exit_code_2(
        self, recipes_trained: list[Recipe], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert train.main(["--recipe", "webcam"]) == 2
        assert recipes_trained == []
        error = capsys.readouterr().err
        assert "--garments" in error
        assert error.count("\n") == 1

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--photo-share=0.5", "--cutout-share=0.5"], "leave no picture of Fashion-MNIST"),
            (["--photo-share=0.9", "--cutout-share=0.1"], "leave no picture of Fashion-MNIST"),
            (["--photo-share=0.6", "--cutout-share=0.6"], "leave no picture of Fashion-MNIST"),
            (["--batch-size=60000"], "is more than the"),
        ],
        ids=lambda value: "" if isinstance(value, str) else " ".join(value),
    )
    def test_what_cannot_be_trained_is_refused_before_pictures_are_made(
        self,
        recipes_trained: list[Recipe],
        arguments: list[str],
        said: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        made = []
        monkeypatch.setattr(
            "training.synthesis.webcam_pictures.load_or_make", lambda *arguments: made.append(arguments)
        )
        monkeypatch.setattr(train, "load_teacher", lambda *arguments: None)
        assert train.main(["--recipe", "webcam_simplecnn", "--garments", "folder", *arguments]) == 2
        assert said in capsys.readouterr().err
        assert (made, recipes_trained) == ([], [])

    @pytest.mark.parametrize(
        "arguments", [["--distill-weight=0.5"], ["--teacher=weights/hybrid.pth"]], ids=["no-teacher", "no-weight"]
    )
    def test_teacher_and_its_weight_come_together_or_in_one_line(
        self, recipes_trained: list[Recipe], capsys: pytest.CaptureFixture[str], arguments: list[str]
    ) -> None:
        assert train.main(arguments) == 2
        assert recipes_trained == []
        error = capsys.readouterr().err
        assert "--teacher" in error
        assert error.count("\n") == 1

    @pytest.mark.parametrize(
        ("flag", "change"),
        [
            pytest.param("--epochs=3", {"epochs": 3}, id="epochs"),
            pytest.param("--batch-size=17", {"batch_size": 17}, id="batch_size"),
            pytest.param("--learning-rate=0.5", {"learning_rate": 0.5}, id="learning_rate"),
            pytest.param("--weight-decay=0", {"weight_decay": 0.0}, id="weight_decay"),
            pytest.param("--warmup=0.3", {"warmup": 0.3}, id="warmup"),
            pytest.param("--ema-decay=0", {"ema_decay": 0.0}, id="ema_decay"),
            pytest.param("--crop-padding=0", {"crop_padding": 0}, id="crop_padding"),
            pytest.param("--erase-probability=0", {"erase_probability": 0.0}, id="erase_probability"),
            pytest.param("--erase-area=0.125", {"erase_area": 0.125}, id="erase_area"),
            pytest.param("--distill-temperature=4", {"distill_temperature": 4.0}, id="distill_temperature"),
        ],
    )
    def test_override_reaches_the_recipe(
        self, recipes_trained: list[Recipe], flag: str, change: dict[str, Any]
    ) -> None:
        train.main(["--recipe", "quick", flag])
        assert recipes_trained == [replace(RECIPES["quick"](), **change)]

    def test_data_folder_reaches_the_data(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        asked: list[Path | None] = []

        def note(folder: Path | None) -> None:
            asked.append(folder)
            raise UserError("stop here")

        monkeypatch.setattr(fashion_mnist, "load", note)
        train.main(["--data", str(tmp_path)])
        train.main([])
        assert asked == [tmp_path, None]


class TestFailure:
    def test_data_error_is_one_line_and_exit_code_2(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert train.main(["--data", str(tmp_path / "none")]) == 2
        printed = capsys.readouterr()
        assert printed.err.startswith(f"training.train: {tmp_path / 'none'}: no ")
        assert len(printed.err.splitlines()) == 1
        assert printed.out == ""

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--epochs", "-1"],
            ["--batch-size", "0"],
            ["--batch-size", "65"],
            ["--warmup", "2"],
            ["--crop-padding", "-1"],
            ["--ema-decay", "2"],
            ["--erase-probability", "nan"],
        ],
        ids=" ".join,
    )
    def test_number_out_of_range_is_one_line_and_exit_code_2(
        self,
        command: Callable[..., tuple[int, Path]],
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        arguments: list[str],
    ) -> None:
        assert command("--run", str(tmp_path), *arguments)[0] == 2
        assert capsys.readouterr().err.count("\n") == 1

    @pytest.mark.parametrize("option", ["--out", "--run"])
    def test_place_that_cannot_be_written_is_said_before_the_training(
        self, recipes_trained: list[Recipe], tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
    ) -> None:
        (tmp_path / "file").touch()
        others = {"--out": str(tmp_path / "out.pth"), "--run": str(tmp_path / "run")}
        chosen = others | {option: str(tmp_path / "file" / "below")}
        assert train.main([word for pair in chosen.items() for word in pair]) == 2
        assert str(tmp_path / "file") in capsys.readouterr().err
        assert recipes_trained == []

    def test_folder_as_checkpoint_is_refused(
        self, recipes_trained: list[Recipe], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert train.main(["--out", str(tmp_path), "--run", str(tmp_path / "run")]) == 2
        assert "is a folder" in capsys.readouterr().err
        assert recipes_trained == []

    def test_checkpoint_of_another_ending_is_refused(
        self, recipes_trained: list[Recipe], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for name in ("mine.onnx", "mine.v2"):
            assert train.main(["--out", str(tmp_path / name), "--run", str(tmp_path / "run")]) == 2
            assert "ends in .pth" in capsys.readouterr().err
        assert recipes_trained == []

    def test_checkpoint_beside_which_the_segmenter_lies_is_refused(
        self, recipes_trained: list[Recipe], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        taken = resources.own(resources.SEGMENTER).with_suffix(".pth")
        assert train.main(["--out", str(taken), "--run", str(tmp_path / "run")]) == 2
        assert "would replace the segmenter" in capsys.readouterr().err
        assert recipes_trained == []

    def test_initial_weights_are_checked_before_pictures_are_made(
        self,
        recipes_trained: list[Recipe],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr(train, "load_photos", lambda *arguments: pytest.fail("made in vain"))
        places = ["--out", str(tmp_path / "mine.pth"), "--run", str(tmp_path / "run")]
        assert train.main(["--recipe", "webcam", "--initial", str(tmp_path / "typo.pth"), *places]) == 2
        assert "typo.pth" in capsys.readouterr().err

    def test_missing_device_is_one_line_and_exit_code_2(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
        assert train.main(["--compute", "cuda"]) == 2
        assert capsys.readouterr().err.count("\n") == 1

    @pytest.mark.parametrize("state", [None, [1], {"epoch": 1}], ids=["no torch file", "list", "another dict"])
    def test_damaged_state_is_one_line_and_exit_code_2(
        self,
        state: object,
        command: Callable[..., tuple[int, Path]],
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        (tmp_path / "state.pt").write_bytes(b"no state")
        if state is not None:
            torch.save(state, tmp_path / "state.pt")
        assert command("--run", str(tmp_path))[0] == 2
        assert "damaged; delete it" in capsys.readouterr().err

    def test_changed_recipe_in_the_same_run_folder_is_one_line_and_exit_code_2(
        self, trained: LoadedModel, command: Callable[..., tuple[int, Path]], capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, _ = command("--learning-rate", "0.5")
        error = capsys.readouterr().err
        assert code == 2
        assert "another recipe or seed" in error
        assert len(error.splitlines()) == 1

    def test_ctrl_c_says_how_to_go_on_and_exits_with_130(
        self, dataset: fashion_mnist.FashionMnist, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def interrupted(*arguments: Any) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(fashion_mnist, "load", lambda folder: dataset)
        monkeypatch.setattr(train, "fit", interrupted)
        assert train.main(["--batch-size", "64"]) == 130
        assert "the same command goes on" in capsys.readouterr().err


def test_command_needs_neither_qt_nor_tensorboard() -> None:
    # A module that is None in sys.modules cannot be imported and is not found.
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['PySide6', 'tensorboard']))\n"
        "from training import train\n"
        "from training.engine import run_log\n"
        "assert not run_log.HAS_TENSORBOARD\n"
        "train.main(['--help'])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "--recipe" in result.stdout
