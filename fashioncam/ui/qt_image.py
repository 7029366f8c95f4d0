"""numpy pictures as QImage."""

from __future__ import annotations

from PySide6.QtGui import QImage

from fashioncam.messages import Image


def from_bgr(image_bgr: Image) -> QImage:
    """H x W x 3 uint8 B G R -> QImage with its own copy of the pixels."""
    height, width = image_bgr.shape[:2]
    return QImage(image_bgr.data, width, height, image_bgr.strides[0], QImage.Format.Format_BGR888).copy()


def from_grey(image_grey: Image) -> QImage:
    """H x W uint8 -> QImage with its own copy of the pixels."""
    height, width = image_grey.shape
    return QImage(image_grey.data, width, height, image_grey.strides[0], QImage.Format.Format_Grayscale8).copy()
