"""How models name photographs of real garments, each cut out by its own mask: the first tables of `real_garments`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import cv2
import numpy as np
import torch

from fashioncam.errors import UserError
from fashioncam.messages import FloatArray, Image, Segment
from fashioncam.pipeline.garment_input import garment_input
from fashioncam.pipeline.process import mirror
from fashioncam.pipeline.recognition.pooling import pool
from fashioncam.pipeline.recognition.recogniser import Recogniser
from training.base.metrics import calibration_error_by_chance, expected_calibration_error
from training.data.cutouts import held_out_entries, own_segment, read_table

from .baselines import EARLIER, earlier_input
from .simulated_clips import labelled_cutouts, load_picture
from .tables import print_cells, print_table_head
from .webcam_simulation import FPS

WORST = 40


@dataclass(frozen=True, slots=True)
class Photo:
    """A photographed garment: h x w x 3 uint8, B G R; where it is; its class."""

    name: str
    image_bgr: Image
    segment: Segment
    label: int


def print_photo_tables(args: argparse.Namespace, recognisers: dict[str, Recogniser], plain: Recogniser) -> None:
    """A row for each set of photographs and each model; then the recall of each class."""
    sets = {"development": list(photos(labelled_cutouts(args.folder)))}
    if args.garments:
        sets["held-out owners"] = list(photos(held_out_photos(args.garments, sets["development"])))
        sets["both"] = [photo for entries in sets.values() for photo in entries]
    print_table_head(
        "photographs", "model", "n", "right", "macro accuracy, %", "calibration error, % (by chance)", "rejected, %"
    )
    size = plain.input.size
    recalls: dict[str, list[str]] = {}
    for name, entries in sets.items():
        inputs = [earlier_input(photo.image_bgr, photo.segment, size) for photo in entries]
        print_photo_row(name, EARLIER, plain, entries, [plain.classify(picture).probabilities for picture in inputs])
        for model, recogniser in {"hybrid, data set alone": plain, **recognisers}.items():
            inputs = [garment_input(photo.image_bgr, photo.segment, recogniser.input) for photo in entries]
            probabilities = [pooled_with_mirror(recogniser, picture) for picture in inputs]
            print_photo_row(name, model, recogniser, entries, probabilities)
            if name == "development":
                shares = class_recalls(entries, probabilities)
                recalls[model] = [f"{100 * shares[c]:.0f}" if c in shares else "-" for c in range(len(plain.classes))]
            if args.mistakes and name == "development" and model == next(iter(recognisers)):
                sheet = worst_mistakes(entries, inputs, probabilities, recogniser.classes)
                args.mistakes.write_bytes(cv2.imencode(".png", sheet)[1].tobytes())

    print_table_head("development: recall, %", *plain.classes)
    for model, row in recalls.items():
        print_cells(model, *row)


def pooled_with_mirror(recogniser: Recogniser, picture: Image) -> FloatArray:
    """The program's probabilities after two frames of one input, the second read mirrored: one a class, float32."""
    first, second = (recogniser.classify(seen).probabilities for seen in (picture, mirror(picture)))
    return pool(pool(None, first, 1.0, 0.0), second, 1.0, 1 / FPS).probabilities


def class_recalls(entries: list[Photo], probabilities: list[FloatArray]) -> dict[int, float]:
    """Recall of each class that there are photographs of, 0..1."""
    labels, named = np.array([photo.label for photo in entries]), np.argmax(probabilities, axis=1)
    return {int(label): float((named[labels == label] == label).mean()) for label in np.unique(labels)}


def photos(labelled: Iterable[tuple[Path, int]]) -> Iterator[Photo]:
    """The cutouts at these places, of these classes."""
    for path, label in labelled:
        cutout = load_picture(path, channels=4)
        yield Photo(path.name, np.ascontiguousarray(cutout[..., :3]), own_segment(cutout), label)


def held_out_photos(folder: Path, judged: Iterable[Photo]) -> list[tuple[Path, int]]:
    """Cutouts of the owners that no training sees; UserError where a `judged` photograph is in the folder too."""
    listed = {picture_id(entry.path.name) for entry in read_table(folder)}
    if both := listed & {picture_id(photo.name) for photo in judged}:
        raise UserError(
            f"{folder}/train.csv has {len(both)} of the photographs to judge by, such as {min(both)}; "
            "take them out of it and train again, or leave --garments out if the models have not seen them"
        )
    return [(entry.path, entry.class_index) for entry in held_out_entries(folder)]


def picture_id(name: str) -> str:
    """The ID in a name of the form CLASS_ID.ENDING: the same picture may have been sorted otherwise."""
    return Path(name).stem.partition("_")[2]


def print_photo_row(
    name: str, model: str, recogniser: Recogniser, entries: list[Photo], answers: list[FloatArray]
) -> None:
    """How the answers compare with the truth; an answer is a probability for each class."""
    probabilities = torch.from_numpy(np.stack(answers))
    labels = torch.tensor([photo.label for photo in entries])
    right = int((probabilities.argmax(dim=1) == labels).sum())
    macro = fmean(class_recalls(entries, answers).values())
    error, chance = expected_calibration_error(probabilities, labels), calibration_error_by_chance(probabilities)
    rejected = (probabilities.amax(dim=1) < recogniser.reject_below).float().mean().item()
    calibration = f"{100 * error:.1f} ({100 * chance:.1f})"
    print_cells(name, model, len(entries), right, f"{100 * macro:.1f}", calibration, f"{100 * rejected:.1f}")


def worst_mistakes(
    entries: list[Photo], inputs: list[Image], probabilities: list[FloatArray], classes: tuple[str, ...]
) -> Image:
    """The most confident mistakes, each with photograph, input, and what it is taken for; blank where none is."""
    named, confidence = np.argmax(probabilities, axis=1), np.max(probabilities, axis=1)
    wrong = [index for index, photo in enumerate(entries) if named[index] != photo.label]
    wrong.sort(key=lambda index: -confidence[index])
    tiles = []
    for index in wrong[:WORST]:
        photo = entries[index]
        x, y, w, h = photo.segment.box
        shown = np.full((150, 230, 3), 255, np.uint8)
        crop = np.where(photo.segment.mask[..., None] > 0, photo.image_bgr[y : y + h, x : x + w], 255).astype(np.uint8)
        scale = 110 / max(w, h)
        small = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        shown[: small.shape[0], : small.shape[1]] = small
        large = cv2.resize(inputs[index], (110, 110), interpolation=cv2.INTER_NEAREST)
        shown[:110, 115:225] = large[:, :, None]
        lines = (f"is {classes[photo.label]}", f"named {classes[named[index]]} {confidence[index]:.2f}")
        for row, text in enumerate(lines):
            cv2.putText(shown, text, (3, 126 + 16 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
        tiles.append(shown)
    tiles += [np.full((150, 230, 3), 255, np.uint8)] * (-len(tiles) % 5 if tiles else 5)
    return np.vstack([np.hstack(tiles[at : at + 5]) for at in range(0, len(tiles), 5)])
