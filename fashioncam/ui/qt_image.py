"""numpy pictures as QImage."""

from __future__ import annotations

from PySide6.QtGui import QImage

from fashioncam.messages import Image


def as_qimage(image: Image) -> QImage:
    """H x W x 3 uint8 B G R, or H x W uint8 grey -> QImage with its own copy of the pixels."""
    kind = QImage.Format.Format_Grayscale8 if image.ndim == 2 else QImage.Format.Format_BGR888
    height, width = image.shape[:2]
    return QImage(image.data, width, height, image.strides[0], kind).copy()
