"""Does memory stay flat over a long run? Linux only.

    python -m benchmarks.memory [FRAMES]

Prints the memory in use every 2,000 frames, quoted in "Memory" of benchmarks/README.md. The real window on a live
session, drawn by Qt into memory, is fed by a synthetic camera of 100 frames a second. Halfway through, a recording
runs for a while.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from fashioncam.commands import Do
from fashioncam.runtime.session import LiveSession
from training.command import at_least

from .live_window import SyntheticCamera, live_window

FPS, EVERY = 100.0, 2000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__.splitlines()[0])
    parser.add_argument("frames", nargs="?", type=at_least(1), default=20_000, help="default: %(default)s")
    wanted = parser.parse_args().frames
    cv2.setNumThreads(1)
    application = QApplication(sys.argv[:1])
    with live_window(lambda: SyntheticCamera((640, 480), FPS)) as (session, _):
        timer = QTimer()
        timer.timeout.connect(reporter(session, wanted, application))
        timer.start(5)
        application.exec()


def reporter(session: LiveSession, wanted: int, application: QApplication) -> Callable[[], None]:
    """Called again and again: prints the memory, records for a while, and quits after `wanted` frames."""
    reported, toggles = 0, [wanted // 2, wanted // 2 + EVERY]

    def report() -> None:
        nonlocal reported
        view = session.view
        if view.failure is not None:
            sys.exit(f"benchmarks.memory: {view.failure.text}")
        frames = view.reading.frame_index if view.reading else 0
        if frames >= reported:
            print(f"{frames:7d} frames {megabytes():7.1f} MB", flush=True)
            reported += EVERY
            if toggles and frames >= toggles[0]:
                toggles.pop(0)
                session.send(Do.TOGGLE_RECORDING)
        if frames >= wanted:
            application.quit()

    return report


def megabytes() -> float:
    """Memory in use now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
