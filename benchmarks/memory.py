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
from fashioncam.errors import UserError
from fashioncam.runtime.session import LiveSession
from training.command import at_least, command

from .live_window import SyntheticCamera, live_window

FPS, EVERY = 100.0, 2000


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("frames", nargs="?", type=at_least(1), default=20_000, help="default: %(default)s")


def run(args: argparse.Namespace) -> str:
    """Print the memory every `EVERY` frames; returns how many frames were shown."""
    cv2.setNumThreads(1)
    application = QApplication(sys.argv[:1])
    with live_window(lambda: SyntheticCamera((640, 480), FPS)) as (session, _):
        timer = QTimer()
        timer.timeout.connect(reporter(session, args.frames, application))
        timer.start(5)
        application.exec()
        failure = session.view.failure
    if failure is not None:
        raise UserError(failure.text)
    return f"{args.frames} frames"


def reporter(session: LiveSession, wanted: int, application: QApplication) -> Callable[[], None]:
    """Called again and again: prints the memory, records for a while, and quits after `wanted` frames."""
    reported, toggles = 0, [wanted // 2, wanted // 2 + EVERY]

    def report() -> None:
        nonlocal reported
        view = session.view
        frames = view.reading.frame_index if view.reading else 0
        if frames >= reported:
            print(f"{frames:7d} frames {megabytes():7.1f} MB", flush=True)
            reported += EVERY
            if toggles and frames >= toggles[0]:
                toggles.pop(0)
                session.send(Do.TOGGLE_RECORDING)
        if frames >= wanted or view.failure is not None:
            application.quit()

    return report


def megabytes() -> float:
    """Memory in use now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


main = command("benchmarks.memory", __doc__, add_options, run)

if __name__ == "__main__":
    sys.exit(main())
