"""A thread around a plain function: how it starts, how it is stopped, and where its failure goes."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable

from fashioncam.errors import UserError
from fashioncam.messages import Failure

STOP_TIMEOUT_S = 2.0


class Loop:
    """Runs `work(stop)` once in a thread of its own; `work` returns soon after `stop` is set, or earlier.

    An exception ends the thread and is handed to `report` as a `Failure`; one that is no `UserError`
    is a defect, so its traceback goes to stderr too.
    """

    def __init__(self, name: str, work: Callable[[threading.Event], None], report: Callable[[Failure], None]) -> None:
        self._work = work
        self._report = report
        self._stop_requested = threading.Event()
        # A daemon: where a driver never returns from a read, the program still ends.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def request_stop(self) -> None:
        """Ask the thread to end; returns at once."""
        self._stop_requested.set()

    def join(self, timeout_s: float = STOP_TIMEOUT_S) -> bool:
        """Wait for the thread to end, but no longer than `timeout_s`; True when it has."""
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._work(self._stop_requested)
        except UserError as error:
            self._report(Failure(str(error), by_user=True))
        except Exception as error:  # noqa: BLE001 - a thread must not die unheard
            traceback.print_exc()
            self._report(Failure(f"{type(error).__name__}: {error}", by_user=False))
        finally:
            del self._work  # mostly a method of self: after `gc.freeze` that cycle is never freed
