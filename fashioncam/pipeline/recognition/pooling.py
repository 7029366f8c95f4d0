"""Class probabilities pooled over frames: one frame may be wrong, a second of them seldom is.

Two pools take in every frame. The long one names the item. When the short one contradicts it, the long one starts
again from the short one. So the label is steady, and still follows when the item is swapped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fashioncam.messages import FloatArray

# Time constants of the pools: a frame's weight falls to 1/e after these. One pool alone flickers, or names a swapped
# item late.
LONG_S = 1.5
SHORT_S = 0.2
MAX_AGAINST = 1.0  # log-odds at which a full short pool of well seen frames replaces the label
FIRST_FRAME_S = 1 / 30  # weight of the first frame; a later one weighs the time since the one before
MIN_PROBABILITY = 1e-3  # a single frame can doubt a class, but not rule it out
MIN_QUALITY = 0.02  # an item that is always seen badly still gets a label


@dataclass(frozen=True, slots=True)
class OpinionPool:
    """A logarithmic opinion pool: a weighted geometric mean of probabilities (Genest and Zidek, 1986).

    Attributes:
        evidence: weighted sum of log-probabilities, one a class, float32.
        weight: sum of the weights, seconds.
    """

    evidence: FloatArray
    weight: float

    def after(
        self, log_probabilities: FloatArray, quality: float, passed_s: float, time_constant_s: float
    ) -> OpinionPool:
        """The pool with one more frame. Weights decay by time, so a slow machine pools as long as a quick one."""
        kept = float(np.exp(-passed_s / time_constant_s))
        weight = time_constant_s * (1 - kept) * quality
        evidence = np.float32(kept) * self.evidence + np.float32(weight) * log_probabilities
        return OpinionPool(evidence, kept * self.weight + weight)


@dataclass(frozen=True, slots=True)
class PooledClasses:
    """Classes of the item in view, from the frames so far.

    Attributes:
        time_s: of the last frame.
    """

    long: OpinionPool
    short: OpinionPool
    time_s: float

    @property
    def probabilities(self) -> FloatArray:
        """One a class, float32."""
        return softmax(self.long.evidence / np.float32(self.long.weight))


def softmax(logits: FloatArray) -> FloatArray:
    """Probabilities, one a class, float32."""
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def pool(before: PooledClasses | None, probabilities: FloatArray, quality: float, time_s: float) -> PooledClasses:
    """Add a frame to those before; None starts a new pool, as after an item has left.

    Args:
        probabilities: of this frame, one a class, float32.
        quality: how well the item is seen in it, 0..1; a badly seen frame weighs less.
        time_s: of this frame.
    """
    log_probabilities = np.log(np.maximum(probabilities, np.float32(MIN_PROBABILITY)))
    quality = max(quality, MIN_QUALITY)
    if before is None:
        weight = FIRST_FRAME_S * quality
        only = OpinionPool(np.float32(weight) * log_probabilities, weight)
        return PooledClasses(only, only, time_s)
    passed_s = max(time_s - before.time_s, 0.0)
    short = before.short.after(log_probabilities, quality, passed_s, SHORT_S)
    long = before.long.after(log_probabilities, quality, passed_s, LONG_S)
    named = long.evidence.argmax()
    if short.evidence.max() - short.evidence[named] > MAX_AGAINST * SHORT_S:
        long = short
    return PooledClasses(long, short, time_s)
