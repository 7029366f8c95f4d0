import pytest

from fashioncam.runtime.rates import RateMeter


@pytest.mark.parametrize("fps", [2, 24, 30, 59.94])
def test_rate_of_a_steady_stream(fps):
    meter = RateMeter()
    times = [index / fps for index in range(int(3 * fps))]
    for time_s in times:
        meter.tick(time_s)
    assert meter.rate(times[-1]) == pytest.approx(fps, rel=1e-6)


def test_no_rate_before_the_second_event():
    meter = RateMeter()
    assert meter.rate(0) == 0
    meter.tick(0)
    assert meter.rate(0) == 0


def test_rate_falls_to_zero_when_nothing_comes_any_more():
    meter = RateMeter()
    for index in range(30):
        meter.tick(index / 30)
    assert meter.rate(1.0) > 25
    assert meter.rate(2.5) == 0


def test_only_the_last_second_counts():
    meter = RateMeter()
    for index in range(100):
        meter.tick(index / 100)
    for index in range(21):
        meter.tick(1 + index / 10)
    assert meter.rate(3.0) == pytest.approx(10)
