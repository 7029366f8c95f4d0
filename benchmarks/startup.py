"""How long does the program take to start?

    python -m benchmarks.startup

Prints the seconds from the start of the process to the first picture and to the loaded model, quoted in "Start" of
benchmarks/README.md. The real program plays the demo clip in a real window, drawn by Qt into memory.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from statistics import median

RUNS = 5
PROGRAM = """
import sys, time
from fashioncam import app
from fashioncam.settings import Settings

show, seen = app.MainWindow.show_view, set()

def show_view(window, view):
    show(window, view)
    for event, happened in (("picture", view.picture), ("model", view.model)):
        if happened and event not in seen:
            seen.add(event)
            print(event, time.time(), flush=True)
            if event == "picture":
                assert "torch" not in sys.modules
    if len(seen) == 2:
        app.QApplication.exit(0)

app.MainWindow.show_view = show_view
sys.exit(app.run(Settings(device="demo", model="hybrid")))
"""


def main() -> None:
    argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__.splitlines()[0]).parse_args()
    runs = [timed() for _ in range(RUNS)]
    for event in ("picture", "model"):
        seconds = sorted(run[event] for run in runs)
        print(f"first {event:8s} {median(seconds):5.2f} s  ({seconds[0]:.2f} to {seconds[-1]:.2f}, {RUNS} runs)")


def timed() -> dict[str, float]:
    """Event -> seconds after the process was started."""
    started_s = time.time()
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    return {event: float(at_s) - started_s for event, at_s in (line.split() for line in done.stdout.splitlines())}


if __name__ == "__main__":
    main()
