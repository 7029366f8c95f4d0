import numpy as np
import pytest

from benchmarks.lamps import SIZE_WH, lit_side, lit_spot, outcome, random_lamp
from fashioncam.messages import State


@pytest.mark.parametrize(("side", "lit", "dark"), [("left", (60, 0), (60, 159)), ("above", (0, 80), (119, 80))])
def test_lamp_lights_its_side_alone(side, lit, dark):
    light = lit_side(side, 0.4, 2.0, 2.5)
    assert light.shape == (SIZE_WH[1], SIZE_WH[0], 1)
    assert light[lit] == pytest.approx(2.5, abs=0.01)
    assert light[dark] == pytest.approx(1, abs=0.01)


def test_spot_is_brightest_where_it_is():
    light = lit_spot(0.25, 0.5, 20, 2.0)
    assert np.unravel_index(light[..., 0].argmax(), light.shape[:2]) == (60, 40)


def test_same_seed_is_the_same_lamp():
    first, second = (random_lamp(np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([State.EMPTY, State.SCENE_CHANGED, State.LEARNING, State.EMPTY], (True, True, True, True)),
        ([State.ITEM] * 20 + [State.SCENE_CHANGED], (False, False, False, False)),
    ],
    ids=["known", "claimed"],
)
def test_outcome(said, expected):
    assert outcome(said) == expected
