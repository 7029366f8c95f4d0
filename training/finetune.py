"""Adapt a model to the garments that were filed in the program's window, without forgetting what it knows.

    python -m training.finetune captures/ --weights weights/hybrid.pth --out weights/mine.pth

Two minutes on two cores at most. Beside the captures, held up in other ways, the model sees Fashion-MNIST, as it is and
as through a webcam, and there keeps near the answers that it gave before. Where it forgets more than half a point of
the validation split all the same, its weights are drawn back towards the old ones until it does not.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.optim.lr_scheduler import LambdaLR

from fashioncam import checkpoint
from fashioncam.checkpoint import LoadedModel
from fashioncam.errors import UserError
from fashioncam.messages import InputDescription
from fashioncam.models.base import Model, to_input

from . import augmentation, data, metrics
from .batches import shuffled_batches, targets_of
from .captures import Captures, load_captures
from .command import exit_code, make_folder
from .data import FashionMnist, Split
from .distillation import distillation_loss
from .export import save_with_twin
from .loop import make_optimizers, one_cycle, predict
from .recipes import Recipe
from .run_log import progress
from .train import fastest_precision, map_scale
from .webcam_augmentation import Garments, seen

STEPS = 200
CAPTURED = 32  # pictures of captures a step
HELD_UP = 0.5  # of them; the others are the program's own input, mirrored and shifted by a pixel
LABEL_SMOOTHING = 0.1  # of the captures, which are few, and may be filed wrongly
MAY_FORGET = 0.005  # of the validation split
SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)  # of the way from the old weights to the new ones
# What the rest of the work takes, in percent of the whole: reading before the training, checking and saving after it.
READ_PERCENT, TRAINED_PERCENT, CHECKED_PERCENT = 5, 85, 95

Report = Callable[[int], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    args = parse_arguments(arguments)
    return exit_code("finetune", lambda: run(args, print_percent if args.percent else lambda percent: None))


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.finetune", description=__doc__.splitlines()[0])
    parser.add_argument("captures", type=Path, help="folder that the window files garments in")
    parser.add_argument("--weights", type=Path, required=True, help="checkpoint to adapt")
    parser.add_argument("--out", type=Path, required=True, help="checkpoint to write")
    parser.add_argument("--data", type=Path, help="folder of the four IDX files; default: found or downloaded")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument("--threads", type=int, choices=range(1, 257), metavar="N", help="default: all cores")
    parser.add_argument("--percent", action="store_true", help="print how far it is, a line such as 37 %% each; off")
    return parser.parse_args(arguments)


def run(args: argparse.Namespace, report: Report) -> str:
    """Adapt, check and save; returns what has become of the model in a line."""
    torch.set_num_threads(args.threads or torch.get_num_threads())
    report(0)
    make_folder(args.out.parent, "--out")
    if args.out.is_dir():
        raise UserError(f"--out {args.out} is a folder; name a file in it")
    loaded = checkpoint.load(args.weights)
    captures = load_captures(args.captures, loaded.classes, loaded.input)
    dataset = data.load(args.data)
    if loaded.input != dataset.input or loaded.classes != data.CLASSES:
        raise UserError(f"{args.weights} was trained on other classes or another input than Fashion-MNIST's")
    report(READ_PERCENT)
    new = adapt(loaded.model, captures, dataset, args.seed, report)
    before, share, after = drawn_back(loaded, new, dataset.validation)
    report(CHECKED_PERCENT)
    adapted = described(loaded, new, dataset, after, about=made_from(args, captures, share))
    save_with_twin(adapted, args.out)
    report(100)
    right = [round(metrics.accuracy(predict(m, captures.inputs.images, loaded.input), captures.inputs.labels) * len(captures))
             for m in (loaded.model, new)]
    drawn = "" if share == 1 else f", drawn back to {share:.0%} of the way so as not to forget"
    return (
        f"{args.out}: {right[1]} of {len(captures)} captures right, before {right[0]}; "
        f"Fashion-MNIST {after:.2%}, before {before:.2%}{drawn}"
    )
