"""Which photographs are cut out, and how."""

import cv2
import numpy as np
import pytest
from photographs import shirt_photograph, wall

from training.data.garment_masks import (
    CUTOUT_EDGE_PX,
    above_otsu,
    cut_out,
    distance_from_middle,
    is_plausible,
    main_component,
    propose,
    soft_alpha,
)


def test_garment_is_found_and_cropped():
    picture, truth = shirt_photograph()
    proposal = propose(picture)
    assert is_plausible(proposal)
    assert np.count_nonzero(proposal.mask & truth) / np.count_nonzero(proposal.mask | truth) > 0.97
    cutout = cut_out(picture)
    rows, columns = np.nonzero(truth)
    assert abs(cutout.shape[0] - np.ptp(rows) - 1) <= 3
    assert abs(cutout.shape[1] - np.ptp(columns) - 1) <= 3


def test_same_photograph_gives_the_same_mask():
    picture, _ = shirt_photograph(seed=3)
    cv2.setRNGSeed(5)
    np.testing.assert_array_equal(propose(picture).mask, propose(picture).mask)


def test_cutout_of_a_large_photograph_is_scaled_down():
    picture, _ = shirt_photograph(size_wh=(480, 640))
    assert max(cut_out(picture).shape[:2]) == CUTOUT_EDGE_PX


def two_shirts():
    return np.hstack([shirt_photograph(seed=i)[0] for i in range(2)])


def filled():
    return cv2.resize(shirt_photograph()[0][36:66, 30:60], (90, 120))


def small():
    picture = wall()
    picture[57:66, 42:51] = (20, 20, 180)
    return picture


def camouflaged():
    return shirt_photograph((186, 196, 200))[0]


def black_dot():
    return np.zeros((1, 1, 3), np.uint8)


@pytest.mark.parametrize("picture", [two_shirts, wall, filled, small, camouflaged, black_dot])
def test_doubtful_photograph_is_refused(picture):
    assert cut_out(picture()) is None


def test_main_component_is_in_the_middle_and_has_no_holes():
    found = np.zeros((60, 60), bool)
    found[20:40, 20:40] = True
    found[28:32, 28:32] = False
    found[:12, :24] = True
    component, whole = main_component(found, distance_from_middle((60, 60)))
    assert component[30, 30]
    assert not component[:12].any()
    assert whole == pytest.approx(384 / (384 + 288), abs=0.03)


def test_nothing_found_has_no_component():
    component, whole = main_component(np.zeros((20, 20), bool), distance_from_middle((20, 20)))
    assert not component.any()
    assert whole == 0


def test_otsu_parts_two_levels():
    field = np.full((10, 10), 1.0, np.float32)
    field[4:] = 9
    np.testing.assert_array_equal(above_otsu(field), field > 5)


def test_alpha_is_soft_at_the_edge_alone():
    mask = np.zeros((40, 40), bool)
    mask[10:30, 10:30] = True
    alpha = soft_alpha(mask, (80, 80))
    assert alpha.shape == (80, 80)
    assert alpha.dtype == np.uint8
    assert alpha[40, 40] == 255
    assert alpha[40, 5] == 0
    assert np.count_nonzero(alpha > 127) == pytest.approx(1600, rel=0.08)
