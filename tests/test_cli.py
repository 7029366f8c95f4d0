import signal
import subprocess
import sys

import pytest

from fashioncam import __version__, cli
from fashioncam.interrupts import interrupts_deferred
from fashioncam.runtime import headless
from fashioncam.settings import Settings

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@pytest.fixture
def started(monkeypatch):
    """The settings that a call of the command line would have started with."""
    seen = []
    monkeypatch.setattr(cli, "start", lambda settings: seen.append(settings) or 0)
    return seen


def test_every_argument_has_a_default(started):
    assert cli.main([]) == 0
    assert started == [Settings()]


def test_documented_call(started):
    assert cli.main(["--model", "hybrid", "--weights", "weights/hybrid.pth", "--device", "0"]) == 0
    assert started[0].model == "hybrid"
    assert str(started[0].weights) == "weights/hybrid.pth"
    assert started[0].device == "0"


def test_flags_can_be_turned_off(started):
    cli.main(["--no-display-input", "--no-display-fps"])
    assert (started[0].display_input, started[0].display_fps) == (False, False)


@pytest.mark.parametrize(
    "arguments", [["--model", "resnet"], ["--compute", "tpu"], ["--cam-method", "x"], ["--nonsense"]], ids=" ".join
)
def test_bad_argument_is_exit_code_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--device", "97"],
        ["--device", "nowhere.mp4"],
        ["--device", "http://127.0.0.1:9/x"],
        ["--device", "demo", "--weights", "nowhere.pth"],
        ["--device", "demo", "--weights", __file__],
        ["--device", "demo", "--weights", "x" * 300],
        ["--device", "demo", "--weights", ""],
        ["--device", "demo", "--model", "simplecnn", "--weights", "weights/hybrid.pth"],
        ["--device", "demo", "--predictions", "/no/such/folder/x.jsonl"],
        ["--device", "demo", "--save-video", "x.gif"],
    ],
    ids=[
        "camera",
        "file",
        "url",
        "weights",
        "no checkpoint",
        "long name",
        "empty name",
        "other model",
        "predictions",
        "video",
    ],
)
def test_unusable_input_is_one_line_and_exit_code_2(arguments, capfd):
    assert cli.main(["--headless", *arguments]) == 2
    said = capfd.readouterr()
    assert said.err.startswith("fashioncam: ")
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_without_a_screen_it_runs_headless_and_says_so(monkeypatch, capsys):
    for name in SCREENS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert cli.main(["--device", "nowhere.mp4"]) == 2
    assert "no screen found: running headless" in capsys.readouterr().err


@pytest.mark.parametrize("name", SCREENS)
def test_any_screen_counts(monkeypatch, name):
    for other in SCREENS:
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert not cli.has_screen()
    monkeypatch.setenv(name, "x")
    assert cli.has_screen()


def test_version(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == f"fashioncam {__version__}"


def test_list_devices_ends_well(capsys):
    assert cli.main(["--list-devices"]) == 0
    assert capsys.readouterr().out


def test_window_is_ready_to_be_built_before_torch_is_imported():
    program = "import sys, fashioncam.cli, fashioncam.app; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_missing_qt_libraries_are_one_sentence(monkeypatch, capsys):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setitem(sys.modules, "fashioncam.app", None)  # makes the import fail
    monkeypatch.delattr("fashioncam.app", raising=False)
    assert cli.main([]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "apt install libgl1" in said


def test_ctrl_c_waits_until_an_import_is_over():
    reached = []
    with pytest.raises(KeyboardInterrupt), interrupts_deferred():
        signal.raise_signal(signal.SIGINT)
        reached.append("end of the block")
    assert reached
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("what", ["load_segmenter", "load_recogniser"])
def test_ctrl_c_waits_until_a_model_has_been_loaded(monkeypatch, what):
    reached = []
    monkeypatch.setattr(headless, what, lambda _: signal.raise_signal(signal.SIGINT) or reached.append("its end"))
    assert cli.main(["--headless", "--device", "demo"]) == 130
    assert reached


def test_files_of_the_program_are_found_from_any_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["--headless", "--weights", "weights/hybrid.pth", "--device", "nowhere.mp4"]) == 2
    assert "nowhere.mp4" in capsys.readouterr().err
