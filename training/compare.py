"""Compare checkpoints on the validation split of Fashion-MNIST: accuracy, calibration, size, latency.

    python -m training.compare weights/hybrid.pth weights/hybrid-benchmark.pth weights/simplecnn.pth

Writes a folder: comparison.html to read (it holds its picture), comparison.json, and the picture as PNG.
The test split is not read: to choose between models is what the validation split is for.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from itertools import combinations
from pathlib import Path

from fashioncam.errors import UserError
from training.base.output_files import make_folder
from training.data import fashion_mnist
from training.engine.prediction import predict
from training.reports import plots
from training.reports.evaluation import Comparison, Evaluation, compare, measure
from training.reports.pages import write_json, write_page, write_pictures

from .command import add_data, command


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("weights", type=Path, nargs="+", help="checkpoints to compare, two or more")
    parser.add_argument("--out", type=Path, default=Path("reports/comparison"), help="default: %(default)s")
    add_data(parser)


def run(args: argparse.Namespace) -> str:
    """Measure all, write the report; returns the table as text."""
    if len(set(args.weights)) < max(2, len(args.weights)):
        raise UserError("name two checkpoints or more, each once")
    models = [fashion_mnist.load_classifier(path) for path in args.weights]
    make_folder(args.out, "--out")
    split = fashion_mnist.load(args.data).validation
    all_logits = [predict(loaded.model, split.images, loaded.input) for loaded in models]
    measured = [
        measure(path, loaded, logits, split.labels)
        for path, loaded, logits in zip(args.weights, models, all_logits, strict=True)
    ]
    pairs = [
        compare((args.weights[i], args.weights[j]), (all_logits[i], all_logits[j]), split.labels)
        for i, j in combinations(range(len(models)), 2)
    ]
    pictures = write_pictures({"comparison": plots.accuracy_and_latency(measured)}, args.out)
    content = {"split": "validation", "checkpoints": list(map(asdict, measured)), "pairs": list(map(asdict, pairs))}
    write_json(content, args.out / "comparison.json")
    write_page(
        "comparison.html.j2",
        args.out / "comparison.html",
        measured=measured,
        pairs=pairs,
        picture=pictures["comparison"],
    )
    return as_text(measured, pairs) + f"\n{args.out / 'comparison.html'}"


def as_text(measured: Sequence[Evaluation], pairs: Sequence[Comparison]) -> str:
    """A line for each checkpoint and one for each pair."""
    width = max(len(one.weights) for one in measured)
    lines = [f"{'':{width}s}  accuracy (95 % interval)  calibration  parameters  MACs, M  ms"]
    for one in measured:
        low, high = (100 * bound for bound in one.interval)
        lines.append(
            f"{one.weights:{width}s}  {100 * one.accuracy:.2f} % ({low:.2f} to {high:.2f})"
            f"  {one.calibration_error:11.4f}  {one.parameters:10,d}  {one.macs / 1e6:7.1f}"
            f"  {one.latency_ms:.2f} in {one.runtime}"
        )
    for pair in pairs:
        lines.append(
            f"{pair.first} alone is right {pair.only_first_right} times, {pair.second} alone"
            f" {pair.only_second_right} times: p = {pair.p_value:.2g}"
        )
    return "\n".join(lines)


main = command("training.compare", __doc__, add_options, run)

if __name__ == "__main__":
    sys.exit(main())
