"""Train a recipe with every combination of some values, with several seeds, and say what the validation split says.

    python -m training.sweep --recipe quick --vary learning_rate=1e-3,3e-3 --vary muon=0,1 --seeds 0,1,2

Options that are not named here are those of `training.train` and go to every run: --epochs 3, --data FOLDER, ...
Each run has a folder and a checkpoint of its own, so the same command goes on where it was interrupted.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from statistics import mean, stdev

from fashioncam import checkpoint
from fashioncam.errors import UserError
from training.base.output_files import make_folder
from training.engine.recipe import OVERRIDABLE

from . import train
from .command import exit_code
from .recipes import RECIPES

Values = Mapping[str, str]  # what differs from the recipe, by name, as the command line has it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m training.sweep",
        description=__doc__.splitlines()[0],
        epilog="Other options, except --seed, --run and --out, go to training.train in every run.",
        allow_abbrev=False,
    )
    parser.add_argument("--recipe", choices=RECIPES, default="quick", help="default: %(default)s")
    parser.add_argument(
        "--vary", action="append", default=[], metavar="NAME=VALUE,...", help="a value of the recipe; default: none"
    )
    parser.add_argument("--seeds", default="0", metavar="N,...", help="default: %(default)s")
    parser.add_argument("--folder", type=Path, help="of all runs and of table.csv; default: runs/sweep-RECIPE")
    args, others = parser.parse_known_args(arguments)
    return exit_code("training.sweep", lambda: sweep(args, others))


def sweep(args: argparse.Namespace, others: Sequence[str]) -> str:
    """Train what is not trained yet, and write the table; returns it as text."""
    folder = args.folder or Path("runs") / f"sweep-{args.recipe}"
    runs = planned(args, others, folder)
    make_folder(folder, "--folder")
    accuracies: dict[tuple[tuple[str, str], ...], list[float]] = {}
    for number, (values, run) in enumerate(runs, 1):
        print(f"run {number} of {len(runs)}: {run.run.name}", flush=True)
        print(train.run(run), flush=True)  # of a finished run nothing is trained again
        figures = checkpoint.load(run.out).info.figures
        accuracies.setdefault(tuple(values.items()), []).append(figures["validation_accuracy"])
    rows = [(dict(pairs), found) for pairs, found in accuracies.items()]
    write_table(rows, folder / "table.csv")
    return as_text(rows) + f"\n{folder / 'table.csv'}"


def planned(
    args: argparse.Namespace, others: Sequence[str], folder: Path
) -> list[tuple[dict[str, str], argparse.Namespace]]:
    """The values of each run and its arguments of `training.train`; UserError if one of them is not possible."""
    varied = [one_varied(text) for text in args.vary]
    names = [pairs[0][0] for pairs in varied]
    if len(set(names)) < len(names):
        raise UserError("--vary: a name is given twice; give all its values at once: NAME=VALUE,VALUE")
    runs = []
    for values in product(*varied):
        for seed in dict.fromkeys(args.seeds.split(",")):
            name = "-".join([*(f"{name}={value}" for name, value in values), f"seed={seed}"])
            options = [f"--{name.replace('_', '-')}={value}" for name, value in values]
            places = [f"--run={folder / name}", f"--out={folder / name / 'weights.pth'}"]
            run = train.parse_arguments([f"--recipe={args.recipe}", *others, *options, f"--seed={seed}", *places])
            train.chosen_recipe(run)
            runs.append((dict(values), run))
    return runs


def one_varied(text: str) -> list[tuple[str, str]]:
    """NAME=VALUE,VALUE -> a pair of name and value for each of them; UserError for a name that no recipe has."""
    name, _, values = text.partition("=")
    name = name.replace("-", "_")
    if name not in OVERRIDABLE or not values:
        raise UserError(f"--vary {text}: give NAME=VALUE,VALUE with a name of {', '.join(OVERRIDABLE)}")
    return [(name, value) for value in dict.fromkeys(values.split(","))]


def write_table(rows: Sequence[tuple[Values, Sequence[float]]], path: Path) -> None:
    """One line for each combination: its values, how many runs, and their accuracies; no spread of a single run."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*rows[0][0], "runs", "mean", "spread", "lowest", "highest"])
        for values, found in rows:
            spread = f"{stdev(found):.5f}" if len(found) > 1 else ""
            ends = f"{min(found):.5f}", f"{max(found):.5f}"
            writer.writerow([*values.values(), len(found), f"{mean(found):.5f}", spread, *ends])


def as_text(rows: Sequence[tuple[Values, Sequence[float]]]) -> str:
    """The table, best mean first."""
    lines = ["validation accuracy, mean and standard deviation over the seeds"]
    for values, found in sorted(rows, key=lambda row: -mean(row[1])):
        spread = f"± {100 * stdev(found):.2f} ({len(found)} runs)" if len(found) > 1 else "one run"
        named = ", ".join(f"{name} {value}" for name, value in values.items()) or "as the recipe has it"
        lines.append(f"{100 * mean(found):6.2f} % {spread}  {named}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
