"""The segmenter that ships: a small network, run by ONNX Runtime.

`training.train_segmenter` trains it on composites: garments before drawn rooms, with a webcam's light, shadows, arms.
"""

from __future__ import annotations

import cv2
import numpy as np

from fashioncam.messages import Image
from fashioncam.pipeline.onnx_session import open_session

from .deviation import deviation
from .handles import with_handles
from .segmenter import LIKELY


class LearnedSegmenter:
    """A network that takes the frame and the expected background.

    Args:
        model: the ONNX file's content. Input 1 x 6 x h x w uint8: B G R of the frame, then of the expected background.
            Output h x w uint8.

    Raises:
        ValueError: it is no such network.
    """

    def __init__(self, model: bytes) -> None:
        try:
            self._session = open_session(model)
            trial = self.likelihood(*(np.zeros((16, 16, 3), np.uint8),) * 2, np.zeros((16, 16), np.uint8))
        except Exception as error:  # noqa: BLE001 - ONNX Runtime raises a dozen classes without a common one
            raise ValueError(f"no segmentation network: {error}") from None
        if trial.shape != (16, 16) or trial.dtype != np.uint8:
            raise ValueError(f"no segmentation network: it answers {trial.shape} {trial.dtype}")

    def likelihood(self, small_bgr: Image, expected_bgr: Image, tolerance: Image) -> Image:
        """As in `Segmenter`. The network judges the noise by itself; `tolerance` serves to find handles."""
        planes = np.stack((*cv2.split(small_bgr), *cv2.split(expected_bgr)))  # six times as quick as numpy's transpose
        (likelihood,) = self._session.run(None, {"pictures": planes[None]})
        item = cv2.compare(likelihood, LIKELY, cv2.CMP_GE)
        if cv2.countNonZero(item) == 0:
            return likelihood
        differing = cv2.compare(deviation(small_bgr, expected_bgr), tolerance, cv2.CMP_GT)
        whole = with_handles(item, differing)
        return likelihood if whole is item else cv2.max(likelihood, cv2.bitwise_and(whole, cv2.bitwise_not(item)))
