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
    assert (switch.cam_method, switch.weights.stem) == ("occlusion", "mine")


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
    assert (switch.name, switch.loading) == ("hybrid", "")
    assert said == (["no such weights"] if fails else [])
    assert switch.failure is None
