"""Does a model learn from filed garments, and what does it forget?

    python -m benchmarks.finetune GARMENTS --weights weights/hybrid-benchmark.pth weights/hybrid.pth

Prints the tables of "Learning from filed garments" in benchmarks/README.md. Owners are split into two halves. Thirty
garments of the one half that the model names wrongly are filed as the window files them. `training.finetune` learns
from them, and is measured on the other half and on the held-out owners, who are in neither half.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import torch

from fashioncam import checkpoint
from fashioncam.checkpoint import LoadedModel
from fashioncam.errors import UserError
from fashioncam.messages import Frame, Prediction, Reading, State
from fashioncam.pipeline.garment_input import garment_input
from fashioncam.runtime.storage.captures import file_capture
from training.base.metrics import accuracy, macro_accuracy
from training.command import at_least, command
from training.data.cutouts import is_held_out, read_table
from training.engine.prediction import predict_both_ways
from training.finetune import NOW, ORIGINAL

from .photo_accuracy import Photo, photos
from .tables import print_cells, print_table_head

FIRST_TAKEN = datetime(2026, 1, 1)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="has train/ with RGBA cutouts and train.csv with their owners")
    weights = [Path("weights/hybrid-benchmark.pth"), Path("weights/hybrid.pth")]
    parser.add_argument("--weights", type=Path, nargs="+", default=weights, help="default: the two hybrids")
    parser.add_argument("--count", type=at_least(1), default=30, help="garments to file; default: %(default)s")


def run(args: argparse.Namespace) -> str:
    """Print a table and a line for each model; returns the folder of the garments."""
    groups = load_groups(args.folder)
    before_after = (f"{name} {when}" for name in ("right, %", "macro, %") for when in ("before", "after"))
    print_table_head("model", "garments", "n", *before_after)
    with tempfile.TemporaryDirectory() as place:
        for path in args.weights:
            measure(path, groups, args.count, Path(place) / path.stem)
    return f"\n{args.folder}"


def load_groups(folder: Path) -> dict[str, list[Photo]]:
    """The garments to file from, those of other owners, and those of the held-out owners."""
    entries = read_table(folder)
    groups: dict[str, list[Photo]] = {"to file": [], "other owners": [], "held-out owners": []}
    shown = photos((entry.path, entry.class_index) for entry in entries)
    for photo, owner in zip(shown, (entry.owner for entry in entries), strict=True):
        half = "other owners" if digest(f"half {owner}") % 2 else "to file"
        groups["held-out owners" if is_held_out(owner) else half].append(photo)
    return groups


def measure(weights: Path, groups: dict[str, list[Photo]], count: int, place: Path) -> None:
    """A row for the filed garments and each group of others, and a line about the rest."""
    old = checkpoint.load(weights)
    named = logits_of(old, groups["to file"]).argmax(dim=1).tolist()
    wrong = [(photo, answer) for photo, answer in zip(groups["to file"], named, strict=True) if answer != photo.label]
    chosen = sorted(wrong, key=lambda pair: digest(pair[0].name))[:count]
    for number, (photo, answer) in enumerate(chosen):
        file_as_the_window_does(place / "captures", photo, answer, old, FIRST_TAKEN + timedelta(minutes=number))
    out, started_s = place / "mine.pth", time.perf_counter()
    command = [sys.executable, "-m", "training.finetune", str(place / "captures"), "--out", str(out)]
    done = subprocess.run([*command, "--weights", str(weights)], check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise UserError(f"{weights} did not learn: training.finetune has said why")
    seconds = time.perf_counter() - started_s
    new = checkpoint.load(out)
    judged = {"filed": [photo for photo, _ in chosen]}
    judged |= {name: groups[name] for name in ("other owners", "held-out owners")}
    for name, entries in judged.items():
        print_row(weights.stem, name, entries, old, new)
    forgotten = " -> ".join(f"{100 * new.info.figures[name]:.2f} %" for name in (ORIGINAL, NOW))
    print(
        f"\n{weights.stem}: {len(wrong)} of {len(named)} named wrongly; Fashion-MNIST's validation split {forgotten}, "
    )
    print(f"{seconds:.0f} s; {done.stdout.strip()}\n", flush=True)


def file_as_the_window_does(folder: Path, photo: Photo, answer: int, model: LoadedModel, taken: datetime) -> None:
    top5 = (Prediction(answer, model.classes[answer], 1.0),)
    grey = garment_input(photo.image_bgr, photo.segment, model.input)
    size_wh = photo.image_bgr.shape[1], photo.image_bgr.shape[0]
    reading = Reading(0, size_wh, 0.0, 0.0, State.ITEM, 1.0, photo.segment, top5, None, grey)
    frame = Frame(0, photo.image_bgr, 0.0, 0.0)
    file_capture(folder, frame, reading, model.classes[photo.label], photo.label, taken)


def logits_of(model: LoadedModel, entries: list[Photo]) -> torch.Tensor:
    """Mean logits of each garment and its mirror image, cut out by its own mask, N x classes."""
    inputs = np.stack([garment_input(photo.image_bgr, photo.segment, model.input) for photo in entries])
    return predict_both_ways(model.model, torch.from_numpy(inputs)[:, None], model.input)


def print_row(weights: str, name: str, entries: list[Photo], old: LoadedModel, new: LoadedModel) -> None:
    labels = torch.tensor([photo.label for photo in entries])
    cells = []
    for model in (old, new):
        logits = logits_of(model, entries)
        cells.append([f"{100 * share:.1f}" for share in (accuracy(logits, labels), macro_accuracy(logits, labels))])
    print_cells(weights, name, len(entries), *(cell for pair in zip(*cells, strict=True) for cell in pair))


def digest(text: str) -> int:
    """A number that is the same on every machine."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


main = command("benchmarks.finetune", __doc__, add_options, run)

if __name__ == "__main__":
    cv2.setNumThreads(1)
    sys.exit(main())
