from __future__ import annotations

import pytest
import torch

from training.base import metrics

LOGITS = torch.tensor([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [5.0, 1.0, 2.0], [0.0, 1.0, 4.0]])
LABELS = torch.tensor([0, 1, 2, 2])


def sure_of(confidences: list[float], right: list[bool]) -> tuple[torch.Tensor, torch.Tensor]:
    """Probabilities of two classes that name class 0 with these confidences, and labels that make them right or not."""
    confidence = torch.tensor(confidences)
    return torch.stack([confidence, 1 - confidence], dim=1), (~torch.tensor(right)).long()


class TestAccuracy:
    def test_is_the_share_of_right_answers(self) -> None:
        assert metrics.accuracy(LOGITS, LABELS) == 0.75

    @pytest.mark.parametrize(("label", "expected"), [(0, 1.0), (1, 0.0)], ids=["all-right", "all-wrong"])
    def test_extremes(self, label: int, expected: float) -> None:
        assert metrics.accuracy(torch.tensor([[1.0, 0.0]] * 5), torch.full((5,), label)) == expected


class TestCalibrationError:
    def test_is_the_mean_gap_between_confidence_and_accuracy(self) -> None:
        # bin 0.9..1: |(1 + 0) - (0.94 + 0.96)| = 0.9; bin 0.6..0.7: |0 - 0.65|; of 3 pictures
        probabilities, labels = sure_of([0.94, 0.96, 0.65], [True, False, False])
        error = metrics.expected_calibration_error(probabilities, labels, bins=10)
        assert error == pytest.approx((0.9 + 0.65) / 3)

    def test_opposite_gaps_in_different_bins_do_not_cancel(self) -> None:
        probabilities, labels = sure_of([0.55, 0.95], [True, False])
        assert metrics.expected_calibration_error(probabilities, labels, bins=10) == pytest.approx((0.45 + 0.95) / 2)
        assert metrics.expected_calibration_error(probabilities, labels, bins=1) == pytest.approx(0.25)

    @pytest.mark.parametrize(("right", "expected"), [(True, 0.0), (False, 1.0)], ids=["right", "wrong"])
    def test_of_full_confidence(self, right: bool, expected: float) -> None:
        probabilities, labels = sure_of([1.0] * 4, [right] * 4)
        assert metrics.expected_calibration_error(probabilities, labels) == expected


class TestCalibrationErrorByChance:
    def test_of_a_single_picture(self) -> None:
        # Right seven times in ten, a gap of 0.3; else one of 0.7.
        error = metrics.calibration_error_by_chance(torch.tensor([[0.7, 0.3]]), draws=20_000)
        assert error == pytest.approx(0.7 * 0.3 + 0.3 * 0.7, abs=0.01)

    def test_full_confidence_leaves_nothing_to_chance(self) -> None:
        assert metrics.calibration_error_by_chance(torch.tensor([[1.0, 0.0]] * 3)) == 0

    def test_shrinks_with_the_root_of_the_number(self) -> None:
        few, many = (metrics.calibration_error_by_chance(torch.tensor([[0.7, 0.3]] * n)) for n in (25, 2500))
        assert few == pytest.approx(10 * many, rel=0.1)


class TestTemperature:
    @pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
    def test_undoes_a_known_factor(self, factor: float) -> None:
        generator = torch.Generator().manual_seed(0)
        logits = 2 * torch.randn(4000, 10, generator=generator)
        labels = logits.softmax(dim=1).multinomial(1, generator=generator)[:, 0]
        assert metrics.fit_temperature(logits * factor, labels) == pytest.approx(factor, rel=0.06)

    @pytest.mark.parametrize(("label", "expected"), [(0, 0.1), (1, 10.0)], ids=["always-right", "always-wrong"])
    def test_stays_within_its_range(self, label: int, expected: float) -> None:
        logits = torch.tensor([[1.0, 0.0]] * 6)
        assert metrics.fit_temperature(logits, torch.full((6,), label)) == pytest.approx(expected)


class TestRejectionThreshold:
    def test_is_the_smallest_that_keeps_the_wanted_share_right(self) -> None:
        probabilities, labels = sure_of([0.9, 0.8, 0.7, 0.6], [True, True, False, True])
        threshold = {w: metrics.fit_rejection_threshold(probabilities, labels, wanted=w) for w in (1.0, 0.75, 0.7)}
        assert threshold == pytest.approx({1.0: 0.8, 0.75: 0.6, 0.7: 0.6})

    @pytest.mark.parametrize("wanted", [0.6, 0.8, 0.9, 0.98])
    def test_no_smaller_one_would_do(self, wanted: float) -> None:
        generator = torch.Generator().manual_seed(1)
        confidence = 0.5 + 0.5 * torch.rand(2000, generator=generator)
        right = torch.rand(2000, generator=generator) < confidence
        probabilities, labels = sure_of(confidence.tolist(), right.tolist())

        def accuracy_from(threshold: float) -> float:
            return right[confidence >= threshold].float().mean().item()

        threshold = metrics.fit_rejection_threshold(probabilities, labels, wanted)
        assert accuracy_from(threshold) >= wanted
        assert all(accuracy_from(lower) < wanted for lower in confidence[confidence < threshold].tolist())

    def test_rejects_none_where_all_are_right(self) -> None:
        probabilities, labels = sure_of([0.9, 0.55, 0.7], [True, True, True])
        assert metrics.fit_rejection_threshold(probabilities, labels) == pytest.approx(0.55)

    def test_rejects_all_but_the_surest_where_none_will_do(self) -> None:
        probabilities, labels = sure_of([0.7, 0.9, 0.8], [False, False, False])
        assert metrics.fit_rejection_threshold(probabilities, labels) == pytest.approx(0.9)

    def test_accepts_equals_together(self) -> None:
        """Three pictures of one confidence, the first of them right: no threshold accepts that one alone."""
        probabilities, labels = sure_of([0.95, 0.9, 0.9, 0.9], [True, True, False, False])
        assert metrics.fit_rejection_threshold(probabilities, labels) == pytest.approx(0.95)
