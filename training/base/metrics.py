"""Figures of a classifier from its logits, and the calibration that is fitted on them."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

BINS = 15  # of the calibration error and of the reliability diagram


def accuracy(logits: Tensor, labels: Tensor) -> float:
    """Share of N x C logits whose largest is the label, 0..1."""
    return (logits.argmax(dim=1) == labels).float().mean().item()


def wilson_interval(right: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share, 0..1."""
    from scipy.stats import binomtest  # the training itself does without

    interval = binomtest(right, total).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def macro_accuracy(logits: Tensor, labels: Tensor) -> float:
    """Mean of the accuracies of all classes that occur, 0..1."""
    right = (logits.argmax(dim=1) == labels).float()
    return torch.stack([right[labels == label].mean() for label in labels.unique()]).mean().item()


def expected_calibration_error(probabilities: Tensor, labels: Tensor, bins: int = BINS) -> float:
    """Mean gap between confidence and accuracy over equal-width bins (arXiv:1706.04599, equation 3)."""
    confidence, predicted = probabilities.max(dim=1)
    return _mean_gap(confidence, predicted == labels, bins).item()


def calibration_error_by_chance(probabilities: Tensor, bins: int = BINS, draws: int = 1000) -> float:
    """The mean of that error for a perfectly calibrated model with these probabilities.

    With few pictures it is far from 0, since a bin's accuracy is then known only roughly.
    """
    confidence = probabilities.amax(dim=1)
    luck = torch.rand(draws, len(confidence), generator=torch.Generator().manual_seed(0))
    return _mean_gap(confidence, luck < confidence, bins).mean().item()


def _mean_gap(confidence: Tensor, right: Tensor, bins: int) -> Tensor:
    """For N confidences and ... x N answers, true where right: shape ..., at least 0."""
    bin_of = (confidence * bins).long().clamp(max=bins - 1)
    gap = torch.zeros(*right.shape[:-1], bins).index_add(-1, bin_of, right.float() - confidence)
    return gap.abs().sum(dim=-1) / len(confidence)


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """The divisor of the logits with the least cross-entropy (arXiv:1706.04599, section 4.2)."""
    candidates = torch.logspace(-1, 1, 401)
    losses = torch.stack([F.cross_entropy(logits / t, labels) for t in candidates])
    return candidates[losses.argmin()].item()


def fit_rejection_threshold(probabilities: Tensor, labels: Tensor, wanted: float = 0.98) -> float:
    """The smallest confidence above which at least `wanted` of the answers are right.

    Where no threshold reaches `wanted`, the one that rejects all but the most confident answer.
    """
    confidence, predicted = probabilities.max(dim=1)
    confidence, order = confidence.sort(descending=True)
    right = (predicted == labels)[order].float()
    accuracy_above = right.cumsum(0) / torch.arange(1, len(right) + 1)
    # Pictures of equal confidence are accepted together, so only the last of them counts.
    last_of_equals = torch.cat([confidence[1:] != confidence[:-1], torch.tensor([True])])
    good = ((accuracy_above >= wanted) & last_of_equals).nonzero()
    return confidence[good[-1] if len(good) else 0].item()
