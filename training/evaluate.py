"""Measure a checkpoint on the test split of Fashion-MNIST, once, when everything has been chosen.

    python -m training.evaluate weights/hybrid.pth
    python -m training.evaluate weights/hybrid.pth --vs weights/simplecnn.pth

Writes a folder: report.html to read (it holds its pictures), report.json, and each picture as PNG.
This is the only code that opens the test split.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from torch import Tensor

from fashioncam import checkpoint
from fashioncam.checkpoint import LoadedModel
from training.base import metrics
from training.base.output_files import make_folder, make_place_for_weights
from training.data import fashion_mnist
from training.engine.prediction import predict
from training.reports import plots
from training.reports.evaluation import Comparison, Evaluation, compare, measure
from training.reports.pages import write_json, write_page, write_pictures

from .command import add_data, command
from .export import save_with_twin


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("weights", type=Path, help="checkpoint to measure")
    parser.add_argument("--vs", type=Path, help="another one to compare it with; default: none")
    parser.add_argument("--out", type=Path, help="folder of the report; default: reports/NAME")
    add_data(parser)
    parser.add_argument("--record", action="store_true", help="write the figures into the checkpoint; default: off")


def run(args: argparse.Namespace) -> str:
    """Measure, write the report, and record where that was asked for; returns a line of figures."""
    paths = [args.weights] if args.vs is None else [args.weights, args.vs]
    models = [fashion_mnist.load_classifier(path) for path in paths]
    out = args.out or Path("reports") / args.weights.stem
    make_folder(out, "--out")
    if args.record:
        make_place_for_weights(args.weights, "WEIGHTS")
    test = fashion_mnist.load(args.data).test
    all_logits = [predict(loaded.model, test.images, loaded.input) for loaded in models]
    evaluations = [
        measure(path, loaded, logits, test.labels)
        for path, loaded, logits in zip(paths, models, all_logits, strict=True)
    ]
    comparison = compare(paths, all_logits, test.labels) if args.vs else None
    first = evaluations[0]
    write_report(out, evaluations, all_logits, test, comparison)
    if args.record:
        record(models[0], first, args.weights)
    low, high = first.interval
    return (
        f"{args.weights}: accuracy {first.accuracy:.4f} ({low:.4f} to {high:.4f}), "
        f"calibration error {first.calibration_error:.4f}; {out / 'report.html'}"
    )


def write_report(
    out: Path,
    evaluations: Sequence[Evaluation],
    all_logits: Sequence[Tensor],
    test: fashion_mnist.Split,
    comparison: Comparison | None,
) -> None:
    """Write figures, pictures and page to the folder; logits N x classes of each evaluated checkpoint."""
    pictures = [
        write_pictures(plots.of_evaluation(found, logits, test), out, prefix)
        for found, logits, prefix in zip(evaluations, all_logits, ("", "other-"), strict=False)
    ]
    content = {"evaluations": [asdict(one) for one in evaluations], "comparison": comparison and asdict(comparison)}
    write_json(content, out / "report.json")
    evaluated = list(zip(evaluations, pictures, strict=True))
    write_page(
        "evaluation.html.j2", out / "report.html", evaluations=evaluated, comparison=comparison, bins=metrics.BINS
    )


def record(loaded: LoadedModel, found: Evaluation, path: Path) -> None:
    """Write the checkpoint again with these figures added, in the precision it was stored in."""
    figures = {
        "test_accuracy": found.accuracy,
        "test_calibration_error": found.calibration_error,
        "test_accepted_share": found.accepted_share,
    }
    if found.accepted_accuracy is not None:
        figures["test_accepted_accuracy"] = found.accepted_accuracy
    half = next(iter(checkpoint.read_dict(path)["state_dict"].values())).dtype.itemsize == 2
    info = replace(loaded.info, figures={**loaded.info.figures, **figures})
    save_with_twin(replace(loaded, info=info), path, half=half)


main = command("training.evaluate", __doc__, add_options, run)

if __name__ == "__main__":
    sys.exit(main())
