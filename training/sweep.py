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
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Run:
    """One training.

    Attributes:
        values: what differs from the recipe, as the command line has it, by name.
        args: the arguments of `training.train`.
    """

    values: Mapping[str, str]
    args: argparse.Namespace


@dataclass(frozen=True, slots=True)
class Row:
    """Runs with the same values and different seeds; accuracies are of the validation split, 0..1."""

    values: Mapping[str, str]
    accuracies: Sequence[float]

    @property
    def spread(self) -> float | None:
        """Standard deviation over the seeds; None for one."""
        return stdev(self.accuracies) if len(self.accuracies) > 1 else None


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
    for number, run in enumerate(runs, 1):
        print(f"run {number} of {len(runs)}: {run.args.run.name}", flush=True)
        print(train.run(run.args), flush=True)  # of a finished run nothing is trained again
        figures = checkpoint.load(run.args.out).info.figures
        accuracies.setdefault(tuple(run.values.items()), []).append(figures["validation_accuracy"])
    rows = [Row(dict(values), found) for values, found in accuracies.items()]
    write_table(rows, folder / "table.csv")
    return as_text(rows) + f"\n{folder / 'table.csv'}"


def planned(args: argparse.Namespace, others: Sequence[str], folder: Path) -> list[Run]:
    """All runs, grouped by combination; UserError if one of them is not possible."""
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
            run = Run(
                dict(values),
                train.parse_arguments([f"--recipe={args.recipe}", *others, *options, f"--seed={seed}", *places]),
            )
            train.chosen_recipe(run.args)
            runs.append(run)
    return runs


def one_varied(text: str) -> list[tuple[str, str]]:
    """NAME=VALUE,VALUE -> a pair of name and value for each of them; UserError for a name that no recipe has."""
    name, _, values = text.partition("=")
    name = name.replace("-", "_")
    if name not in OVERRIDABLE or not values:
        raise UserError(f"--vary {text}: give NAME=VALUE,VALUE with a name of {', '.join(OVERRIDABLE)}")
    return [(name, value) for value in dict.fromkeys(values.split(","))]


def write_table(rows: Sequence[Row], path: Path) -> None:
    """One line for each combination: its values, how many runs, and their accuracies."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*rows[0].values, "runs", "mean", "spread", "lowest", "highest"])
        for row in rows:
            figures = mean(row.accuracies), row.spread, min(row.accuracies), max(row.accuracies)
            shown = ["" if figure is None else f"{figure:.5f}" for figure in figures]
            writer.writerow([*row.values.values(), len(row.accuracies), *shown])


def as_text(rows: Sequence[Row]) -> str:
    """The table, best mean first."""
    lines = ["validation accuracy, mean and standard deviation over the seeds"]
    for row in sorted(rows, key=lambda row: -mean(row.accuracies)):
        spread = "one run" if row.spread is None else f"± {100 * row.spread:.2f} ({len(row.accuracies)} runs)"
        named = ", ".join(f"{name} {value}" for name, value in row.values.items()) or "as the recipe has it"
        lines.append(f"{100 * mean(row.accuracies):6.2f} % {spread}  {named}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
