"""Whether memory stays flat: `python -m benchmarks.memory [FRAMES]`, 20,000 frames by default; Linux only.

The real window on a live session, drawn by Qt into memory, fed by a synthetic camera faster than any: 100 frames of
640x480 a second. Halfway through, a recording runs for a while. Prints the memory in use every 2,000 frames.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from pathlib import Path

import cv2
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from benchmarks.window import SyntheticCamera
from fashioncam.messages import View
from fashioncam.runtime.live_session import LiveSession
from fashioncam.settings import Settings
from fashioncam.ui.main_window import MainWindow
from fashioncam.ui.memory import Memory
from training.command import at_least

FPS, EVERY = 100.0, 2000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__.splitlines()[0])
    parser.add_argument("frames", nargs="?", type=at_least(1), default=20_000, help="default: %(default)s")
    wanted = parser.parse_args().frames
    cv2.setNumThreads(1)
    application = QApplication(sys.argv[:1])
    folder = Path(tempfile.mkdtemp())
    session = LiveSession(
        Settings(device="synthetic"), folder, open_named=lambda device, size: SyntheticCamera((640, 480), FPS)
    )
    pull, reported, toggles = session.read_latest, 0, [wanted // 2, wanted // 2 + EVERY]

    def read_latest() -> View:
        nonlocal reported
        view = pull()
        if view.failure is not None:
            sys.exit(f"benchmarks.memory: {view.failure.text}")
        frames = view.reading.frame_index if view.reading else 0
        if frames >= reported:
            print(f"{frames:7d} frames {megabytes():7.1f} MB", flush=True)
            reported += EVERY
            if toggles and frames >= toggles[0]:
                toggles.pop(0)
                session.toggle_recording()
        if frames >= wanted:
            application.quit()
        return view

    session.read_latest = read_latest
    memory = Memory(QSettings(str(folder / "memory.ini"), QSettings.Format.IniFormat))
    window = MainWindow(Settings(), session, memory, ())
    window.show()
    session.start()
    session.load_model()
    application.exec()
    window.close()
    session.stop()


def megabytes() -> float:
    """Memory in use now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
