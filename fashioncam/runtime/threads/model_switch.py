"""Loading models behind the live picture, one after the other."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from fashioncam.messages import Failure
from fashioncam.pipeline.recognition.recogniser import Recogniser
from fashioncam.runtime.loading import load_recogniser, weights_path
from fashioncam.settings import DEFAULT_MODEL, Settings

from .loop import Loop
from .mailbox import Mailbox

# The import of torch cannot be stopped, and a process that ends in the middle of it is aborted by torch.
LOADING_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class ActiveModel:
    """A model that has been loaded.

    Attributes:
        recogniser: the model.
        name: what the window calls it.
        weights: its checkpoint.
        settings: what it was loaded by.
    """

    recogniser: Recogniser
    name: str
    weights: Path
    settings: Settings


@dataclass(frozen=True, slots=True)
class ModelState:
    """The model in use, and the one that is being loaded.

    Attributes:
        active: the newest model; None before the first.
        loading: name of the model that is being loaded; empty for none.
        failure: why there is no model at all; None while one is loading or has been loaded.
    """

    active: ActiveModel | None = None
    loading: str = ""
    failure: Failure | None = None


class ModelSwitch:
    """Loads models. The present one answers until the next is loaded, and goes on if that fails.

    Args:
        settings: name the first model.
        recognisers: gets each model when it is ready.
        tell: gets the text of a failure that is not in `state`.

    Attributes:
        state: replaced as a whole, under the lock.
    """

    def __init__(self, settings: Settings, recognisers: Mailbox[Recogniser], tell: Callable[[str], None]) -> None:
        self._first_settings = self._wanted = settings
        self._recognisers, self._tell = recognisers, tell
        self._lock = threading.RLock()
        self._loader: Loop | None = None
        self._newest = 0  # number of the last call of `load`
        self.state = ModelState()

    @property
    def cam_method(self) -> str:
        """How the newest model's heat maps are made, a key of `CAM_METHODS`; before the first, how they will be."""
        active = self.state.active
        return (active.settings if active else self._first_settings).cam_method

    def load(self, weights: Path | None = None, cam_method: str | None = None) -> None:
        """Start loading a model from its checkpoint; without one, the one before or the settings' once more."""
        with self._lock:
            if weights is not None:
                self._wanted = replace(self._wanted, model=None, weights=weights)
            if cam_method is not None:
                self._wanted = replace(self._wanted, cam_method=cam_method)
            settings, before = self._wanted, self._loader
            name = settings.weights.stem if settings.weights else settings.model or DEFAULT_MODEL
            self._newest += 1
            number = self._newest
            self.state = replace(self.state, loading=name, failure=None)

            def work(stop: threading.Event) -> None:
                if before is not None:
                    before.join(LOADING_TIMEOUT_S)
                if number == self._newest:  # else yet another has been chosen
                    recogniser = load_recogniser(settings)
                    self._publish(ActiveModel(recogniser, name, weights_path(settings), settings), number)

            self._loader = Loop("model", work, lambda failure: self._report(failure, number))
            self._loader.start()

    def join(self) -> None:
        """Wait until nothing is being loaded; a failed start may have begun another."""
        joined = None
        while (loader := self._loader) is not joined and loader is not None:
            loader.join(LOADING_TIMEOUT_S)
            joined = loader

    def _publish(self, model: ActiveModel, number: int) -> None:
        with self._lock:
            self._recognisers.put(model.recogniser)
            self.state = ModelState(model, "" if number == self._newest else self.state.loading)
        # Imports stay anyway: searching them for garbage would stop all threads for 20 ms.
        gc.freeze()

    def _report(self, failure: Failure, number: int) -> None:
        with self._lock:
            is_newest = number == self._newest
            if is_newest:
                self.state = replace(self.state, loading="")
            active = self.state.active
            if is_newest and active is None and self._wanted == self._first_settings:
                self.state = replace(self.state, failure=failure)
                return
            if is_newest:
                self._wanted = active.settings if active else self._first_settings
                if active is None:  # the weights of an earlier run are gone
                    self.load()
        self._tell(failure.text)
