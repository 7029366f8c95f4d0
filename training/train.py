"""Train a model by a recipe, calibrate it on pictures that it was not trained on, and write its checkpoint.

    python -m training.train --recipe hybrid

The run's state, CSV and TensorBoard log go to runs/RECIPE-SEED; the same command resumes a killed run.
The test split is not read here: `python -m training.evaluate` does that, once, at the end.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from fashioncam import checkpoint
from fashioncam.errors import UserError
from fashioncam.models import complete_config
from fashioncam.models.base import find_device
from training.base.output_files import make_folder, make_place_for_weights
from training.data import fashion_mnist
from training.engine import distributed
from training.engine.calibration import calibrated
from training.engine.distillation import load_teacher
from training.engine.loop import Materials, fit, refuse_unfit
from training.engine.optimization import fastest_precision
from training.engine.recipe import OVERRIDABLE, Recipe

from .command import add_compute, add_data, exit_code
from .export import save_with_twin
from .recipes import FILES, RECIPES


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    with distributed.joined():
        args = parse_arguments(arguments)
        return exit_code("training.train", lambda: run(args))


def run(args: argparse.Namespace) -> str:
    """Train, calibrate and save; returns the file and its figures in a line."""
    torch.set_num_threads(args.threads or torch.get_num_threads())
    device = distributed.in_turn(lambda: distributed.own_device(find_device(args.compute)))
    precision = args.precision or fastest_precision(device)
    folder = args.run or Path("runs") / f"{args.recipe}-{args.seed}"
    out = args.out or Path("weights") / f"{FILES.get(args.recipe, args.recipe)}.pth"
    recipe, dataset, materials = distributed.in_turn(lambda: prepare(args, folder, out))
    others = f", with {distributed.count() - 1} more" if distributed.count() > 1 else ""
    print(f"{args.recipe}, seed {args.seed}, on {device}{others} in {precision}: {recipe}", flush=True)
    model = fit(recipe, materials, folder, args.seed, device, precision)
    if not distributed.is_leader():
        return "the leader calibrates and saves"
    loaded = calibrated(model, recipe, args.seed, dataset, materials.photos)
    save_with_twin(loaded, out, half=args.half)
    figures = ", ".join(f"{name} {value:.4f}" for name, value in loaded.info.figures.items())
    return f"{out}: {figures}, temperature {loaded.temperature:.3f}, reject below {loaded.reject_below:.3f}"


def prepare(args: argparse.Namespace, folder: Path, out: Path) -> tuple[Recipe, fashion_mnist.FashionMnist, Materials]:
    """Find and check everything before the work; UserError for what is missing or does not fit."""
    recipe = chosen_recipe(args)
    make_folder(folder, "--run")
    make_place_for_weights(out, "--out")
    dataset = fashion_mnist.load(args.data)
    refuse_unfit(recipe, len(dataset.train))
    materials = Materials(
        train=dataset.train,
        validation=dataset.validation,
        input=dataset.input,
        initial=load_initial(args.initial, recipe),
        teacher=load_teacher(args.teacher, args.webcam_teachers, recipe, dataset.input),
        photos=load_photos(args, recipe, dataset),  # last: to make them takes minutes
    )
    return recipe, dataset, materials


def chosen_recipe(args: argparse.Namespace) -> Recipe:
    """The named recipe with the given values; UserError for a value or a seed out of its range."""
    if not 0 <= args.seed <= 999_999:
        raise UserError(f"--seed {args.seed}: give a number from 0 to 999999")
    overrides = {name: getattr(args, name) for name in OVERRIDABLE if getattr(args, name) is not None}
    return replace(RECIPES[args.recipe](), **overrides)


def load_photos(
    args: argparse.Namespace, recipe: Recipe, dataset: fashion_mnist.FashionMnist
) -> fashion_mnist.WebcamPictures | None:
    """The photographs that the recipe asks for, None where it asks for none; UserError where they are not named."""
    if not (recipe.photo_share or recipe.cutout_share):
        return None
    if args.garments is None:
        raise UserError(f"--recipe {args.recipe} needs photographs of garments: name their folder with --garments")
    # Imported here, since no other recipe needs it and this takes a second.
    from training.synthesis.webcam_pictures import load_or_make

    return load_or_make(args.garments, dataset, args.seed)


def load_initial(paths: Sequence[Path], recipe: Recipe) -> dict[str, Tensor] | None:
    """The weights to begin with, None for random ones; UserError where they do not fit the recipe's model.

    Of several files it is the mean of their weights (model soups, arXiv:2203.05482). This works for models that were
    trained from the same weights, not for long.
    """
    if not paths:
        return None
    several = [fitting_weights(path, recipe) for path in paths]
    return {
        name: torch.stack([weights[name].float() for weights in several]).mean(dim=0).to(first.dtype)
        for name, first in several[0].items()
    }


def fitting_weights(path: Path, recipe: Recipe) -> dict[str, Tensor]:
    """A checkpoint's weights as the recipe's model takes them; UserError where it does not."""
    loaded = checkpoint.load(path)
    name = loaded.info.model_name
    config = complete_config(name, dict(loaded.info.config))
    if name != recipe.model or config != complete_config(recipe.model, recipe.config):
        raise UserError(
            f"--initial {path}: a {name} that is built otherwise than the recipe's {recipe.model}; give others"
        )
    return loaded.model.state_dict()


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.train", description=__doc__.splitlines()[0], allow_abbrev=False
    )
    parser.add_argument("--recipe", choices=RECIPES, default="hybrid", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="from 0 to 999999; default: %(default)s")
    add_data(parser)
    parser.add_argument(
        "--garments", type=Path, help="folder of garment cutouts with train.csv, for recipes with photographs"
    )
    parser.add_argument(
        "--initial",
        type=Path,
        nargs="+",
        default=(),
        metavar="FILE",
        help="checkpoint to begin with; of several the mean; default: random weights",
    )
    parser.add_argument("--teacher", type=Path, help="checkpoint to learn from, for distill_weight; default: none")
    parser.add_argument(
        "--webcam-teachers",
        type=Path,
        nargs="+",
        default=(),
        metavar="FILE",
        help="checkpoints that teach webcam pictures; --teacher then teaches the others; default: none",
    )
    parser.add_argument("--run", type=Path, help="folder of the run; default: runs/RECIPE-SEED")
    parser.add_argument("--out", type=Path, help="checkpoint to write; default: the recipe's own in weights/")
    parser.add_argument("--half", action="store_true", help="store weights in half precision; default: off")
    add_compute(parser)
    parser.add_argument("--precision", choices=("bf16", "fp32"), help="default: bf16 where the processor has it")
    parser.add_argument(
        "--threads", type=int, choices=range(1, 257), metavar="N", help="CPU threads; default: all cores"
    )
    group = parser.add_argument_group("single values in place of the recipe's")
    for name, field in OVERRIDABLE.items():
        kind = int if field.type == "int" else float
        text = field.metadata["help"] + "; default: the recipe's"
        group.add_argument("--" + name.replace("_", "-"), type=kind, metavar=kind.__name__.upper(), help=text)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
