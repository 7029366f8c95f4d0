import pytest

from fashioncam.runtime.loading import load_segmenter
from fashioncam.settings import SEGMENTERS


@pytest.fixture(scope="session", params=SEGMENTERS)
def segmenter(request):
    """Each of the segmenters that a user can choose."""
    return load_segmenter(request.param)


@pytest.fixture(scope="session")
def learned():
    """The segmenter that a user gets."""
    return load_segmenter(SEGMENTERS[0])
