"""Loading models behind the live picture, one after the other."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fashioncam.messages import Failure
from fashioncam.pipeline.recognition.recogniser import Recogniser
from fashioncam.runtime.loading import load_recogniser, weights_path
from fashioncam.settings import DEFAULT_MODEL, Settings

from .loop import Loop
from .mailbox import Mailbox

# The import of torch cannot be stopped, and a process that ends in the middle of it is aborted by torch.
LOADING_TIMEOUT_S = 60.0


class ModelSwitch:
    """The current model answers until the next one is loaded, and goes on if that fails.

    Args:
        settings: name the first model.
        recognisers: gets each model when it is ready.
        tell: gets the text of a failure that is not in `failure`.

    Attributes:
        failure: why there is no model at all; None while one is loading or has been loaded.
        name: of the newest model; empty before the first.
        weights: its checkpoint; None before the first.
        loading: what is being loaded; empty for nothing.
        classes: the newest model's labels.
    """

    def __init__(
        self,
        settings: Settings,
        recognisers: Mailbox[Recogniser],
        tell: Callable[[str], None],
    ) -> None:
        self._first_settings = self._settings = self._in_use = settings
        self._recognisers, self._tell = recognisers, tell
        self._loader: Loop | None = None
        self._newest = 0  # counts what has been asked for
        self.name, self.loading = "", ""
        self.failure: Failure | None = None
        self.weights: Path | None = None
        self.classes: tuple[str, ...] = ()

    @property
    def cam_method(self) -> str:
        """How the newest model's heat maps are made, a key of `CAM_METHODS`; before the first, how they will be."""
        return self._in_use.cam_method

    def load(self, weights: Path | None = None, cam_method: str | None = None) -> None:
        """Start loading a model from its checkpoint; without one, the one before or the settings' once more."""
        if weights is not None:
            self._settings = replace(self._settings, model=None, weights=weights)
        if cam_method is not None:
            self._settings = replace(self._settings, cam_method=cam_method)
        settings, before = self._settings, self._loader
        name = settings.weights.stem if settings.weights else settings.model or DEFAULT_MODEL
        self._newest += 1
        number, self.loading, self.failure = self._newest, name, None

        def work(stop: threading.Event) -> None:
            if before is not None:
                before.join(LOADING_TIMEOUT_S)
            if number != self._newest:  # yet another has been chosen
                return
            recogniser = load_recogniser(settings)
            self._recognisers.put(recogniser)
            # Imports stay anyway: searching them for garbage would stop all threads for 20 ms.
            gc.freeze()
            self.classes, self.weights = recogniser.classes, weights_path(settings)
            self._in_use = settings
            self.name = name
            if number == self._newest:
                self.loading = ""

        self._loader = Loop("model", work, lambda failure: self._report(failure, number))
        self._loader.start()

    def join(self) -> None:
        """Wait until nothing is being loaded."""
        if self._loader is not None:
            self._loader.join(LOADING_TIMEOUT_S)

    def _report(self, failure: Failure, number: int) -> None:
        is_newest = number == self._newest
        if is_newest:
            self.loading = ""
        if self.name or not is_newest:
            self._tell(failure.text)
            if is_newest:
                self._settings = self._in_use
        elif self._settings != self._first_settings:  # remembered from an earlier run
            self._tell(failure.text)
            self._settings = self._first_settings
            self.load()
        else:
            self.failure = failure
