"""From the name of a segmenter to one that is ready."""

from __future__ import annotations

from pathlib import Path

from fashioncam import resources
from fashioncam.errors import UserError
from fashioncam.pipeline.segmentation.segmenter import Segmenter
from fashioncam.pipeline.segmentation.statistical import StatisticalSegmenter


def load_segmenter(name: str, path: Path = resources.SEGMENTER) -> Segmenter:
    """The segmenter of that name in `settings.SEGMENTERS`; `path` is the learned one's file.

    Raises:
        UserError: the file is missing or damaged.
    """
    if name == "statistical":
        return StatisticalSegmenter()
    from fashioncam.pipeline.segmentation.learned import LearnedSegmenter

    try:
        return LearnedSegmenter(resources.own(path).read_bytes())
    except (OSError, ValueError):
        raise UserError(
            f"{path}: missing or damaged; install the program again, or give --segmenter statistical"
        ) from None
