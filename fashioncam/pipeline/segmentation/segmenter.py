"""What every segmenter answers: how likely each pixel is item."""

from __future__ import annotations

from typing import Protocol

from fashioncam.messages import Image

LIKELY, SURE = 128, 220  # of 255: an item; surely an item, of which it needs SURE_PIXELS

SURE_PIXELS = 12


class Segmenter(Protocol):
    """Tells an item from the room."""

    def likelihood(self, small_bgr: Image, expected_bgr: Image, tolerance: Image) -> Image:
        """How likely each pixel is item.

        Args:
            small_bgr: the frame at working size, h x w x 3 uint8.
            expected_bgr: the empty scene in the same light, h x w x 3 uint8.
            tolerance: the difference that noise and shake explain, h x w uint8.

        Returns:
            h x w uint8, from `LIKELY` on an item rather than not.
        """
