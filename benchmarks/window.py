"""How smooth is the window?

    python -m benchmarks.window [SECONDS]

Prints the table of "Window" in benchmarks/README.md: frames shown a second, the delay from grab to paint, and the
longest event of the window's thread, by the clock and by the processor's time, which other programs do not add to.
The real window on a live session, drawn by Qt into memory (platform "offscreen"), shows the demo clip as a synthetic
camera of 30 frames a second: at two sizes, and with inference made ten times slower.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import cv2
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from fashioncam.errors import UserError
from fashioncam.pipeline.process import process_frame
from fashioncam.runtime.threads import inference
from fashioncam.view import View
from training.command import command

from .live_window import SyntheticCamera, live_window
from .tables import print_cells, print_table_head

CASES = (((1280, 720), 1), ((1280, 720), 10), ((1920, 1080), 1))
SETTLE_S = 4.0  # the model is loaded and the background learned


class TimedApplication(QApplication):
    """Records for how long each event kept the window's thread busy."""

    def __init__(self) -> None:
        super().__init__(sys.argv[:1])
        self.busy_ms: list[float] = []
        self.processor_ms: list[float] = []
        self._depth = 0

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        started_s, processor_s = time.perf_counter(), time.thread_time()
        self._depth += 1
        try:
            return super().notify(receiver, event)
        finally:
            self._depth -= 1
            if self._depth == 0:
                self.busy_ms.append(1000 * (time.perf_counter() - started_s))
                self.processor_ms.append(1000 * (time.thread_time() - processor_s))

    def forget(self) -> None:
        """Begin to measure."""
        self.busy_ms.clear()
        self.processor_ms.clear()


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("seconds", nargs="?", type=float, default=15.0, help="of each row; default: %(default)s")


def run(args: argparse.Namespace) -> str:
    """Print the table; returns how long each row was measured."""
    cv2.setNumThreads(1)
    application = TimedApplication()
    print_table_head("frame", "inference", "shown a second", "delay", "delay p95", "longest event", "processor")
    for size_wh, slowness in CASES:
        view = shown(application, size_wh, slowness, args.seconds)
        print_cells(
            f"{size_wh[0]}x{size_wh[1]}",
            f"{slowness} x",
            f"{view.rates.display:.1f}",
            f"{view.rates.latency_ms:.0f} ms",
            f"{view.rates.latency_p95_ms:.0f} ms",
            f"{max(application.busy_ms):.1f} ms of {len(application.busy_ms)} events",
            f"{max(application.processor_ms):.1f} ms",
        )
    return f"{args.seconds:g} s a row"


def shown(application: TimedApplication, size_wh: tuple[int, int], slowness: int, seconds: float) -> View:
    """Show the window for a while; returns its last view."""

    def slowed(*arguments: Any) -> Any:
        started_s = time.perf_counter()
        reading, state = process_frame(*arguments)
        threading.Event().wait((slowness - 1) * (time.perf_counter() - started_s))
        return replace(reading, stages_ms={stage: slowness * ms for stage, ms in reading.stages_ms.items()}), state

    slow = patch.object(inference, "process_frame", slowed)
    with slow, live_window(lambda: SyntheticCamera(size_wh)) as (session, window):
        window.resize(*size_wh)
        QTimer.singleShot(int(1000 * SETTLE_S), application.forget)
        QTimer.singleShot(int(1000 * (SETTLE_S + seconds)), application.quit)
        application.exec()
        view = session.view
    if view.failure is not None:
        raise UserError(view.failure.text)
    return view


main = command("benchmarks.window", __doc__, add_options, run)

if __name__ == "__main__":
    sys.exit(main())
