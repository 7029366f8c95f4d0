"""Is the name right when a real garment is held up?

    python -m benchmarks.real_garments CLIPS --garments GARMENTS --per-class 41 --seed 1709

Prints the tables of "Simulated webcam clips" and "Photographs" in benchmarks/README.md: photographs with their own
masks, the whole program on simulated clips, and objects that are no garment. The earlier demo runs beside it on the
same pictures: `baselines` says how it works. `--mistakes FILE` makes a picture of the most confident mistakes.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import TypeAlias

import cv2
import numpy as np
import torch

from fashioncam.errors import UserError
from fashioncam.messages import Box, Frame, Image, State
from fashioncam.pipeline.process import PipelineState, process_frame
from fashioncam.pipeline.recognition.recogniser import Recogniser
from fashioncam.runtime.loading import in_torch, load_segmenter
from fashioncam.settings import Settings
from training.base.output_files import make_place_for
from training.command import at_least, command

from .baselines import EARLIER, FixedThreshold, earlier_input
from .mask_metrics import FOUND_BOX_IOU, box_iou
from .non_garments import NON_GARMENTS, draw_non_garment
from .photo_accuracy import print_photo_tables
from .simulated_clips import Clip, clips, load_picture, rooms_of
from .tables import print_cells, print_table_head
from .webcam_simulation import EMPTY_FRAMES, FPS, HELD_FROM, LEVELS, simulate

SIZE_WH = (640, 480)
SETTINGS = Settings(compute="cpu")
IN_TIME = HELD_FROM + FPS // 2  # half a second after the garment has come to rest
NAMED = ("clip right", "frame right", "right class in first three", "right after 0.5 s")
FOUND = ("found", "false alarms", "not sure")


@dataclass(frozen=True, slots=True)
class FrameResult:
    """What a method says of one frame.

    Attributes:
        box: the garment's.
        ranking: the classes, the likeliest first.
        is_learning: whether it still learns the background, and so cannot find anything.
    """

    box: Box | None = None
    ranking: tuple[int, ...] = ()
    is_sure: bool = True
    is_learning: bool = False


Film: TypeAlias = Iterable[Image]
Method: TypeAlias = Callable[[Film], list[FrameResult]]


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="has cutouts/ and backgrounds/, see simulated_clips")
    weights = [Path("weights/hybrid.pth")]
    parser.add_argument("--weights", type=Path, nargs="+", default=weights, help="default: weights/hybrid.pth")
    parser.add_argument(
        "--earlier-weights", type=Path, default=Path("weights/hybrid-benchmark.pth"), help="default: %(default)s"
    )
    parser.add_argument("--garments", type=Path, help="folder of cutouts with train.csv, for its held-out owners")
    parser.add_argument("--levels", nargs="+", choices=LEVELS, default=list(LEVELS), help="default: all")
    parser.add_argument("--seed", type=at_least(0), default=71, help="of the clips; default: %(default)s")
    parser.add_argument(
        "--per-class", type=at_least(0), default=4, help="clips of each class and level; 0: none; default: 4"
    )
    parser.add_argument(
        "--things", type=at_least(0), default=2, help="clips of each object that is no garment; 0: none; default: 2"
    )
    parser.add_argument("--mistakes", type=Path, help="PNG to write of the most confident mistakes; default: none")


def run(args: argparse.Namespace) -> str:
    """Print the tables; returns what pictures and clips they are of."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    if args.mistakes is not None:
        make_place_for(args.mistakes, "--mistakes")
    if len({path.stem for path in args.weights}) < len(args.weights):
        raise UserError("--weights: two files of one name cannot be told apart in the tables; copy one to another name")
    recognisers = {path.stem: in_torch(path, SETTINGS) for path in args.weights}
    plain = in_torch(args.earlier_weights, SETTINGS)
    print_photo_tables(args, recognisers, plain)
    if args.per_class:
        methods: dict[str, Method] = {EARLIER: lambda film: earlier_demo(film, plain)}
        methods |= {name: program(recogniser) for name, recogniser in recognisers.items()}
        print_clip_tables(args, methods)
    if args.things:
        for name, recogniser in recognisers.items():
            print_non_garment_table(args, name, program(recogniser))
    return f"\n{args.folder}, clips of seed {args.seed}"


# The whole program on clips


def print_clip_tables(args: argparse.Namespace, methods: dict[str, Method]) -> None:
    """Two tables with a row for each level and method: how it is named, and how it is found."""
    rows: dict[tuple[str, str], list[tuple[float, ...]]] = {
        (level, name): [] for level in args.levels for name in methods
    }
    for level in args.levels:
        for clip in clips(args.folder, level, args.seed, args.per_class, SIZE_WH):
            film = list(clip.recorded_frames())
            for name, method in methods.items():
                rows[level, name].append(clip_figures(clip, method(film)))
    means = {key: [fmean(column) for column in zip(*figures, strict=True)] for key, figures in rows.items()}
    print_table_head("clips", "method", "number", *(f"{column}, %" for column in NAMED))
    for key, figures in means.items():
        print_cells(*key, len(rows[key]), *(f"{100 * share:.1f}" for share in figures[: len(NAMED)]))
    print_table_head("clips", "method", *(f"{column}, %" for column in FOUND), "label changes a second")
    for key, figures in means.items():
        *shares, changes = figures[len(NAMED) :]
        print_cells(*key, *(f"{100 * share:.1f}" for share in shares), f"{changes:.2f}")


def clip_figures(clip: Clip, results: list[FrameResult]) -> tuple[float, ...]:
    """The figures of one clip: as in `NAMED`, as in `FOUND`, label changes a second."""
    held, boxes = results[HELD_FROM:], clip.boxes[HELD_FROM:]
    labels = [one.ranking[0] if one.ranking else None for one in held]
    counted = Counter(label for label in labels if label is not None)
    commonest = counted.most_common(1)[0][0] if counted else None
    return (
        commonest == clip.class_index,
        fmean(label == clip.class_index for label in labels),
        fmean(clip.class_index in one.ranking[:3] for one in held),
        labels[IN_TIME - HELD_FROM] == clip.class_index,
        fmean(box_iou(one.box, box) >= FOUND_BOX_IOU for one, box in zip(held, boxes, strict=True)),
        fmean([one.box is not None for one in results[:EMPTY_FRAMES] if not one.is_learning] or [0.0]),
        fmean([not one.is_sure for one in held if one.box is not None] or [0.0]),
        FPS * sum(a != b for a, b in pairwise(labels)) / len(labels),
    )


def program(recogniser: Recogniser) -> Method:
    """The program as it is."""
    segmenter = load_segmenter("learned")

    def method(film: Film) -> list[FrameResult]:
        state, results = PipelineState(), []
        for index, image_bgr in enumerate(film):
            frame = Frame(index, image_bgr, index / FPS, index / FPS)
            reading, state = process_frame(frame, state, segmenter, recogniser, time.perf_counter)
            ranking = tuple(prediction.index for prediction in reading.top5)
            is_sure, is_learning = reading.state is State.ITEM, reading.state is State.LEARNING
            results.append(FrameResult(reading.box, ranking, is_sure, is_learning))
        return results

    return method


def earlier_demo(film: Film, recogniser: Recogniser) -> list[FrameResult]:
    """Fixed threshold, crop on black, not negated, a name for each frame alone."""
    method, results = FixedThreshold(), []
    for index, image_bgr in enumerate(film):
        segment = method.read(Frame(index, image_bgr, index / FPS, index / FPS)).segment
        if segment is None:
            results.append(FrameResult())
            continue
        answer = recogniser.classify(earlier_input(image_bgr, segment, recogniser.input.size)).probabilities
        results.append(FrameResult(segment.box, tuple(np.argsort(-answer).tolist())))
    return results


# Objects that are no garment


def print_non_garment_table(args: argparse.Namespace, model: str, method: Method) -> None:
    """In what share of the held frames each object is found, and in what share of those the answer is "not sure"."""
    rooms = rooms_of(args.folder)
    print_table_head("object", "model", "found, %", "not sure, %")
    means = []
    for number, name in enumerate(NON_GARMENTS):
        found, rejected = [], []
        for repeat in range(args.things):
            rng = np.random.default_rng((args.seed, number, repeat))
            photo_bgr = load_picture(rooms[int(rng.integers(len(rooms)))], channels=3)
            footage = simulate(draw_non_garment(name, rng), photo_bgr, LEVELS["normal"], rng, SIZE_WH)
            held = method(Clip(name, -1, "normal", SIZE_WH, *footage).recorded_frames())[HELD_FROM:]
            found += [one.box is not None for one in held]
            rejected += [not one.is_sure for one in held if one.box is not None]
        if rejected:
            means.append(fmean(rejected))
        print_cells(name, model, f"{100 * fmean(found):.0f}", f"{100 * fmean(rejected):.0f}" if rejected else "-")
    print_cells("mean of those found", model, "", f"{100 * fmean(means):.1f}" if means else "-")


main = command("benchmarks.real_garments", __doc__, add_options, run)

if __name__ == "__main__":
    sys.exit(main())
