"""The sharpening that Fashion-MNIST was made with. Training uses it too, so this file needs numpy alone."""

from __future__ import annotations

import numpy as np

from fashioncam.messages import FloatArray


def sharpening_kernel() -> FloatArray:
    """ImageMagick's sharpen operator with radius 1 and sigma 1 (arXiv:1708.07747, section 2): 3 x 3, sum 1.

    A negated 3x3 Gaussian whose centre is twice the Gaussian's sum.
    """
    side = np.exp(-0.5 * np.array((-1.0, 0.0, 1.0)) ** 2)
    kernel = -np.outer(side, side)
    kernel[1, 1] = 2 * -kernel.sum()
    return (kernel / kernel.sum()).astype(np.float32)
