"""The protocol of a segmenter: how likely each pixel is item."""

from __future__ import annotations

from typing import Protocol

from fashioncam.messages import Image

# Likelihoods, of 255. From LIKELY on a pixel is item; an item needs SURE_PIXELS of at least SURE.
LIKELY, SURE = 128, 220
SURE_PIXELS = 12


class Segmenter(Protocol):
    """Tells the item from the background."""

    def likelihood(self, small_bgr: Image, expected_bgr: Image, tolerance: Image) -> Image:
        """How likely each pixel is item.

        Args:
            small_bgr: the frame at working size, h x w x 3 uint8.
            expected_bgr: the expected background in the present light, h x w x 3 uint8.
            tolerance: the difference in grey levels that noise and camera shake explain, h x w uint8.

        Returns:
            h x w uint8; from `LIKELY` on a pixel is rather item than not.
        """
