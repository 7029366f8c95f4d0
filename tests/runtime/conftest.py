import pytest
from pulling import pull_until
from scenes import short_film, write_clip

from fashioncam.commands import LoadModel
from fashioncam.runtime.session import LiveSession
from fashioncam.settings import Settings


@pytest.fixture
def session(tmp_path):
    """A running session on a short film."""
    path = tmp_path / "film.avi"
    write_clip(str(path), short_film(held=20))
    session = LiveSession(Settings(device=str(path)), tmp_path)
    session.start()
    yield session
    session.stop()


@pytest.fixture
def demo(tmp_path):
    """A running session on the demo clip, with a model."""
    session = LiveSession(Settings(device="demo"), tmp_path)
    session.start()
    session.send(LoadModel())
    pull_until(session, lambda view: view.model and view.reading)
    yield session
    session.stop()
