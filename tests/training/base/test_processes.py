import os

import pytest

from training.base.processes import on_all_cores


def twice(number):
    return 2 * number, os.getpid()


@pytest.mark.parametrize("cores", [1, 2])
def test_answers_come_in_order_from_as_many_processes(cores, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    answers, processes = zip(*on_all_cores(twice, [(number,) for number in range(5)], "numbers"), strict=True)
    assert answers == (0, 2, 4, 6, 8)
    assert (os.getpid() in processes) is (cores == 1)
