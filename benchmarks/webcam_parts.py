"""What does each part of the webcam augmentation bring, alone, and what is lost without it? A table in Markdown.

    python -m benchmarks.webcam_parts GARMENTS

Every run begins with the same weights, which know the data set alone, and learns from the data set alone, half of it
through `webcam_augmentation`: no photograph is trained on, so that all of them tell what the part is worth.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from fashioncam import checkpoint
from fashioncam.messages import InputDescription
from fashioncam.models.base import Model, to_input
from training.augmentation.webcam import PARTS, through_webcam
from training.base.metrics import accuracy, macro_accuracy
from training.command import at_least, exit_code
from training.data import fashion_mnist
from training.data.cutouts import read_table
from training.data.fashion_mnist import Split
from training.engine.batches import drawn_from, targets_of
from training.engine.loop import make_step, new_state, train_epoch
from training.engine.optimization import fastest_precision
from training.engine.prediction import predict, predict_both_ways
from training.engine.recipe import Recipe
from training.synthesis.webcam_pictures import with_own_masks

from .tables import print_cells, print_table_head

RECIPE = Recipe(model="hybrid", epochs=1, learning_rate=1e-3, warmup=0.1, batch_size=128, muon=1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.webcam_parts", description=__doc__.splitlines()[0])
    parser.add_argument("garments", type=Path, help="folder of garment cutouts with train.csv")
    parser.add_argument(
        "--weights", type=Path, default=Path("weights/hybrid-benchmark.pth"), help="default: %(default)s"
    )
    parser.add_argument("--steps", type=at_least(1), default=150, help="of each run; default: %(default)s")
    parser.add_argument("--seeds", type=at_least(1), default=1, help="runs of each kind; default: %(default)s")
    args = parser.parse_args(arguments)
    return exit_code("benchmarks.webcam_parts", lambda: run(args))


def run(args: argparse.Namespace) -> str:
    """Print the table, a row as soon as it is known; returns whose garments they are."""
    torch.set_num_threads(1)
    loaded, dataset = checkpoint.load(args.weights, RECIPE.model), fashion_mnist.load()
    photographs = with_own_masks(read_table(args.garments), dataset.input)
    print(f"{len(photographs)} photographs, each read in its mirror too; {args.steps} steps a run")
    print_table_head("parts", "macro accuracy", "accuracy", "validation split")
    print_row("before", [loaded.model], photographs, dataset)
    for name, parts in kinds().items():
        models = [adapted(loaded.model, dataset, parts, args.steps, seed) for seed in range(args.seeds)]
        print_row(name, models, photographs, dataset)
    return f"\n{args.garments}"


def kinds() -> dict[str, tuple[str, ...]]:
    """Which parts happen, by the name of the row."""
    alone = {f"{name} alone": (name,) for name in PARTS}
    without = {f"without {name}": tuple(part for part in PARTS if part != name) for name in PARTS}
    return {"none: cut out anew, noisy": (), **alone, "all": tuple(PARTS), **without}


def adapted(model: Model, dataset: fashion_mnist.FashionMnist, parts: tuple[str, ...], steps: int, seed: int) -> Model:
    """A copy of the model after `steps` of training."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    state = new_state(RECIPE, model.state_dict(), steps, torch.device("cpu"))
    batches = (batch(dataset.train, dataset.input, parts, generator) for _ in range(steps))
    train_epoch(state, batches, make_step(state, fastest_precision(torch.device("cpu")), RECIPE, None))
    return state.model.eval()


def batch(
    split: Split, description: InputDescription, parts: tuple[str, ...], generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Half of it as it is, half as a webcam would have shown it."""
    images, labels = drawn_from(split, RECIPE.batch_size, generator)
    half = len(images) // 2
    seen = through_webcam(images[:half], labels[:half], description.size, generator, parts)
    return to_input(torch.cat((seen, images[half:])), description), targets_of(labels, 0.0)


def print_row(name: str, models: list[Model], photographs: Split, dataset: fashion_mnist.FashionMnist) -> None:
    """A row of the table, the mean over the models."""
    figures = []
    for model in models:
        logits = predict_both_ways(model, photographs.images, dataset.input)
        kept = predict(model, dataset.validation.images, dataset.input)
        on_photographs = macro_accuracy(logits, photographs.labels), accuracy(logits, photographs.labels)
        figures.append((*on_photographs, accuracy(kept, dataset.validation.labels)))
    print_cells(name, *(f"{100 * sum(column) / len(column):.1f}" for column in zip(*figures, strict=True)))


if __name__ == "__main__":
    sys.exit(main())
