import pytest

from fashioncam.messages import DisplayStyle, Prediction, Reading, Request, State
from fashioncam.runtime.explanation_requests import as_shown, contrast_asked, forgotten, row_asked

TOP5 = tuple(Prediction(index, str(index), 0.2) for index in (6, 0, 4, 2, 3))
READING = Reading(0, (640, 480), 0.0, 0.0, State.ITEM, top5=TOP5)
REGION = (0.1, 0.2, 0.3, 0.4)


@pytest.mark.parametrize(
    ("before", "row", "after"),
    [
        (Request(), 1, Request(explained=0)),
        (Request(explained=0), 1, Request()),
        (Request(explained=0), 2, Request(explained=4)),
        (Request(explained=0), 0, Request()),
        (Request(contrast=True), 1, Request(explained=0)),
        (Request(region=REGION), 3, Request(explained=2, region=REGION)),
        (Request(explained=0), 7, Request(explained=0)),
    ],
    ids=["another", "again", "a third", "the first", "after contrast", "region stays", "no such row"],
)
def test_row_asked(before, row, after):
    assert row_asked(before, READING, row) == after


def test_nothing_can_be_asked_of_nothing():
    assert row_asked(Request(), None, 0) == Request()


def test_contrast_is_on_and_off():
    assert contrast_asked(Request(explained=3)) == Request(contrast=True)
    assert contrast_asked(Request(contrast=True)) == Request()


def test_region_is_not_forgotten():
    assert forgotten(Request(explained=3, contrast=True, region=REGION)) == Request(region=REGION)


def test_region_is_that_of_the_mirrored_picture_and_back():
    asked, style = Request(region=REGION), DisplayStyle(mirrored=True)
    assert as_shown(asked, style).region == pytest.approx((0.6, 0.2, 0.3, 0.4))
    assert as_shown(as_shown(asked, style), style).region == pytest.approx(REGION)
    assert as_shown(asked, DisplayStyle()) is asked
