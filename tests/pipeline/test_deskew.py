import cv2
import numpy as np
import pytest
from scenes import BOOT, DESCRIPTION, T_SHIRT, held

from fashioncam.pipeline.deskew import MAX_TILT_DEGREES, deskew, tilt_degrees
from fashioncam.pipeline.garment_input import box_to_input, garment_input


@pytest.mark.parametrize("degrees", [-28, -15, -4, 0, 7, 20, 28])
def test_tilt_of_a_symmetric_item_is_found(degrees):
    _, segment = held(T_SHIRT, degrees)
    assert tilt_degrees(segment.mask) == pytest.approx(degrees, abs=1.5)


@pytest.mark.parametrize("degrees", [-20, 0, 20])
def test_item_without_an_axis_stays_as_it_is_held(degrees):
    _, segment = held(BOOT, degrees)
    assert tilt_degrees(segment.mask) == 0


def test_no_item_is_turned_further_than_people_hold_one():
    _, segment = held(T_SHIRT, 60)
    assert abs(tilt_degrees(segment.mask)) <= MAX_TILT_DEGREES


@pytest.mark.parametrize("thickness", [cv2.FILLED, 1, 30], ids=["disc", "thread", "ring"])
def test_round_item_stays_as_it_is_held(thickness):
    mask = np.zeros((201, 201), np.uint8)
    cv2.circle(mask, (100, 100), 100 if thickness < 2 else 85, 255, thickness)
    assert tilt_degrees(mask) == 0


def test_turned_item_fills_its_picture():
    _, segment = held(T_SHIRT, 20)
    matrix, (width, height) = deskew(segment.mask)
    turned = cv2.warpAffine(segment.mask, matrix, (width, height))
    x, y, w, h = cv2.boundingRect((turned > 127).astype(np.uint8))
    assert x <= 2
    assert y <= 2
    assert x + w >= width - 2
    assert y + h >= height - 2
    assert (width, height) == pytest.approx((221, 201), abs=6)


@pytest.mark.parametrize("degrees", [-20, 12, 25])
def test_input_of_a_tilted_item_is_that_of_the_same_item_upright(degrees):
    straight, tilted = (garment_input(*held(T_SHIRT, angle), DESCRIPTION).astype(int) for angle in (0, degrees))
    assert np.abs(straight - tilted).mean() < 10


@pytest.mark.parametrize("degrees", [0, -20, 25])
def test_places_in_the_box_are_told_where_they_are_in_the_input(degrees):
    _, segment = held(T_SHIRT, degrees)
    turn = cv2.getRotationMatrix2D((0, 0), -degrees, 1)
    x, y, _, _ = segment.box
    collar, sleeve = (turn[:, :2] @ place + 160 - (x, y) for place in ((0, -100), (110, -60)))
    matrix = box_to_input(segment, 28)
    # The T-shirt is 221 x 201: across the input's whole width, and 25 pixels high in its middle.
    assert matrix @ (*collar, 1) == pytest.approx((13.5, 0.8), abs=0.7)
    assert matrix @ (*sleeve, 1) == pytest.approx((27.4, 5.9), abs=0.7)
