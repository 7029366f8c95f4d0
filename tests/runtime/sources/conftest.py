import cv2
import numpy as np
import pytest
from fake_capture import FakeCapture
from scenes import write_clip


@pytest.fixture
def clip(tmp_path):
    """A film of six frames, each brighter by 20 than the one before."""
    path = tmp_path / "clip.avi"
    write_clip(str(path), [np.full((48, 64, 3), 20 * index, np.uint8) for index in range(6)], fps=15)
    return path


@pytest.fixture
def fake_captures(monkeypatch):
    """Lets every source that is opened be of a class of its own, with these attributes."""

    def fake(**attributes):
        monkeypatch.setattr(cv2, "VideoCapture", type("Capture", (FakeCapture,), attributes))

    return fake
