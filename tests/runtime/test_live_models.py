import sys
import threading
from pathlib import Path

from pulling import has_item, pull_until

from fashioncam import resources
from fashioncam.learning_protocol import Progress, encode
from fashioncam.runtime.learner import Learner
from fashioncam.runtime.session import LiveSession
from fashioncam.runtime.threads import model_switch
from fashioncam.settings import Settings


def test_model_that_comes_after_one_that_failed_is_in_use(tmp_path):
    session = LiveSession(Settings(device="demo", weights=tmp_path / "missing.pth"), tmp_path)
    session.load_model()
    pull_until(session, lambda view: view.failure)
    session.load_model(resources.own(resources.weights_of("hybrid")))
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

    monkeypatch.setattr(model_switch, "load_recogniser", load_slowly)
    session = LiveSession(Settings(device="demo"), tmp_path)
    session.load_model()
    assert loading.wait(5)
    stopping = threading.Thread(target=session.stop)
    stopping.start()
    stopping.join(0.2)
    assert stopping.is_alive()
    go_on.set()
    stopping.join(5)
    assert not stopping.is_alive()


def test_model_is_switched_while_the_one_before_answers(demo):
    demo.load_model(resources.own(resources.weights_of("simplecnn")))
    views = pull_until(demo, lambda view: view.model == "simplecnn" and has_item(view))
    assert views[0].model_loading == "simplecnn"
    assert all(view.model for view in views)
    assert views[-1].model_loading == ""


def test_model_that_cannot_be_loaded_leaves_the_one_before(demo, tmp_path):
    demo.load_model(weights=tmp_path / "missing.pth")
    views = pull_until(demo, lambda view: view.news)
    assert "missing.pth" in views[-1].news
    assert (views[-1].model, views[-1].failure) == ("hybrid", None)


def test_remembered_weights_that_are_gone_give_way_to_the_settings_model(tmp_path):
    session = LiveSession(Settings(device="demo"), tmp_path)
    session.load_model(weights=tmp_path / "gone.pth")
    views = pull_until(session, lambda view: view.model)
    session.stop()
    assert views[-1].model == "hybrid"
    assert any("gone.pth" in view.news for view in views)


def test_learning_waits_for_a_model_and_ends_with_the_session(tmp_path):
    session = LiveSession(Settings(device="demo"), tmp_path)
    session.learn()
    assert session.read_latest().news == "Wait until the model has been loaded"
    command = (sys.executable, "-c", f"import time; print('{encode(Progress(7))}', flush=True); time.sleep(60)")
    session._learner = Learner(tmp_path / "captures", tmp_path, session._keeper.tell, command)
    session._models.weights = tmp_path / "hybrid.pth"
    session.learn()
    pull_until(session, lambda view: view.learning.percent == 7)
    session.stop()
    assert not session.read_latest().learning.is_running


def test_loaded_model_is_what_will_be_adapted(session):
    session.load_model(weights=Path("weights/hybrid.pth"))
    pull_until(session, lambda view: view.model == "hybrid")
    assert session._models.weights.samefile("weights/hybrid.pth")
