"""Class probabilities over time: one frame may be wrong, what the last third of a second says together seldom is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fashioncam.messages import FloatArray

# What a frame said counts 1/e as much after this time; a swap of two items is followed after 0.7 of it. Changes of
# label a second on 120 simulated clips: 2.0 / 2.5 / 5.1 (easy / normal / hard) without memory, 0.4 / 0.3 / 0.6 with
# 0.25 s, 0.3 / 0.2 / 0.3 with 0.5 s.
TIME_CONSTANT_S = 0.35
FIRST_FRAME_S = 1 / 30  # what the first frame counts; each later one counts the time since the one before
LEAST_PROBABILITY = 1e-3  # a single frame can doubt a class, but not rule it out
LEAST_QUALITY = 0.02  # an item that is seen badly all the time still gets a name


@dataclass(frozen=True, slots=True)
class Smoothed:
    """What the frames so far say of the item in view.

    Attributes:
        evidence: sum of the log-probabilities, one a class, float32, each times its weight.
        weight: sum of the weights, seconds.
        time_s: of the last frame.
    """

    evidence: FloatArray
    weight: float
    time_s: float

    @property
    def probabilities(self) -> FloatArray:
        """One a class, float32: the logarithmic opinion pool (Genest and Zidek, 1986), a geometric mean."""
        return softmax(self.evidence / np.float32(self.weight))


def softmax(logits: FloatArray) -> FloatArray:
    """Probabilities, one a class, float32."""
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def smooth(before: Smoothed | None, probabilities: FloatArray, quality: float, time_s: float) -> Smoothed:
    """Add a frame to those before, which are forgotten little by little; None starts afresh, as after an item has left.

    Args:
        probabilities: of this frame, one a class, float32.
        quality: how well the item is seen in it, 0..1; what is seen badly has less of a say.
        time_s: of this frame.
    """
    log_probabilities = np.log(np.maximum(probabilities, np.float32(LEAST_PROBABILITY)))
    quality = max(quality, LEAST_QUALITY)
    if before is None:
        weight = FIRST_FRAME_S * quality
        return Smoothed(np.float32(weight) * log_probabilities, weight, time_s)
    # By time and not by frame, so that a slow machine remembers as long as a quick one.
    kept = float(np.exp(-max(time_s - before.time_s, 0.0) / TIME_CONSTANT_S))
    weight = TIME_CONSTANT_S * (1 - kept) * quality
    evidence = np.float32(kept) * before.evidence + np.float32(weight) * log_probabilities
    return Smoothed(evidence.astype(np.float32), kept * before.weight + weight, time_s)
