"""Take the README's picture of the window: `python assets/make_screenshot.py [--out assets/screenshot.png]`.

The real window plays the demo clip, drawn into memory; the picture is taken once an item has been held and
named for a second.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from fashioncam.messages import State, View
from fashioncam.runtime.live_session import LiveSession
from fashioncam.settings import Settings
from fashioncam.ui.main_window import MainWindow
from fashioncam.ui.memory import Memory

HELD_FRAMES = 30


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("assets/screenshot.png"))
    parser.add_argument("--label", default="T-shirt/top", help="the class to wait for (default: %(default)s)")
    args = parser.parse_args()
    application = QApplication(sys.argv[:1])
    settings = Settings(device="demo")
    folder = Path(tempfile.mkdtemp())
    session = LiveSession(settings, folder)
    pull, held = session.read_latest, 0

    def read_latest() -> View:
        nonlocal held
        view = pull()
        if view.is_new_frame:
            reading = view.reading
            sure = reading is not None and reading.state is State.ITEM and reading.top5 and view.model_ready
            held = held + 1 if sure and reading.top5[0].label == args.label else 0
        elif held >= HELD_FRAMES:
            window.grab().save(str(args.out))
            application.quit()
        return view

    memory = Memory(QSettings(str(folder / "memory.ini"), QSettings.Format.IniFormat))
    memory.keep("steps_seen", True)
    window = MainWindow(settings, session, memory, ("hybrid", "simplecnn"))
    session.read_latest = read_latest
    window.show()
    session.start()
    session.load_model()
    application.exec()
    session.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
