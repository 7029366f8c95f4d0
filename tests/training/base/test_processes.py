import os

import joblib
import pytest

from training.base.processes import on_all_cores, workers_for


def twice(number):
    return 2 * number, os.getpid()


@pytest.mark.parametrize("cores", [1, 2])
def test_answers_come_in_order_from_as_many_processes(cores, monkeypatch):
    monkeypatch.setattr(joblib, "cpu_count", lambda: cores)
    answers, processes = zip(*on_all_cores(twice, [(number,) for number in range(5)], "numbers"), strict=True)
    assert answers == (0, 2, 4, 6, 8)
    assert (os.getpid() in processes) is (cores == 1)


def test_no_more_workers_than_jobs():
    assert [workers_for(jobs) for jobs in (0, 1)] == [0, 1]
    assert on_all_cores(twice, [], "nothing") == []


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only Linux binds a process to cores")
def test_cores_that_this_process_may_not_use_get_no_worker():
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert workers_for(99) == 1
    finally:
        os.sched_setaffinity(0, allowed)


def test_windows_waits_for_61_processes_at_most(monkeypatch):
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr(os, "cpu_count", lambda: 128)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert workers_for(99) <= 61
