"""Learning from captures behind the live picture: `training.finetune` in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from fashioncam import resources
from fashioncam.errors import UserError
from fashioncam.messages import Failure, LearningProgress
from fashioncam.runtime.threads.loop import Loop

# A wheel brings the program alone; in a checkout the workshop lies beside it, and is found from there.
CHECKOUT = resources.PACKAGE.parent
COMMAND = (sys.executable, "-m", "training.finetune")
NICENESS = 10  # two cores busy with learning leave the picture live


class Learner:
    """Adapts a model to the captures; its methods return at once, but for `stop`.

    Args:
        captures: the folder to learn from.
        folder: where the new model is written, under a name of its own: the ones before it stay.
        tell: gets a line when it has ended by itself.
        command: what is run; it gets the arguments of `training.finetune`.
        checkout: where it is run.

    Attributes:
        learning: how it stands; None before the first time.
    """

    def __init__(
        self,
        captures: Path,
        folder: Path,
        tell: Callable[[str], None],
        command: Sequence[str] = COMMAND,
        checkout: Path = CHECKOUT,
    ) -> None:
        self._captures, self._folder, self._tell = captures, folder, tell
        self._out = folder
        self._command, self._checkout = command, checkout
        self._loop: Loop | None = None
        self._process: subprocess.Popen[str] | None = None
        self.learning: LearningProgress | None = None

    def start(self, weights: Path) -> None:
        """Start to adapt a model, unless this is going on already."""
        if self.learning is not None and self.learning.is_running:
            return
        self._out = self._folder / f"learned-{datetime.now():%Y%m%d-%H%M%S}.pth"
        self.learning = LearningProgress(is_running=True)
        self._process = None
        self._loop = Loop("learning", lambda stop: self._learn(weights, stop), self._report)
        self._loop.start()

    def cancel(self) -> None:
        """End the process, if there is one."""
        if self._loop is not None:
            self._loop.request_stop()
        if self._process is not None:
            self._process.terminate()

    def stop(self) -> None:
        """End the process and wait until it has ended, for two seconds at most."""
        self.cancel()
        if self._loop is not None:
            self._loop.join()

    def _learn(self, weights: Path, stop: threading.Event) -> None:
        if not (self._checkout / "training" / "finetune.py").is_file():
            raise UserError("Learning needs the project's folder training: start fashioncam from a checkout")
        paths = self._captures.resolve(), "--weights", weights.resolve(), "--out", self._out.resolve()
        with subprocess.Popen(
            [*self._command, *map(str, paths), "--percent"],
            cwd=self._checkout,
            env=os.environ | {"PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process:
            self._process = process
            if stop.is_set():  # cancelled before there was a process to end
                process.terminate()
            step_back(process.pid)
            assert process.stdout is not None
            for line in process.stdout:
                self._hear(line.strip())
        self._end(process.returncode, stop)

    def _hear(self, line: str) -> None:
        assert self.learning is not None
        if match := re.fullmatch(r"(\d+) %", line):
            self.learning = replace(self.learning, percent=min(100, int(match[1])))
        elif line:
            text = line.removeprefix("training.finetune: ").removeprefix(f"{self._out.resolve()}: ")
            self.learning = replace(self.learning, text=text)

    def _end(self, exit_code: int, stop: threading.Event) -> None:
        assert self.learning is not None
        if stop.is_set():  # at times when all had been written already
            for file in (self._out, self._out.with_suffix(".onnx")):
                file.unlink(missing_ok=True)
            self.learning = LearningProgress(is_running=False, text="Cancelled")
        elif exit_code == 0:
            self.learning = replace(self.learning, is_running=False, percent=100, weights=self._out)
            self._tell("The new model is ready: Ctrl+L shows what it has learned")
        else:
            raise UserError(self.learning.text or f"Learning has ended with exit code {exit_code}")

    def _report(self, failure: Failure) -> None:
        self.learning = LearningProgress(is_running=False, text=failure.text)
        self._tell(failure.text)


def step_back(pid: int) -> None:
    """Let a process have what the picture leaves over; POSIX only."""
    if hasattr(os, "setpriority"):
        with suppress(OSError):  # it may have ended already
            os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
