"""The real program in a real window on a virtual screen: started, looked at, and quit by its keys."""

import os
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from fashioncam.ui import theme

SCREEN_WH = (1280, 800)
PANEL_LEFT_PX = 896  # the panel is 384 px wide in a window of 1280
DEADLINE_S = 60


class VirtualScreen:
    """Xvfb with its picture in a file that can be read."""

    def __init__(self, folder: Path) -> None:
        reading, writing = os.pipe()
        screen = f"-screen 0 {SCREEN_WH[0]}x{SCREEN_WH[1]}x24 -nolisten tcp -noreset -displayfd {writing} -fbdir"
        command = ["Xvfb", *screen.split(), str(folder)]
        self._server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            self.display = f":{pipe.readline().strip()}"
        self._picture_file = folder / "Xvfb_screen0"
        self._home = folder  # so that no test meets another's settings

    def picture(self) -> np.ndarray:
        """What the screen shows: H x W x 3 uint8, B G R (the XWD format of X11/XWDFile.h)."""
        raw = self._picture_file.read_bytes()
        header = struct.unpack(">25I", raw[:100])
        header_bytes, width, height, bytes_per_line, colours = (header[index] for index in (0, 4, 5, 12, 19))
        pixels = np.frombuffer(raw, np.uint8, bytes_per_line * height, header_bytes + 12 * colours)
        return pixels.reshape(height, bytes_per_line // 4, 4)[:, :width, :3]

    def wait_for(self, condition, what: str) -> np.ndarray:
        """Look at the screen until `condition` holds of its picture."""
        deadline, pause = time.perf_counter() + DEADLINE_S, threading.Event()
        while time.perf_counter() < deadline:
            picture = self.picture()
            if condition(picture):
                return picture
            pause.wait(0.05)
        raise AssertionError(f"never on the screen: {what}")

    def press(self, key: str) -> None:
        find = ["xdotool", "search", "--onlyvisible", "--name", "^fashioncam$"]
        window = subprocess.run(
            find, env=self.environment(), capture_output=True, text=True, check=True
        ).stdout.split()[0]
        # A window that closes at the key's press is not there for its release, so the outcome is not checked.
        press = ["xdotool", "windowfocus", window, "key", key]
        subprocess.run(press, env=self.environment(), capture_output=True, check=False)

    def environment(self) -> dict[str, str]:
        hidden = ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
        kept = {name: value for name, value in os.environ.items() if name not in hidden}
        return kept | {"DISPLAY": self.display, "XDG_CONFIG_HOME": str(self._home), "HOME": str(self._home)}

    def close(self) -> None:
        self._server.terminate()
        self._server.wait(10)


@pytest.fixture
def screen(tmp_path):
    if sys.platform != "linux":
        pytest.skip("X11's virtual screen")
    missing = [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]
    if missing:
        pytest.fail(f"this test needs {' and '.join(missing)}: apt install xvfb xdotool")
    screen = VirtualScreen(tmp_path)
    yield screen
    screen.close()


def count(picture: np.ndarray, colour: str, left: int = PANEL_LEFT_PX, right: int = SCREEN_WH[0]) -> int:
    """How many pixels between two columns have exactly this colour, given as #rrggbb."""
    bgr = [int(colour[index : index + 2], 16) for index in (5, 3, 1)]
    return int((picture[:, left:right] == bgr).all(axis=2).sum())


def test_window_shows_names_saves_presents_relearns_and_quits(screen, tmp_path):
    """The demo clip is shown, its first garment named and saved by `s`, and `p`, `n` and `q` do what they say."""
    program = subprocess.Popen(
        [sys.executable, "-m", "fashioncam", "--device", "demo"],
        env=screen.environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        video = screen.wait_for(lambda p: p[100:600, 50:800].std() > 10, "the live picture")[100:600, 50:800]
        assert len(np.unique(video.reshape(-1, 3), axis=0)) > 100
        screen.wait_for(lambda p: count(p, theme.GREEN) > 10_000, "a sure answer")
        # The picture follows with the next frame.
        named = screen.wait_for(lambda p: box_pixels(p) > 300, "the item's box on the picture")
        assert (named[372:536, 915:1079] == 0).all(axis=2).mean() > 0.1, "the model's input, on black"
        screen.press("s")
        pictures = tmp_path / "Pictures" / "fashioncam"
        screen.wait_for(lambda p: list(pictures.glob("*.json")), "a saved picture")
        screen.press("p")
        screen.wait_for(lambda p: count(p, theme.GREEN) > 40_000, "the answer in large letters")
        screen.press("Escape")
        screen.wait_for(lambda p: count(p, theme.GREEN) < 40_000, "the usual window")
        screen.press("n")
        screen.wait_for(lambda p: count(p, theme.BLUE) > 10_000, "learning the background")
        screen.press("q")
        assert program.wait(10) == 0
        assert program.stderr.read() == ""
    finally:
        program.kill()
        program.wait()
        program.stderr.close()


def box_pixels(picture):
    """How many pixels of the camera's picture have the very green of the item's box."""
    return (picture[:, :800] == (115, 158, 0)).all(axis=2).sum()


def refusal(device: str, environment: dict[str, str]) -> str:
    """The one line on stderr of a start that ends with exit code 2."""
    done = subprocess.run(
        [sys.executable, "-m", "fashioncam", "--device", device],
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_named_source_that_is_missing_ends_the_window_with_exit_code_2(screen):
    said_by_program = refusal("nowhere.mp4", screen.environment())
    assert said_by_program.startswith("fashioncam: 'nowhere.mp4' is no camera index")


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"QT_QPA_PLATFORM": "nonsense"}, 'Could not find the Qt platform plugin "nonsense"'),
        ({"WAYLAND_DISPLAY": "wayland-99", "XDG_RUNTIME_DIR": "/tmp"}, "WAYLAND_DISPLAY=wayland-99"),
    ],
    ids=["platform", "wayland"],
)
def test_platform_that_is_not_there_is_one_line_and_exit_code_2(environment, said):
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    said_by_program = refusal("demo", kept | environment)
    assert said in said_by_program
    assert "--headless" in said_by_program


def test_screen_that_does_not_answer_is_one_line_and_exit_code_2(screen):
    screen.close()
    said_by_program = refusal("demo", screen.environment())
    assert f"no X server answers at DISPLAY={screen.display}" in said_by_program


def test_ctrl_c_ends_the_window_with_130(screen):
    program = subprocess.Popen([sys.executable, "-m", "fashioncam", "--device", "demo"], env=screen.environment())
    try:
        screen.wait_for(lambda p: p[100:600, 50:800].std() > 10, "the live picture")
        program.send_signal(signal.SIGINT)
        assert program.wait(10) == 130
    finally:
        program.kill()
        program.wait()


def test_ctrl_c_before_the_window_is_up_ends_with_130(screen):
    program = """
import signal
from fashioncam import app, cli
show = app.MainWindow.show
app.MainWindow.show = lambda window: show(window) or signal.raise_signal(signal.SIGINT)
raise SystemExit(cli.main(["--device", "demo"]))
"""
    done = subprocess.run([sys.executable, "-c", program], env=screen.environment(), timeout=60, check=False)
    assert done.returncode == 130
