import cv2
import numpy as np
import pytest

from fashioncam.pipeline.scene.camera_shift import shift_between

EVERYWHERE = np.full((120, 160), 255, np.uint8)


@pytest.fixture
def known():
    """A room with contours everywhere."""
    cells = np.random.default_rng(0).integers(40, 200, (12, 16, 3), np.uint8)
    return cv2.resize(cells, (160, 120), interpolation=cv2.INTER_CUBIC)


def moved(picture, right, down):
    return cv2.warpAffine(picture, np.float32([[1, 0, right], [0, 1, down]]), (160, 120))


@pytest.mark.parametrize("shift", [(3, 0), (-2.5, 1.25), (5.75, -6.5)], ids=str)
def test_shift_is_found_to_a_quarter_of_a_pixel(known, shift):
    assert shift_between(known, moved(known, *shift), EVERYWHERE) == pytest.approx(shift, abs=0.25)


def test_what_is_not_compared_may_be_anything(known):
    seen, beside = moved(known, 4, 2), EVERYWHERE.copy()
    seen[30:100, 40:110] = 0
    beside[26:104, 36:114] = 0
    assert shift_between(known, seen, beside) == pytest.approx((4, 2), abs=0.25)


def test_shift_that_is_too_large_or_none_is_not_told(known):
    assert shift_between(known, moved(known, 8, 0), EVERYWHERE) is None
    assert shift_between(known, known, EVERYWHERE) is None
    assert shift_between(known, cv2.flip(known, 1), EVERYWHERE) is None


def test_picture_that_is_too_low_to_be_shifted_is_survived(known):
    assert shift_between(known[:16], known[:16], EVERYWHERE[:16]) is None
