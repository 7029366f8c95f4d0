from dataclasses import replace

import cv2
import numpy as np
import pytest
from scenes import DESCRIPTION

from fashioncam.messages import Segment
from fashioncam.pipeline.garment_input import SHARPEN, box_to_input, garment_input, largest_within


def rectangle(box, value, frame_wh=(640, 480), surround=90):
    """A frame with a grey rectangle in it, and its segment."""
    x, y, w, h = box
    image = np.full((frame_wh[1], frame_wh[0], 3), surround, np.uint8)
    image[y : y + h, x : x + w] = value
    return image, Segment(box, np.full((h, w), 255, np.uint8))


def test_dark_garment_becomes_bright_on_black():
    made = garment_input(*rectangle((100, 50, 140, 280), 40), DESCRIPTION)
    assert made.shape == (28, 28)
    assert made.dtype == np.uint8
    assert made[14, 14] == 255 - 40
    assert made[:, :6].max() == 0


def test_positive_polarity_keeps_the_greys():
    made = garment_input(*rectangle((100, 50, 140, 280), 40), replace(DESCRIPTION, polarity="positive"))
    assert made[14, 14] == 40
    assert made[:, :6].max() == 0


@pytest.mark.parametrize(
    ("box", "rows", "columns"),
    [
        ((10, 20, 140, 280), (0, 28), (7, 21)),
        ((10, 20, 280, 140), (7, 21), (0, 28)),
        ((5, 5, 100, 100), (0, 28), (0, 28)),
    ],
    ids=["tall", "wide", "square"],
)
def test_longest_edge_fills_the_input_and_the_item_is_centred(box, rows, columns):
    made = garment_input(*rectangle(box, 30), DESCRIPTION)
    ys, xs = np.nonzero(made)
    assert (ys.min(), ys.max() + 1) == rows
    assert (xs.min(), xs.max() + 1) == columns


def test_what_lies_outside_the_mask_leaves_no_trace():
    image, segment = rectangle((200, 100, 120, 120), 60)
    mask = np.zeros((120, 120), np.uint8)
    cv2.circle(mask, (60, 60), 55, 255, cv2.FILLED)
    segment = replace(segment, mask=mask)
    other = image.copy()
    other[100:220, 200:320][mask == 0] = (0, 255, 0)
    assert np.array_equal(garment_input(image, segment, DESCRIPTION), garment_input(other, segment, DESCRIPTION))


def test_uniform_cloth_is_not_changed_by_sharpening():
    made = garment_input(*rectangle((0, 0, 280, 280), 100), DESCRIPTION)
    assert np.all(made[2:-2, 2:-2] == 155)


def test_sharpening_is_imagemagicks_operator():
    gauss = np.exp(-0.5 * (np.arange(-1, 2)[:, None] ** 2 + np.arange(-1, 2) ** 2)) / (2 * np.pi)
    expected = -gauss
    expected[1, 1] = 2 * gauss.sum()
    assert np.allclose(SHARPEN, expected / expected.sum())


@pytest.mark.parametrize("box", [(0, 0, 1, 400), (0, 0, 600, 2), (0, 0, 1, 1)], ids=["thread", "bar", "pixel"])
def test_extreme_shapes_are_survived(box):
    assert garment_input(*rectangle(box, 10), DESCRIPTION).shape == (28, 28)


def test_box_lies_in_the_middle_of_the_input():
    _, segment = rectangle((100, 50, 140, 280), 40)
    corners = np.array([(-0.5, -0.5, 1), (139.5, 279.5, 1)])
    assert corners @ box_to_input(segment, 28).T == pytest.approx(np.array([(6.5, -0.5), (20.5, 27.5)]))
    assert largest_within((140, 280), (28, 28)) == (14, 28)


def test_frame_is_not_changed():
    image, segment = rectangle((100, 50, 140, 280), 40)
    before = image.copy()
    garment_input(image, segment, DESCRIPTION)
    assert np.array_equal(image, before)


def test_fashion_mnist_picture_held_up_comes_back_nearly_as_it_was():
    """The round trip that everything rests on: a data set picture, enlarged as a photograph, becomes itself."""
    picture = np.zeros((28, 28), np.uint8)
    cv2.fillPoly(picture, [np.array([(6, 0), (21, 0), (21, 27), (15, 27), (14, 8), (13, 27), (6, 27)])], 170)
    photograph = cv2.resize(255 - picture, (280, 280), interpolation=cv2.INTER_NEAREST)
    mask = cv2.resize(picture, (280, 280), interpolation=cv2.INTER_NEAREST)
    box = (60, 0, 160, 280)
    segment = Segment(box, np.where(mask[:, 60:220] > 0, 255, 0).astype(np.uint8))
    made = garment_input(cv2.cvtColor(photograph, cv2.COLOR_GRAY2BGR), segment, DESCRIPTION)
    inside = cv2.erode(picture, np.ones((3, 3), np.uint8)) > 0
    assert np.abs(made.astype(int) - picture)[inside].max() <= 2
    assert np.array_equal(made > 0, picture > 0)
