"""Figures of a checkpoint on labelled pictures, and two checkpoints compared on the same pictures."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, roc_auc_score
from torch import Tensor
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from fashioncam.checkpoint import LoadedModel
from fashioncam.pipeline.recognition.onnx_recogniser import onnx_recogniser
from fashioncam.pipeline.recognition.recogniser import Recogniser
from fashioncam.pipeline.recognition.torch_recogniser import torch_recogniser
from training.base import metrics

TIMED = 200  # pictures
AVERAGED = ("precision", "recall", "f1")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A checkpoint on one split's pictures; shares are 0..1.

    Attributes:
        interval: of the accuracy, Wilson's, 95 %.
        loss: cross-entropy after the temperature.
        calibration_error, calibration_error_before: expected, over 15 bins (arXiv:1706.04599), after and before the
            division of the logits by `temperature`, which was fitted after training, on pictures held out.
        accepted_share, accepted_accuracy: of the pictures that reach the rejection threshold; None for none.
        classes: of each class its label, precision, recall, f1, support (how many there are), auc against all others,
            and calibration_error over the pictures named so.
        macro, micro: precision, recall and F1 as the mean over the classes, and over all pictures together.
        confusion: pictures of class i that are named j, at [i][j].
        macs: multiply-accumulate operations of one picture.
        latency_ms: median of a picture with its heat map, as the program runs it, on one thread.
        runtime: what the program runs it with, "onnxruntime" or "torch".
    """

    weights: str
    model: str
    recipe: dict[str, Any]
    seed: int
    pictures: int
    accuracy: float
    interval: tuple[float, float]
    top5_accuracy: float
    loss: float
    temperature: float
    calibration_error_before: float
    calibration_error: float
    accepted_share: float
    accepted_accuracy: float | None
    classes: list[dict[str, Any]]
    macro: dict[str, float]
    micro: dict[str, float]
    confusion: list[list[int]]
    parameters: int
    macs: int
    latency_ms: float
    runtime: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two checkpoints on the same pictures.

    Attributes:
        only_first_right, only_second_right: pictures on which they disagree about being right.
        p_value: McNemar's exact test: how likely so uneven a split, or a more uneven one, is between equals.
    """

    first: str
    second: str
    only_first_right: int
    only_second_right: int
    p_value: float


def measure(path: Path, loaded: LoadedModel, logits: Tensor, labels: Tensor) -> Evaluation:
    """All figures of N x classes logits for N labels."""
    probabilities = (logits / loaded.temperature).softmax(dim=1)
    confidence, named = probabilities.max(dim=1)
    accepted = confidence >= loaded.reject_below
    right = int((named == labels).sum())
    recogniser = as_the_program_runs_it(path, loaded)
    return Evaluation(
        weights=str(path),
        model=loaded.info.model_name,
        recipe=dict(loaded.info.recipe),
        seed=loaded.info.seed,
        pictures=len(labels),
        accuracy=right / len(labels),
        interval=metrics.wilson_interval(right, len(labels)),
        top5_accuracy=(logits.topk(5).indices == labels[:, None]).any(dim=1).float().mean().item(),
        loss=F.cross_entropy(logits / loaded.temperature, labels).item(),
        temperature=loaded.temperature,
        calibration_error_before=metrics.expected_calibration_error(logits.softmax(dim=1), labels),
        calibration_error=metrics.expected_calibration_error(probabilities, labels),
        accepted_share=accepted.float().mean().item(),
        accepted_accuracy=metrics.accuracy(logits[accepted], labels[accepted]) if accepted.any() else None,
        classes=class_figures(probabilities, labels, loaded.classes),
        macro=averages(labels, named, "macro"),
        micro=averages(labels, named, "micro"),
        confusion=confusion_matrix(labels, named, labels=range(len(loaded.classes))).tolist(),
        parameters=sum(parameter.numel() for parameter in loaded.model.parameters()),
        macs=multiply_accumulates(loaded),
        latency_ms=latency_ms(recogniser),
        runtime=recogniser.runtime,
    )


def class_figures(probabilities: Tensor, labels: Tensor, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Figures of each class, by N x classes calibrated probabilities."""
    named = probabilities.argmax(dim=1)
    of_each = precision_recall_fscore_support(labels, named, labels=range(len(names)), zero_division=0.0)
    figures = []
    for index, (label, *shares, support) in enumerate(zip(names, *of_each, strict=True)):
        here = named == index
        gap = metrics.expected_calibration_error(probabilities[here], labels[here]) if here.any() else 0.0
        auc = float(roc_auc_score(labels == index, probabilities[:, index]))
        of_class = dict(zip(AVERAGED, map(float, shares), strict=True))
        figures.append({"label": label, **of_class, "support": int(support), "auc": auc, "calibration_error": gap})
    return figures


def averages(labels: Tensor, named: Tensor, average: str) -> dict[str, float]:
    """Precision, recall and F1."""
    figures = precision_recall_fscore_support(labels, named, average=average, zero_division=0.0)
    return dict(zip(AVERAGED, map(float, figures[:3]), strict=True))


def multiply_accumulates(loaded: LoadedModel) -> int:
    """Multiply-accumulates of one picture; torch counts multiplications and additions apart."""
    size = loaded.input.size
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        loaded.model(torch.zeros(1, 1, size, size))
    return int(counter.get_total_flops()) // 2


def as_the_program_runs_it(path: Path, loaded: LoadedModel) -> Recogniser:
    """The twin beside the checkpoint, where there is one; else the checkpoint in torch."""
    try:
        return onnx_recogniser(path.with_suffix(".onnx").read_bytes(), path.read_bytes())
    except (OSError, ValueError):
        return torch_recogniser(loaded)


def latency_ms(recogniser: Recogniser) -> float:
    """Median milliseconds of one picture with its heat map, on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    picture = np.full((recogniser.input.size, recogniser.input.size), 90, np.uint8)
    times_ms = []
    for _ in range(TIMED):
        started_s = time.perf_counter()
        recogniser.classify(picture).heat_map(0)
        times_ms.append(1000 * (time.perf_counter() - started_s))
    torch.set_num_threads(threads)
    return median(times_ms)


def compare(paths: Sequence[Path], all_logits: Sequence[Tensor], labels: Tensor) -> Comparison:
    """McNemar's exact test (Psychometrika 12, 1947) of two models on the same pictures."""
    first, second = (logits.argmax(dim=1) == labels for logits in all_logits)
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    apart = only_first + only_second
    p_value = float(binomtest(only_first, apart).pvalue) if apart else 1.0
    return Comparison(str(paths[0]), str(paths[1]), only_first, only_second, p_value)
