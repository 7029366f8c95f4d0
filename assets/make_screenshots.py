"""Go through the window as a user would, and save what is seen: `python assets/make_screenshots.py FOLDER`.

The real window on a live session plays the demo clip, drawn into memory by Qt, and is driven by its keys and mouse.
The README's pictures are made with `--readme`, which writes to assets/. Others: `--size 1920x1080 --scheme light
--scale 2`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from fashioncam import resources
from fashioncam.commands import LoadModel, OpenSource
from fashioncam.messages import State, Stream
from fashioncam.runtime.session import LiveSession
from fashioncam.settings import Settings
from fashioncam.ui.main_window import MainWindow
from fashioncam.ui.preferences import Preferences
from fashioncam.ui.widgets.first_steps import FirstSteps
from fashioncam.ui.widgets.status_line import StatusLine
from fashioncam.ui.widgets.video_view import LiveView
from fashioncam.view import View

README_PICTURES = ("item", "contrast", "presentation")
QUALITY = 88
WAITS = 6000  # of 10 ms
Keys = Qt.Key


class Tour:
    """A window to press keys in and to wait for; `keep` is called with the name and widget of each station."""

    def __init__(self, size_wh: tuple[int, int], scheme: str, keep: Callable[[str, QWidget], None]) -> None:
        self.keep = keep
        self.folder = Path(tempfile.mkdtemp())
        preferences = Preferences(QSettings(str(self.folder / "preferences.ini"), QSettings.Format.IniFormat))
        preferences.save("scheme", scheme)
        self.session = LiveSession(Settings(device="demo"), self.folder)
        self.window = MainWindow(Settings(device="demo"), self.session, preferences, resources.own_weights())
        self.window.resize(*size_wh)
        self.window.show()
        self.session.start()
        self.session.send(LoadModel())

    def go(self) -> None:
        """All stations, in an order that a user might choose."""
        self.first_steps()
        self.questions()
        self.recording()
        self.window.close()
        self.session.stop()

    def first_steps(self) -> None:
        self.wait_for(lambda view: view.reading and view.reading.state is State.LEARNING and view.reading.learned > 0.3)
        self.stop("learning")
        self.wait_for(lambda view: view.model and view.reading and view.reading.state is State.EMPTY)
        self.stop("empty")
        self.wait_for(named("T-shirt/top"))
        wait(600)
        self.stop("first-steps")
        self.press(Keys.Key_Space)
        self.wait_for(lambda view: view.stream is Stream.PAUSED)
        self.window.findChild(FirstSteps).over.emit()  # as some seconds later
        wait(200)
        self.stop("paused")

    def questions(self) -> None:
        self.answered(Keys.Key_2, lambda view: view.reading.explained == view.reading.top5[1].label)
        self.stop("why-second")
        self.answered(Keys.Key_C, lambda view: bool(view.reading.against))
        self.stop("contrast")
        self.press(Keys.Key_P)
        self.stop("contrast-presented")
        self.press(Keys.Key_P)
        self.answered(Keys.Key_C, lambda view: not view.reading.against)
        self.press(Keys.Key_L)
        self.dialog("class-chooser", lambda chooser: QTest.keyClick(chooser, Keys.Key_6))
        self.press(Keys.Key_L)
        self.dialog("class-chooser", lambda chooser: QTest.keyClick(chooser, Keys.Key_0))
        self.press(Keys.Key_L, Qt.KeyboardModifier.ShiftModifier)
        self.dialog("gallery", lambda gallery: gallery.close())
        self.press(Keys.Key_H)
        self.stop("help")
        self.press(Keys.Key_H)
        self.drag()
        self.stop("region")
        self.press(Keys.Key_Backspace)
        self.press(Keys.Key_Space)

    def recording(self) -> None:
        self.wait_for_next("T-shirt/top")
        self.stop("item")
        self.press(Keys.Key_R)
        self.press(Keys.Key_M)
        self.stop("recording-mirrored")
        self.press(Keys.Key_M)
        self.press(Keys.Key_R)
        self.press(Keys.Key_P)
        self.wait_for(lambda _view: self.window.findChild(StatusLine).isHidden())
        self.wait_for_next("Sneaker")
        self.stop("presentation")
        self.press(Keys.Key_P)
        self.session.send(OpenSource(__file__))
        self.wait_for(lambda _view: "cannot be opened" in self.window.findChild(StatusLine).text)
        self.stop("refused")

    def stop(self, name: str) -> None:
        wait(150)
        self.keep(name, self.window)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.window.activateWindow()
        wait(50)
        QTest.keyClick(self.window, key, modifier)
        wait(200)

    def answered(self, key: Qt.Key, condition: Callable[[View], bool]) -> None:
        self.press(key)
        self.wait_for(condition)

    def dialog(self, name: str, leave: Callable[[QDialog], object]) -> None:
        wait(300)
        dialog = next(d for d in self.window.findChildren(QDialog) if d.isVisible())
        self.keep(name, dialog)
        leave(dialog)
        wait(300)

    def drag(self) -> None:
        video = self.window.findChild(LiveView)
        area = video.picture_area()
        start = area.topLeft() + QPoint(area.width() // 4, area.height() // 12)
        end = area.topLeft() + QPoint(area.width() * 3 // 4, area.height() * 9 // 10)
        QTest.mousePress(video, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(video, end)
        QTest.mouseRelease(video, Qt.MouseButton.LeftButton, pos=end)
        wait(300)

    def wait_for_next(self, label: str) -> None:
        """Until another item of that class has come and is held still."""
        self.wait_for(lambda view: view.reading and not view.reading.top5)
        self.wait_for(named(label))
        wait(700)

    def wait_for(self, condition: Callable[[View], object]) -> None:
        for _ in range(WAITS):
            if condition(self.session.view):
                return
            wait(10)
        raise SystemExit(f"never came: {self.session.view}")


def wait(milliseconds: int) -> None:
    """Let the window live on; Qt's own qWait keeps Python's interpreter lock from the other threads."""
    ends_s = time.perf_counter() + milliseconds / 1000
    while time.perf_counter() < ends_s:
        QApplication.processEvents()
        time.sleep(0.002)


def named(label: str) -> Callable[[View], bool]:
    """Whether a view has an item of which the program is sure."""

    def is_named(view: View) -> bool:
        reading = view.reading
        return reading is not None and reading.state is State.ITEM and reading.explained == label

    return is_named


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path("assets"))
    parser.add_argument("--size", default="1280x720", help="of the window (default: %(default)s)")
    parser.add_argument("--scheme", choices=("dark", "light"), default="dark")
    parser.add_argument("--scale", default="1", help="of the whole screen (default: %(default)s)")
    parser.add_argument("--readme", action="store_true", help="keep only what the README shows")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    width, height = (int(edge) for edge in args.size.split("x"))

    def keep(name: str, widget: QWidget) -> None:
        if args.readme and name in README_PICTURES:
            widget.grab().save(str(args.folder / f"screenshot-{name}.jpg"), None, QUALITY)
        elif not args.readme:
            widget.grab().save(str(args.folder / f"{name}.png"))

    scale = float(args.scale)
    with tempfile.TemporaryDirectory() as folder:
        screen = Path(folder, "screen.json")
        screen.write_text(json.dumps({"screens": [{"name": "tour", "x": 0, "y": 0, "width": width, "height": height}]}))
        os.environ["QT_SCALE_FACTOR"], os.environ["QT_QPA_PLATFORM"] = args.scale, f"offscreen:configfile={screen}"
        application = QApplication(sys.argv[:1])
        application.setStyle("Fusion")
        Tour((round(width / scale), round(height / scale)), args.scheme, keep).go()
    return 0


if __name__ == "__main__":
    sys.exit(main())
