"""Draws assets/rendered.jpg, a sheet of rendered items that the camera's models learn from beside photographs.

python assets/make_rendered_sheet.py
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from training.synthesis.drawn.objects import draw_object
from training.synthesis.drawn.rooms import draw_rooms
from training.synthesis.webcam_pictures import SYNTHETIC

COLUMNS, TILE_PX, MARGIN_PX = 12, 76, 4


def tile(cutout: np.ndarray) -> np.ndarray:
    """A cutout, 128 x 128 x 4, on white."""
    on_white = cv2.add(cutout[..., :3], 255 - cutout[..., [3, 3, 3]])
    small = cv2.resize(on_white, (TILE_PX, TILE_PX), interpolation=cv2.INTER_AREA)
    return cv2.copyMakeBorder(small, *4 * (MARGIN_PX,), cv2.BORDER_CONSTANT, value=(255, 255, 255))


def main() -> None:
    rng = np.random.default_rng(0)
    rooms = draw_rooms(rng, 20)
    rows = [
        np.hstack([tile(render(rng, rooms)) for _ in range(COLUMNS)])
        for render in SYNTHETIC
        if render is not draw_object
    ]
    cv2.imwrite(str(Path(__file__).parent / "rendered.jpg"), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 85])


if __name__ == "__main__":
    main()
