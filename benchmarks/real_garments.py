"""Is the name right when a real garment is held up? Tables in Markdown, and a picture of the worst mistakes.

    python -m benchmarks.real_garments CLIPS --weights weights/hybrid.pth weights/simplecnn.pth

First the photographs with their own careful masks, then the whole program on simulated clips, then things that are no
garment. The earlier demo's way runs beside it on the same pictures: difference to the first frame of more than 50 grey
levels, the crop on black and not negated, a model that knows the data set alone, a name for every frame by itself.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
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
from training.command import at_least, exit_code

from .clip_footage import EMPTY_FRAMES, FPS, HELD_FROM, LEVELS, compose
from .composed_clips import Clip, clips, read_picture, rooms_of
from .earlier_methods import EARLIER, FixedThreshold, earlier_input
from .other_things import THINGS, draw_thing
from .photographs import photographs
from .segment_errors import box_iou
from .segmentation import FOUND_BOX_IOU
from .tables import print_cells, print_table_head

SIZE_WH = (640, 480)
SETTINGS = Settings(compute="cpu")
IN_TIME = HELD_FROM + FPS // 2  # half a second after the item has come to rest


@dataclass(frozen=True, slots=True)
class Said:
    """What a method says of one frame.

    Attributes:
        box: the item's.
        ranking: the classes from the likeliest on.
        is_learning: whether it still learns the background, and so cannot say anything.
    """

    box: Box | None = None
    ranking: tuple[int, ...] = ()
    is_sure: bool = True
    is_learning: bool = False


Film: TypeAlias = Iterable[Image]
Method: TypeAlias = Callable[[Film], list[Said]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    args = parse_arguments(arguments)
    return exit_code("benchmarks.real_garments", lambda: run(args))


def run(args: argparse.Namespace) -> str:
    """Print the tables, a row as soon as it is known; returns what pictures and clips they are of."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    if args.mistakes is not None:
        make_place_for(args.mistakes, "--mistakes")
    if len({path.stem for path in args.weights}) < len(args.weights):
        raise UserError("--weights: two files of one name cannot be told apart in the tables; copy one to another name")
    recognisers = {path.stem: in_torch(path, SETTINGS) for path in args.weights}
    plain = in_torch(args.earlier_weights, SETTINGS)
    photographs(args, recognisers, plain)
    if args.per_class:
        methods: dict[str, Method] = {EARLIER: lambda film: earlier_demo(film, plain)}
        methods |= {name: program(recogniser) for name, recogniser in recognisers.items()}
        whole_program(args, methods)
    if args.things:
        for name, recogniser in recognisers.items():
            other_things(args, name, program(recogniser))
    return f"\n{args.folder}, clips of seed {args.seed}"


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.real_garments", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="has cutouts/ and backgrounds/, see composed_clips.clips")
    weights = [Path("weights/hybrid.pth")]
    parser.add_argument("--weights", type=Path, nargs="+", default=weights, help="default: weights/hybrid.pth")
    parser.add_argument(
        "--earlier-weights", type=Path, default=Path("weights/hybrid-benchmark.pth"), help="default: %(default)s"
    )
    parser.add_argument("--garments", type=Path, help="folder of cutouts with train.csv, for the owners left out of it")
    parser.add_argument("--levels", nargs="+", choices=LEVELS, default=list(LEVELS), help="default: all")
    parser.add_argument("--seed", type=at_least(0), default=71, help="of the clips; default: %(default)s")
    parser.add_argument(
        "--per-class", type=at_least(0), default=4, help="clips of each class and level; 0: none; default: 4"
    )
    parser.add_argument(
        "--things", type=at_least(0), default=2, help="clips of each thing that is no garment; 0: none; default: 2"
    )
    parser.add_argument("--mistakes", type=Path, help="PNG to write of the surest mistakes; default: none")
    return parser.parse_args(arguments)


# The whole program on clips


def whole_program(args: argparse.Namespace, methods: dict[str, Method]) -> None:
    """A row for each level and method."""
    columns = ("clip right", "frame right", "in first three", "right after 0.5 s", "found", "false alarms", "unsure")
    print_table_head("clips", "method", "number", *(f"{column}, %" for column in columns), "changes a second")
    for level in args.levels:
        rows: dict[str, list[tuple[float, ...]]] = {name: [] for name in methods}
        for clip in clips(args.folder, level, args.seed, args.per_class, SIZE_WH):
            film = list(clip.recorded_frames())
            for name, method in methods.items():
                rows[name].append(judged(clip, method(film)))
        for name, figures in rows.items():
            *shares, changes = (fmean(column) for column in zip(*figures, strict=True))
            print_cells(level, name, len(figures), *(f"{100 * share:.1f}" for share in shares), f"{changes:.2f}")


def judged(clip: Clip, said: list[Said]) -> tuple[float, ...]:
    """The figures of one clip, in the order of the table's columns."""
    held, boxes = said[HELD_FROM:], clip.boxes[HELD_FROM:]
    labels = [one.ranking[0] if one.ranking else None for one in held]
    counted = Counter(label for label in labels if label is not None)
    commonest = counted.most_common(1)[0][0] if counted else None
    return (
        commonest == clip.class_index,
        fmean(label == clip.class_index for label in labels),
        fmean(clip.class_index in one.ranking[:3] for one in held),
        labels[IN_TIME - HELD_FROM] == clip.class_index,
        fmean(box_iou(one.box, box) >= FOUND_BOX_IOU for one, box in zip(held, boxes, strict=True)),
        fmean([one.box is not None for one in said[:EMPTY_FRAMES] if not one.is_learning] or [0.0]),
        fmean([not one.is_sure for one in held if one.box is not None] or [0.0]),
        FPS * sum(a != b for a, b in pairwise(labels)) / len(labels),
    )


def program(recogniser: Recogniser) -> Method:
    """The program as it is."""
    segmenter = load_segmenter("learned")

    def method(film: Film) -> list[Said]:
        state, said = PipelineState(), []
        for index, image_bgr in enumerate(film):
            frame = Frame(index, image_bgr, index / FPS, index / FPS)
            reading, state = process_frame(frame, state, segmenter, recogniser, time.perf_counter)
            ranking = tuple(prediction.index for prediction in reading.top5)
            said.append(Said(reading.box, ranking, reading.state is State.ITEM, reading.state is State.LEARNING))
        return said

    return method


def earlier_demo(film: Film, recogniser: Recogniser) -> list[Said]:
    """The earlier demo's way, see above."""
    method, said = FixedThreshold(), []
    for index, image_bgr in enumerate(film):
        segment = method.read(Frame(index, image_bgr, index / FPS, index / FPS)).segment
        if segment is None:
            said.append(Said())
            continue
        answer = recogniser.classify(earlier_input(image_bgr, segment, recogniser.input.size)).probabilities
        said.append(Said(segment.box, tuple(np.argsort(-answer).tolist()), True))
    return said


# Things that are no garment


def other_things(args: argparse.Namespace, model: str, method: Method) -> None:
    """In what share of the held frames each thing is found, and of those, how often the program says "not sure"."""
    rooms = rooms_of(args.folder)
    print_table_head("thing", "model", "found, %", "turned away, %")
    means = []
    for number, name in enumerate(THINGS):
        found, away = [], []
        for repeat in range(args.things):
            rng = np.random.default_rng((args.seed, number, repeat))
            photo_bgr = read_picture(rooms[int(rng.integers(len(rooms)))], channels=3)
            footage = compose(draw_thing(name, rng), photo_bgr, LEVELS["normal"], rng, SIZE_WH)
            clip = Clip(name, -1, "normal", SIZE_WH, *footage)
            held = method(clip.recorded_frames())[HELD_FROM:]
            found += [one.box is not None for one in held]
            away += [not one.is_sure for one in held if one.box is not None]
        if away:
            means.append(fmean(away))
        print_cells(name, model, f"{100 * fmean(found):.0f}", f"{100 * fmean(away):.0f}" if away else "-")
    print_cells("all that are found", model, "", f"{100 * fmean(means):.1f}" if means else "-")


if __name__ == "__main__":
    sys.exit(main())
