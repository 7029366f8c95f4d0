from dataclasses import replace

import numpy as np
import pytest
from scenes import T_SHIRT, held, room

from fashioncam.messages import DisplayStyle, Prediction, Reading, Segment, State
from fashioncam.pipeline.explanation.overlay import annotate, draw_explanation

BOX = (200, 120, 160, 240)
TOP5 = tuple(Prediction(index, f"class {index}", 0.5 / (index + 1)) for index in range(5))


def reading(heat_map=None, state=State.ITEM, top5=TOP5, mask=None):
    mask = np.full((BOX[3], BOX[2]), 255, np.uint8) if mask is None else mask
    input_grey = np.full((28, 28), 99, np.uint8)
    return Reading(0, (640, 480), 0.0, 0.0, state, 1.0, Segment(BOX, mask), top5, heat_map, input_grey)


def inside(picture, margin=12):
    x, y, w, h = BOX
    return picture[y + margin : y + h - margin, x + margin : x + w - margin].astype(int)


def test_frame_is_not_drawn_on():
    frame = room()
    before = frame.copy()
    drawn = annotate(frame, reading(np.ones((7, 7), np.float32)), show_input=True, fps=30)
    assert np.array_equal(frame, before)
    assert not np.array_equal(drawn, before)


def test_nothing_is_drawn_where_there_is_nothing_to_say():
    frame = room()
    assert np.array_equal(annotate(frame, Reading(0, (640, 480), 0.0, 0.0, State.EMPTY)), frame)


def test_heat_lies_where_the_input_square_lies_in_the_frame():
    heat = np.zeros((7, 7), np.float32)
    heat[6, 3] = 1  # bottom centre of the square, which is the bottom centre of the box
    change = np.abs(inside(annotate(room(), reading(heat))) - inside(room())).sum(axis=2)
    row, column = np.unravel_index(change.argmax(), change.shape)
    assert row > 0.8 * change.shape[0]
    assert abs(column - change.shape[1] / 2) < 0.15 * change.shape[1]
    assert change[: change.shape[0] // 2].max() == 0


@pytest.mark.parametrize("is_mirrored", [False, True], ids=["as filmed", "mirrored"])
def test_heat_follows_an_item_that_was_deskewed(is_mirrored):
    image, segment = held(T_SHIRT, 25)
    heat = np.zeros((28, 28), np.float32)
    heat[24:, 12:16] = 1  # the middle of the hem, which leans to the left by 25 degrees
    said = replace(reading(heat), segment=segment, top5=())
    drawn, plain = (
        annotate(image, shown, style=DisplayStyle(mirrored=is_mirrored))
        for shown in (said, replace(said, heat_map=None))
    )
    rows, columns = np.nonzero(np.abs(drawn.astype(int) - plain).sum(axis=2))
    columns = 319 - columns if is_mirrored else columns
    lean = np.radians(25)
    assert columns.mean() == pytest.approx(160 - 90 * np.sin(lean), abs=5)
    assert rows.mean() == pytest.approx(160 + 90 * np.cos(lean), abs=5)


def test_heat_keeps_one_scale():
    """The same heat looks the same, whatever the strongest heat of the frame is."""
    alone = np.zeros((7, 7), np.float32)
    alone[:, :4] = 0.5
    beside_stronger = alone.copy()
    beside_stronger[:, 6] = 1
    drawn = [inside(annotate(room(), reading(heat)))[:, :20] for heat in (alone, beside_stronger)]
    assert np.array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], inside(room())[:, :20])


def test_no_heat_leaves_the_cloth_as_it_is():
    assert np.array_equal(inside(annotate(room(), reading(np.zeros((7, 7), np.float32)))), inside(room()))


def test_heat_stays_on_the_mask():
    mask = np.zeros((BOX[3], BOX[2]), np.uint8)
    mask[:, :80] = 255
    drawn = annotate(room(), reading(np.ones((7, 7), np.float32), mask=mask))
    change = np.abs(inside(drawn) - inside(room())).sum(axis=2)
    assert change[:, :50].min() > 0
    assert change[:, 90:].max() == 0


@pytest.mark.parametrize("heat_shape", [(7, 7), (8, 8), (28, 28)], ids=str)
@pytest.mark.parametrize(
    "box", [(0, 0, 30, 400), (600, 0, 40, 480), (0, 470, 640, 10), (5, 5, 1, 1)], ids=["left", "right", "bottom", "dot"]
)
def test_items_at_the_border_are_drawn(box, heat_shape):
    segment = Segment(box, np.full((box[3], box[2]), 255, np.uint8))
    at_border = Reading(0, (640, 480), 0.0, 0.0, State.ITEM, 1.0, segment, TOP5, np.ones(heat_shape, np.float32))
    assert annotate(room(), at_border, show_input=True, fps=3.0).shape == room().shape


@pytest.mark.parametrize("size", [28, 56])
def test_panels_picture_is_as_large_for_every_input(size):
    seen = replace(reading(np.ones((7, 7), np.float32)), input_grey=np.full((size, size), 99, np.uint8))
    shown = draw_explanation(seen, DisplayStyle())
    assert shown is not None
    assert shown.input_bgr.shape == (336, 336, 3)


def test_input_is_shown_enlarged_only_when_wanted():
    without, with_input = annotate(room(), reading()), annotate(room(), reading(), show_input=True)
    assert np.array_equal(without[-60:-20, 20:60], room()[-60:-20, 20:60])
    assert np.all(with_input[-60:-20, 20:60] == 99)


def test_picture_that_is_smaller_than_the_input_is_shown_without_it():
    small, seen = room((20, 16)), replace(reading(), segment=None, top5=())
    assert np.array_equal(annotate(small, seen, show_input=True), annotate(small, seen))


def test_uncertain_item_is_drawn_in_another_colour():
    sure, unsure = annotate(room(), reading()), annotate(room(), reading(state=State.UNCERTAIN))
    x, y, _, h = BOX
    assert not np.array_equal(sure[y + h // 2, x], unsure[y + h // 2, x])


def test_heat_can_be_switched_off_and_made_weaker():
    full = np.ones((7, 7), np.float32)
    plain = inside(annotate(room(), reading()))
    changes = [
        np.abs(inside(annotate(room(), reading(full), style=style)) - plain).mean()
        for style in (
            DisplayStyle(heat=False),
            DisplayStyle(strength=0.0),
            DisplayStyle(strength=0.3),
            DisplayStyle(strength=0.9),
        )
    ]
    assert changes[:2] == [0, 0]
    assert 0 < changes[2] < changes[3] / 2


def test_mirror_exchanges_left_and_right_of_everything_but_letters():
    heat = np.zeros((7, 7), np.float32)
    heat[3, 0] = 1  # left of the square
    plain = annotate(room(), replace(reading(heat), top5=()))
    mirrored = annotate(room(), replace(reading(heat), top5=()), style=DisplayStyle(mirrored=True))
    assert np.abs(mirrored[:, ::-1].astype(int) - plain).mean() < 0.5


def test_contrast_is_orange_for_the_first_and_blue_for_the_second():
    heat = np.zeros((2, 2), np.float32)
    heat[:, 0], heat[:, 1] = 1, -1
    drawn = inside(annotate(room(), replace(reading(heat), against="class 1"), style=DisplayStyle(strength=1.0)))
    (left_blue, _, left_red), (right_blue, _, right_red) = drawn[100, 2], drawn[100, -3]
    assert left_red > left_blue
    assert right_blue > right_red


def test_contrast_does_not_colour_what_speaks_for_neither():
    equal = replace(reading(np.zeros((2, 2), np.float32)), against="class 1")
    assert np.array_equal(*(inside(annotate(room(), equal, style=DisplayStyle(heat=heat))) for heat in (True, False)))


def test_explanation_shows_the_input_large_with_its_legend():
    explanation = draw_explanation(reading(np.zeros((7, 7), np.float32)), DisplayStyle())
    assert explanation.input_bgr.shape == (336, 336, 3)
    assert np.all(explanation.input_bgr == 99)
    legend = explanation.legend_bgr
    assert legend.shape == (1, 256, 3)
    lightness = legend[0].astype(int).sum(axis=1)
    assert lightness[-1] > lightness[128]
    assert draw_explanation(reading(None), DisplayStyle()) is None
