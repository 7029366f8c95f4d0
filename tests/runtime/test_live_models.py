import sys
import threading
from pathlib import Path
from types import SimpleNamespace

from pulling import has_item, pull_until, told

from fashioncam import resources
from fashioncam.commands import Do, LoadModel
from fashioncam.learning_protocol import Progress, encode
from fashioncam.runtime import session as session_module
from fashioncam.runtime.learner import Learner
from fashioncam.runtime.session import LiveSession
from fashioncam.runtime.threads import model_switch
from fashioncam.settings import Settings

WAITS = f"import time; print('{encode(Progress(7))}', flush=True); time.sleep(60)"


def test_model_that_comes_after_one_that_failed_is_in_use(tmp_path):
    session = LiveSession(Settings(device="demo", weights=tmp_path / "missing.pth"), tmp_path)
    session.start()
    session.send(LoadModel())
    pull_until(session, lambda view: view.failure)
    session.send(LoadModel(resources.own(resources.weights_of("hybrid"))))
    views = pull_until(session, lambda view: view.model)
    session.stop()
    assert views[-1].failure is None
    assert views[-1].weights.name == "hybrid.pth"


def test_stop_waits_until_the_model_has_been_loaded(monkeypatch, tmp_path):
    """A process that ends while torch is being imported is aborted."""
    loading, go_on = threading.Event(), threading.Event()

    def load_slowly(settings):
        loading.set()
        go_on.wait(30)
        return SimpleNamespace(classes=())

    monkeypatch.setattr(model_switch, "load_recogniser", load_slowly)
    session = LiveSession(Settings(device="demo"), tmp_path)
    session.send(LoadModel())
    assert loading.wait(5)
    stopping = threading.Thread(target=session.stop)
    stopping.start()
    stopping.join(0.2)
    assert stopping.is_alive()
    go_on.set()
    stopping.join(5)
    assert not stopping.is_alive()


def test_model_is_switched_while_the_one_before_answers(demo):
    demo.send(LoadModel(resources.own(resources.weights_of("simplecnn"))))
    assert demo.view.model_loading == "simplecnn"
    views = pull_until(demo, lambda view: view.model == "simplecnn" and has_item(view))
    assert all(view.model for view in views)
    assert views[-1].model_loading == ""


def test_model_that_cannot_be_loaded_leaves_the_one_before(demo, tmp_path):
    demo.send(LoadModel(tmp_path / "missing.pth"))
    told(demo, "missing.pth")
    assert (demo.view.model, demo.view.failure) == ("hybrid", None)


def test_remembered_weights_that_are_gone_give_way_to_the_settings_model(tmp_path):
    session = LiveSession(Settings(device="demo"), tmp_path)
    session.start()
    session.send(LoadModel(tmp_path / "gone.pth"))
    told(session, "gone.pth")
    view = pull_until(session, lambda view: view.model)[-1]
    session.stop()
    assert view.model == "hybrid"


def test_learning_waits_for_a_model_adapts_the_one_in_use_and_ends_with_the_session(monkeypatch, tmp_path):
    adapted = []

    class LearnerInTest(Learner):
        def __init__(self, captures, folder, tell):
            command = (sys.executable, "-c", WAITS)
            super().__init__(captures, folder, tell, command)

        def start(self, weights):
            adapted.append(weights)
            super().start(weights)

    monkeypatch.setattr(session_module, "Learner", LearnerInTest)
    session = LiveSession(Settings(device="demo"), tmp_path)
    session.start()
    session.send(Do.LEARN)
    told(session, "Wait until the model has been loaded")
    session.send(LoadModel(Path("weights/hybrid.pth")))
    pull_until(session, lambda view: view.model == "hybrid")
    session.send(Do.LEARN)
    pull_until(session, lambda view: view.learning.percent == 7)
    session.stop()
    assert not session.view.learning.is_running
    assert [weights.samefile("weights/hybrid.pth") for weights in adapted] == [True]
