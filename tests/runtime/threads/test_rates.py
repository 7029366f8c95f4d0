import pytest

from fashioncam.runtime.threads.rates import DisplayMeter, RateMeter


@pytest.mark.parametrize("fps", [4, 24, 30, 59.94])
def test_rate_of_a_steady_stream(fps):
    meter = RateMeter()
    times = [index / fps for index in range(int(3 * fps))]
    for time_s in times:
        meter.tick(time_s)
    assert meter.rate(times[-1] + 0.5 / fps) == pytest.approx(fps, rel=0.01)


def test_nothing_has_happened_yet():
    assert RateMeter().rate(0) == 0


def test_burst_counts_for_no_more_than_it_is():
    meter = RateMeter()
    meter.tick(0)
    meter.tick(0.001)
    assert meter.rate(0.002) == 2


def test_stall_is_seen_before_it_is_over():
    meter = RateMeter()
    for index in range(30):
        meter.tick(index / 30)
    assert meter.rate(1.7) == pytest.approx(8, abs=1)
    assert meter.rate(2.5) == 0


def test_only_the_last_second_counts():
    meter = RateMeter()
    for index in range(100):
        meter.tick(index / 100)
    for index in range(21):
        meter.tick(1 + index / 10)
    assert meter.rate(3.0) == pytest.approx(10)


def test_latency_is_median_and_95th_percentile_of_the_last_seconds():
    meter = DisplayMeter()

    def latencies_ms(now_s):
        rates = meter.rates(now_s, RateMeter(), RateMeter(), 0)
        return rates.latency_ms, rates.latency_p95_ms

    assert latencies_ms(0.0) == (0.0, 0.0)
    meter.painted(0.0, -9.0)
    for index in range(101):
        meter.painted(4.0, 4.0 - index / 1000)
    assert latencies_ms(4.0) == pytest.approx((50, 95))
    assert latencies_ms(8.0) == (0.0, 0.0)


def test_all_rates_are_made_a_few_times_a_second():
    meter, capture, inference = DisplayMeter(), RateMeter(), RateMeter()
    for index in range(100):
        capture.tick(index / 50)
        inference.tick(index / 50) if index % 2 else None
        meter.painted(index / 50, index / 50 - 0.02)
    first = meter.rates(2.0, capture, inference, 3)
    assert (first.capture, first.display) == (pytest.approx(50), pytest.approx(50))
    assert (first.inference, first.dropped) == (pytest.approx(25), 3)
    assert first.latency_ms == pytest.approx(20)
    assert meter.rates(2.1, capture, inference, 4) is first
    assert meter.rates(2.3, capture, inference, 4).dropped == 4
