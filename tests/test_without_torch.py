"""The real program in a process that has no torch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from fashioncam import resources

# None in sys.modules makes an import fail, and find_spec find nothing.
PROGRAM = (
    "import sys; sys.modules.update(dict.fromkeys(('torch', 'torchvision', 'pytorch_grad_cam')));"
    "from fashioncam.cli import main; sys.exit(main())"
)
FRAMES = 90  # the first garment is held up in frame 79


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The beginning of the demo clip."""
    demo = cv2.VideoCapture(str(resources.own(resources.DEMO_CLIP)))
    path = tmp_path_factory.mktemp("clip") / "beginning.avi"
    film = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, (640, 480))
    for _ in range(FRAMES):
        film.write(cv2.resize(demo.read()[1], (640, 480)))
    film.release()
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        ("--model", "hybrid"),
        ("--model", "simplecnn"),
        ("--weights", "weights/hybrid-benchmark.pth"),
        ("--cam-method", "occlusion"),
    ],
    ids=lambda arguments: arguments[1],
)
def test_garments_are_named(arguments: tuple[str, ...], clip: Path, tmp_path: Path) -> None:
    predictions = tmp_path / "predictions.jsonl"
    done = run("--headless", "--device", str(clip), "--predictions", str(predictions), *arguments)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in predictions.read_text().splitlines()]
    assert len(lines) == FRAMES
    assert lines[-1]["state"] in ("item", "uncertain")
    assert len(lines[-1]["top5"]) == 5


def test_what_needs_torch_is_one_line_and_exit_code_2(clip: Path) -> None:
    done = run("--headless", "--device", str(clip), "--cam-method", "hirescam")
    assert done.returncode == 2
    assert done.stderr == (
        "fashioncam: --cam-method hirescam needs torch, which is not installed: "
        'python -m pip install "fashioncam[torch]"\n'
    )


def test_window_that_is_asked_for_it_ends_with_the_same_line(
    tmp_path: Path, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    done = run("--device", str(clip), "--compute", "cuda")
    assert done.returncode == 2
    assert "--compute cuda needs torch" in done.stderr
    assert "Traceback" not in done.stderr


def test_names_and_choices_are_known() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert "hybrid,simplecnn,wide_resnet" in done.stdout
