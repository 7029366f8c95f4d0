"""How long does the recipe `quick` take here, and which accuracy does it reach?

    python -m benchmarks.quick --curve assets/quick.png

Trains it, or resumes an interrupted run. Prints the minutes and the validation accuracy; --curve draws the picture in
training/README.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from training import train
from training.base.output_files import make_place_for
from training.command import command
from training.engine.run_log import read_rows
from training.reports.plots import training_curve


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run", type=Path, default=Path("runs/benchmark-quick"), help="default: %(default)s")
    parser.add_argument("--curve", type=Path, help="PNG of the accuracy over the minutes; default: none")


def run(args: argparse.Namespace) -> str:
    """Train, and draw the curve; returns a line of figures."""
    if args.curve is not None:
        make_place_for(args.curve, "--curve")
    train_arguments = ["--recipe", "quick", "--run", str(args.run), "--out", str(args.run / "quick.pth")]
    print(train.run(train.parse_arguments(train_arguments)))
    rows = read_rows(args.run / "log.csv")
    minutes = sum(float(row["seconds"]) for row in rows) / 60
    accuracy = 100 * float(rows[-1]["validation_accuracy"])
    if args.curve is not None:
        figure = training_curve(rows, f"Recipe quick: {accuracy:.1f} % after {minutes:.1f} minutes")
        figure.savefig(args.curve, dpi=100, format="png")
    return f"{len(rows)} epochs in {minutes:.1f} minutes: {accuracy:.2f} % of the validation split"


main = command("benchmarks.quick", __doc__, add_options, run)

if __name__ == "__main__":
    sys.exit(main())
