import pytest

from fashioncam.runtime.sources.looping import LoopingSource
from fashioncam.runtime.sources.opening import open_source


def test_looping_source_counts_on(clip):
    source = LoopingSource(lambda: open_source(str(clip)))
    frames = [source.read() for _ in range(15)]
    source.close()
    assert [frame.index for frame in frames] == list(range(15))
    assert frames[14].time_s == pytest.approx(14 / 15)
    assert round(frames[6].image_bgr.mean() / 20) == 0
