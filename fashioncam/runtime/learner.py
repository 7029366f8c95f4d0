"""Learning from captures behind the live picture: `training.finetune` in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from fashioncam import resources
from fashioncam.errors import UserError, require_torch
from fashioncam.learning_protocol import Error, Progress, Result, decode
from fashioncam.messages import Failure, LearningProgress
from fashioncam.runtime.threads.loop import Loop

COMMAND = (sys.executable, "-m", "training.finetune")
# Low priority, so that the live picture stays smooth: this number on POSIX, this flag on Windows.
NICENESS = 10
LOW_PRIORITY: int = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
LAST_LINES = 3  # of stderr, shown if the process failed without a message


class Learner:
    """Adapts a model to the captures; its methods return at once, but for `stop`.

    Args:
        captures: the folder to learn from.
        folder: where the new model is written, under a name of its own: the ones before it stay.
        tell: gets a line when it has ended by itself.
        command: run with the arguments of `fashioncam.learning_protocol`.
        checkout: the folder to run it in.

    Attributes:
        learning: its progress; None before the first time.
    """

    def __init__(
        self,
        captures: Path,
        folder: Path,
        tell: Callable[[str], None],
        command: Sequence[str] = COMMAND,
        checkout: Path = resources.ROOT,
    ) -> None:
        self._captures, self._folder, self._tell = captures, folder, tell
        self._command, self._checkout = command, checkout
        self._loop: Loop | None = None
        self._process: subprocess.Popen[str] | None = None
        self.learning: LearningProgress | None = None

    def start(self, weights: Path) -> None:
        """Start to adapt a model, unless this is going on already."""
        if self.learning is not None and self.learning.is_running:
            return
        out = self._folder.resolve() / f"learned-{datetime.now():%Y%m%d-%H%M%S}.pth"
        self.learning = LearningProgress(is_running=True)
        self._process = None
        self._loop = Loop("learning", lambda stop: self._learn(weights.resolve(), out, stop), self._report)
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

    def _learn(self, weights: Path, out: Path, stop: threading.Event) -> None:
        self._check_installation()
        with TemporaryFile("w+", encoding="utf-8", errors="replace") as stderr:
            answer, exit_code = self._run_command(weights, out, stderr, stop)
            stderr.seek(0)
            said = [line.strip() for line in stderr if line.strip()][-LAST_LINES:]
        if stop.is_set():  # perhaps after all had been written
            for file in (out, out.with_suffix(".onnx")):
                file.unlink(missing_ok=True)
            self.learning = LearningProgress(is_running=False, text="Cancelled")
        elif isinstance(answer, Result):
            text, new = str(answer), Path(answer.weights)
            self.learning = LearningProgress(is_running=False, percent=100, text=text, weights=new)
            self._tell("The new model is ready: Ctrl+L shows what it has learned")
        elif answer is not None:
            raise UserError(answer.text)
        else:
            raise UserError(f"Learning has ended with exit code {exit_code}: {' / '.join(said) or 'no message'}")

    def _run_command(
        self, weights: Path, out: Path, stderr: IO[str], stop: threading.Event
    ) -> tuple[Result | Error | None, int]:
        """Run it to its end and show its progress; returns its last message, or None, and its exit code."""
        arguments = self._captures.resolve(), "--weights", weights, "--out", out, "--json-lines"
        answer = None
        with subprocess.Popen(
            [*self._command, *map(str, arguments)],
            cwd=self._checkout,
            env=os.environ | {"PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            encoding="utf-8",
            errors="replace",
            creationflags=LOW_PRIORITY,
        ) as process:
            self._process = process
            if stop.is_set():  # cancelled before there was a process to end
                process.terminate()
            lower_priority(process.pid)
            assert process.stdout is not None
            for event in map(decode, process.stdout):
                if isinstance(event, Progress):
                    self.learning = LearningProgress(is_running=True, percent=event.percent)
                elif event is not None:
                    answer = event
        return answer, process.returncode

    def _check_installation(self) -> None:
        """UserError where the training package or torch is missing."""
        if not (self._checkout / "training" / "finetune.py").is_file():  # a wheel brings the program alone
            raise UserError("Learning needs the project's folder training: start fashioncam from a checkout")
        require_torch("Learning")

    def _report(self, failure: Failure) -> None:
        self.learning = LearningProgress(is_running=False, text=failure.text)
        self._tell(failure.text)


def lower_priority(pid: int) -> None:
    """Lower the priority of a process; POSIX only."""
    if sys.platform != "win32":
        with suppress(OSError):  # it may have ended already
            os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
