import numpy as np
import pytest

from benchmarks.mask_metrics import box_iou, mask_errors
from benchmarks.real_garments import IN_TIME, FrameResult, clip_figures, main
from benchmarks.simulated_clips import Clip
from benchmarks.webcam_simulation import EMPTY_FRAMES, FPS, HELD_FROM
from fashioncam.messages import Segment

BOX = (10, 10, 40, 20)
LEARNING = FrameResult(is_learning=True)
EMPTY = FrameResult()


def clip(frames):
    return Clip("easy-000-3", 3, "easy", (64, 48), (b"",) * frames, (BOX,) * frames, (None,) * frames, 1.0)


def test_figures_by_hand():
    right, other = FrameResult(BOX, (3, 4, 0)), FrameResult((50, 30, 40, 20), (4, 3, 0), is_sure=False)
    before = [LEARNING] * 20 + [EMPTY] * (EMPTY_FRAMES - 22) + [right, right] + [EMPTY] * (HELD_FROM - EMPTY_FRAMES)
    held = [right] * 8 + [other] * 4 + [EMPTY] * 8
    in_time = IN_TIME - HELD_FROM
    held[in_time] = right
    figures = clip_figures(clip(HELD_FROM + len(held)), before + held)
    assert figures == pytest.approx(
        (
            True,  # 9 of the 13 that are named are right
            9 / 20,
            13 / 20,
            True,
            9 / 20,  # the other one's box lies elsewhere
            2 / 10,  # of the empty frames in which it could say anything
            4 / 13,  # of those in which there is an item
            FPS * 4 / 20,
        )
    )


def test_figures_where_nothing_is_ever_found():
    assert clip_figures(clip(HELD_FROM + 20), [EMPTY] * (HELD_FROM + 20)) == (False, 0, 0, False, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("other", "expected"),
    [(BOX, 1.0), ((30, 10, 40, 20), 1 / 3), ((50, 10, 40, 20), 0.0), ((60, 40, 5, 5), 0.0), (None, 0.0)],
    ids=["same", "half over", "beside", "elsewhere", "missing"],
)
def test_overlap_of_boxes(other, expected):
    assert box_iou(BOX, other) == pytest.approx(expected)


def test_mask_errors_by_hand():
    alpha = np.zeros((48, 64), np.uint8)
    alpha[10:30, 10:50] = 255
    segment = Segment((30, 10, 34, 20), np.full((20, 34), 255, np.uint8))
    iou, missing, added = mask_errors(segment, alpha)
    assert (iou, missing, added) == pytest.approx((400 / 1080, 0.5, 280 / 800))
    assert mask_errors(None, alpha) == (0.0, 1.0, 0.0)


def test_files_of_one_name_are_refused(tmp_path, capsys):
    assert main([str(tmp_path), "--weights", "a/hybrid.pth", "b/hybrid.pth"]) == 2
    assert "two files of one name" in capsys.readouterr().err
