"""Show a checkpoint's heat maps on pictures that nothing was trained on, and measure what they are worth.

    python -m training.explain weights/hybrid.pth                      # the validation split of Fashion-MNIST
    python -m training.explain weights/hybrid.pth --garments GARMENTS  # photographs of the held-out owners

Writes a folder: explanation.html to read (it holds its pictures), explanation.json, and each picture as PNG.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

import torch

from fashioncam.checkpoint import LoadedModel
from training.base.output_files import make_folder
from training.data import fashion_mnist
from training.engine.prediction import predict
from training.reports import explanation_plots
from training.reports.explanation import RANDOM, measure
from training.reports.pages import write_json, write_page, write_pictures

from .command import add_data, at_least, command


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("weights", type=Path, help="checkpoint to explain")
    parser.add_argument(
        "--out", type=Path, help="folder of the report; default: reports/NAME-explained, or -explained-garments"
    )
    add_data(parser)
    parser.add_argument(
        "--garments", type=Path, help="folder of garment cutouts with train.csv, to explain these; default: none"
    )
    parser.add_argument("--pictures", type=at_least(1), default=20, help="scored of each class; default: %(default)s")


def run(args: argparse.Namespace) -> str:
    """Measure and write the report; returns a line of figures."""
    loaded = fashion_mnist.load_classifier(args.weights)
    out = args.out or Path("reports") / f"{args.weights.stem}-explained{'-garments' if args.garments else ''}"
    make_folder(out, "--out")
    split = chosen_split(args, loaded)
    logits = predict(loaded.model, split.images, loaded.input)
    scored = torch.cat([(split.labels == index).nonzero()[: args.pictures, 0] for index in split.labels.unique()])
    images, named = split.images[scored], logits[scored].argmax(dim=1)
    found, cascade = measure(args.weights, loaded, images, named, split.labels[scored], args.garments is not None)
    figures = {
        "curves": explanation_plots.curves(found.curves),
        "randomised": explanation_plots.cascade(images, cascade),
        **explanation_plots.galleries(loaded, split, logits),
    }
    pictures = write_pictures(figures, out)
    write_json(asdict(found), out / "explanation.json")
    galleries = {loaded.classes[index]: f"class-{index}" for index in split.labels.unique().tolist()}
    page = out / "explanation.html"
    write_page("explanation.html.j2", page, found=found, pictures=pictures, galleries=galleries)
    won = " and ".join(
        f"{won} of {count} with {'a' if name == RANDOM else 'the'} {name}"
        for name, (won, count) in found.score().items()
    )
    return f"{args.weights}: of their comparisons the maps win {won}; {page}"


def chosen_split(args: argparse.Namespace, loaded: LoadedModel) -> fashion_mnist.Split:
    """The pictures to explain; UserError where they are not there or not as expected."""
    if args.garments is None:
        return fashion_mnist.load(args.data).validation
    # Imported here, since the data set needs neither and this takes a second.
    from training.data.cutouts import held_out_entries
    from training.synthesis.webcam_pictures import with_own_masks

    return with_own_masks(held_out_entries(args.garments), loaded.input)


main = command("training.explain", __doc__, add_options, run)

if __name__ == "__main__":
    sys.exit(main())
