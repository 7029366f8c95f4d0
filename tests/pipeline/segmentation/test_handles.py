import cv2
import numpy as np
import pytest

from fashioncam.pipeline.segmentation.handles import with_handles
from fashioncam.pipeline.segmentation.segmenter import LIKELY

SIZE_HW = (120, 160)
BAG = (50, 60, 60, 40)  # small pixels


def blank():
    return np.zeros(SIZE_HW, np.uint8)


def bag():
    x, y, w, h = BAG
    item = blank()
    item[y : y + h, x : x + w] = 255
    return item


def arc(thickness, gap_degrees=0):
    """Half an ellipse that stands on the bag, left open at its top by so many degrees."""
    drawn = blank()
    for start, end in ((180, 270 - gap_degrees / 2), (270 + gap_degrees / 2, 360)):
        cv2.ellipse(drawn, (80, 60), (20, 40), 0, start, end, 255, thickness)
    return drawn


def test_handle_is_taken_with_the_item():
    item = bag()
    found = with_handles(item, cv2.bitwise_or(item, arc(2)))
    assert cv2.boundingRect(found)[1] == pytest.approx(20, abs=2)
    assert not found[40:55, 75:86].any(), "the room is seen through it"
    assert np.array_equal(found[60:], item[60:])


def test_gap_of_the_rooms_colour_is_bridged():
    found = with_handles(bag(), arc(2, gap_degrees=12))
    assert found[19:23, 80].any()


@pytest.mark.parametrize(
    "differing",
    [blank(), arc(2, gap_degrees=60), arc(16), cv2.circle(blank(), (20, 25), 14, 255, 2)],
    ids=["nothing", "open", "as thick as an arm", "a ring elsewhere"],
)
def test_what_is_no_handle_changes_nothing(differing):
    item = bag()
    assert with_handles(item, differing) is item


def test_handle_that_leaves_the_picture_is_left_alone():
    item = np.roll(bag(), -45, axis=0)
    assert with_handles(item, np.roll(arc(2), -45, axis=0) * (np.arange(120) < 60)[:, None].astype(np.uint8)) is item


def test_noise_over_the_whole_picture_is_no_handle():
    item = bag()
    noise = np.where(np.random.default_rng(0).random(SIZE_HW) < 0.02, 255, 0).astype(np.uint8)
    found = with_handles(item, noise)
    assert cv2.boundingRect(found) == pytest.approx(BAG, abs=2)


class NetworkWithoutHandles:
    """In place of the session: it finds the bag's body, not surely."""

    def run(self, _outputs, _inputs):
        return [bag() // 255 * 200]


def test_segmenter_adds_to_what_the_network_finds(learned, monkeypatch):
    monkeypatch.setattr(learned, "_session", NetworkWithoutHandles())
    expected_bgr = np.full((*SIZE_HW, 3), 120, np.uint8)
    shown = cv2.bitwise_or(bag(), arc(2))
    small_bgr = np.where(shown[..., None] > 0, np.uint8(160), expected_bgr)
    tolerance = np.full(SIZE_HW, 30, np.uint8)
    likelihood = learned.likelihood(small_bgr, expected_bgr, tolerance)
    assert np.array_equal(likelihood[60:], bag()[60:] // 255 * 200)
    assert cv2.boundingRect(cv2.compare(likelihood, LIKELY, cv2.CMP_GE))[1] == pytest.approx(20, abs=2)
    assert np.array_equal(learned.likelihood(expected_bgr, expected_bgr, tolerance), bag() // 255 * 200)
