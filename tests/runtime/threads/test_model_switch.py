import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from fashioncam.errors import UserError
from fashioncam.runtime.threads import model_switch
from fashioncam.runtime.threads.mailbox import Mailbox
from fashioncam.runtime.threads.model_switch import ModelSwitch
from fashioncam.settings import Settings


def test_heat_maps_are_made_in_another_way_by_the_model_in_use(monkeypatch):
    loaded, said = [], []

    def load(settings):
        if settings.weights.stem == "gone":
            raise UserError("no such weights")
        loaded.append((settings.weights.stem, settings.cam_method))
        return SimpleNamespace(classes=("a",))

    monkeypatch.setattr(model_switch, "load_recogniser", load)
    switch = ModelSwitch(Settings(), Mailbox(), said.append)
    for arguments in ({"weights": Path("mine.pth")}, {"weights": Path("gone.pth")}, {"cam_method": "occlusion"}):
        switch.load(**arguments)
        switch.join()
    assert loaded == [("mine", "gradcam"), ("mine", "occlusion")]
    assert said == ["no such weights"]
    assert (switch.cam_method, switch.state.active.weights.stem) == ("occlusion", "mine")


@pytest.mark.parametrize("fails", [False, True], ids=["loads", "fails"])
def test_model_chosen_while_another_one_is_loaded_comes_after_it(monkeypatch, fails):
    loading, go_on, loaded, said = threading.Event(), threading.Event(), [], []

    def load(settings):
        if settings.weights.stem == "simplecnn":
            loading.set()
            assert go_on.wait(5)
            if fails:
                raise UserError("no such weights")
        loaded.append(settings.weights.stem)
        return SimpleNamespace(classes=("a",))

    monkeypatch.setattr(model_switch, "load_recogniser", load)
    switch = ModelSwitch(Settings(), Mailbox(), said.append)
    switch.load(Path("simplecnn.pth"))
    assert loading.wait(5)
    switch.load(Path("hybrid.pth"))
    go_on.set()
    switch.join()
    assert loaded == (["hybrid"] if fails else ["simplecnn", "hybrid"])
    assert (switch.state.active.name, switch.state.loading) == ("hybrid", "")
    assert said == (["no such weights"] if fails else [])
    assert switch.state.failure is None


def test_loaded_model_is_published_as_one_object(monkeypatch):
    """Another thread that looks in between sees the model before or the new one, and nothing of both."""
    seen, has_loaded = [], threading.Event()

    def load(settings):
        return SimpleNamespace(classes=(settings.weights.stem,))

    monkeypatch.setattr(model_switch, "load_recogniser", load)
    switch = ModelSwitch(Settings(), Mailbox(), print)
    switch.load(Path("a.pth"))
    switch.join()

    def look():
        while not has_loaded.is_set():
            state = switch.state
            seen.append((state.active.name, state.active.weights.stem, state.active.recogniser.classes[0]))

    looker = threading.Thread(target=look)
    looker.start()
    for name in "bcdefghij":
        switch.load(Path(f"{name}.pth"))
        switch.join()
    has_loaded.set()
    looker.join(5)
    assert {len(set(names)) for names in seen} == {1}
    assert isinstance(switch.state, model_switch.ModelState)
    with pytest.raises(AttributeError):
        switch.state.active.name = "another"


def test_calls_from_many_threads_are_numbered_apart(monkeypatch):
    """Each of them is loaded or overtaken, and the newest is in use when all is done."""
    monkeypatch.setattr(model_switch, "load_recogniser", lambda settings: SimpleNamespace(classes=()))
    switch = ModelSwitch(Settings(), Mailbox(), print)
    callers = [threading.Thread(target=switch.load, args=(Path(f"{index}.pth"),)) for index in range(20)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(5)
    newest = switch.state.loading or switch.state.active.name
    switch.join()
    assert (switch.state.active.name, switch.state.loading) == (newest, "")


def test_join_waits_for_the_model_that_takes_the_place_of_one_that_is_gone(monkeypatch):
    said = []

    def load(settings):
        if settings.weights is not None:
            raise UserError("no such weights")
        return SimpleNamespace(classes=("a",))

    monkeypatch.setattr(model_switch, "load_recogniser", load)
    switch = ModelSwitch(Settings(), Mailbox(), said.append)
    switch.load(Path("gone.pth"))
    switch.join()
    assert (switch.state.active.name, switch.state.failure, said) == ("hybrid", None, ["no such weights"])
