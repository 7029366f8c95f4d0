"""Class probabilities over time: one frame may be wrong, the last quarter of a second seldom is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fashioncam.messages import FloatArray

TIME_CONSTANT_S = 0.25


@dataclass(frozen=True, slots=True)
class Smoothed:
    """Exponentially weighted probabilities of the item in view, one a class, and their time, seconds."""

    probabilities: FloatArray
    time_s: float


def smooth(before: Smoothed | None, probabilities: FloatArray, time_s: float) -> Smoothed:
    """Mix a frame's probabilities into those before; None starts afresh, as after an item has left."""
    if before is None:
        return Smoothed(probabilities, time_s)
    # By time and not by frame, so that a slow machine smooths over the same quarter of a second.
    share = np.float32(1 - np.exp(-max(time_s - before.time_s, 0.0) / TIME_CONSTANT_S))
    return Smoothed(before.probabilities + share * (probabilities - before.probabilities), time_s)
