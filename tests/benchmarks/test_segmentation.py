import numpy as np
import pytest

from benchmarks.baselines import Answer
from benchmarks.segmentation import scored
from benchmarks.simulated_clips import Clip
from benchmarks.webcam_simulation import EMPTY_FRAMES, HELD_FROM
from fashioncam.messages import Segment

BOX = (10, 10, 20, 10)


def test_scores_by_hand():
    alpha = np.zeros((48, 64), np.uint8)
    alpha[10:20, 10:30] = 255
    held = 4
    frames = HELD_FROM + held
    clip = Clip("easy-000-3", 3, "easy", (64, 48), (b"",) * frames, (BOX,) * frames, (alpha,) * frames, 0.6)
    right = Answer(segment=Segment(BOX, np.full((10, 20), 255, np.uint8)))
    half = Answer(segment=Segment((10, 10, 10, 10), np.full((10, 10), 255, np.uint8)))
    learning, empty = [Answer(learning=True)] * 20, [Answer()] * (HELD_FROM - 20)
    empty[0] = right  # one false alarm in the empty frames after learning
    row = scored("learned", clip, [*learning, *empty, right, right, half, Answer()])
    assert (row.method, row.level, row.brightness) == ("learned", "easy", "0.5 to 0.8")
    assert row.found == pytest.approx(2 / held)
    assert row.false_alarm == pytest.approx(1 / (EMPTY_FRAMES - 20))
    assert row.mask_iou == pytest.approx((1 + 1 + 0.5 + 0) / held)
    assert row.lost == pytest.approx((0 + 0 + 0.5 + 1) / held)
    assert row.added == 0
