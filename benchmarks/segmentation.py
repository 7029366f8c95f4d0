"""Which segmentation finds the garment best, and how long does it take?

    python -m benchmarks.segmentation CLIPS --seed 47 --per-class 2

Prints the three tables of "Segmentation" in benchmarks/README.md: found, false alarms and mask IoU of each method;
the masks of the last method by the garment's brightness; milliseconds a frame. All methods see the same frames, one
after the other, on one thread. CLIPS is described in `simulated_clips`.
"""

from __future__ import annotations

import argparse
import sys
import time
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import fmean, median

import cv2

from fashioncam.messages import Frame, State
from fashioncam.pipeline.find_item import Scene, find_item
from fashioncam.pipeline.segmentation.segmenter import Segmenter
from fashioncam.runtime.loading import load_segmenter
from training.command import at_least, command

from .baselines import Answer, FixedThreshold, Method, Subtractor
from .mask_metrics import FOUND_BOX_IOU, box_iou, mask_errors
from .simulated_clips import Clip, clips
from .tables import print_cells, print_table_head
from .webcam_simulation import EMPTY_FRAMES, FPS, HELD_FROM, LEVELS

METHODS = ("threshold", "mog2", "knn", "statistical", "learned")
BRIGHTNESS_LIMITS = (0.5, 0.8, 1.25)
BRIGHTNESS_NAMES = ("below 0.5", "0.5 to 0.8", "0.8 to 1.25", "above 1.25")
SIZES_WH = ((640, 480), (1280, 720))  # the first is that of the clips, both are timed


class ProgramSegmentation:
    """The program's own segmentation with one of its segmenters."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self.reset()

    def reset(self) -> None:
        self._scene = Scene()

    def read(self, frame: Frame) -> Answer:
        reading, self._scene = find_item(frame, self._scene, self._segmenter)
        return Answer(reading.state is State.LEARNING, reading.segment)


@dataclass(frozen=True, slots=True)
class Row:
    """How one method did on one clip; shares are 0..1.

    Attributes:
        brightness: the garment's, relative to the room that it hides: one of `BRIGHTNESS_NAMES`.
        found: share of the held frames whose box has an IoU of `FOUND_BOX_IOU` or more with the true one.
        false_alarm: share of the empty frames after learning in which a garment is found.
        mask_iou, lost, added: means over the held frames, the last two as shares of the garment's area; a frame
            without an answer has lost all.
    """

    method: str
    level: str
    brightness: str
    found: float
    false_alarm: float
    mask_iou: float
    lost: float
    added: float


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="has cutouts/ and backgrounds/, see simulated_clips")
    parser.add_argument("--seed", type=at_least(0), default=31, help="of the clips; default: 31")
    parser.add_argument("--per-class", type=at_least(1), default=3, help="clips of each class and level; default: 3")
    parser.add_argument("--levels", nargs="+", choices=LEVELS, default=list(LEVELS), help="default: all")
    parser.add_argument(
        "--methods", nargs="+", choices=METHODS, default=METHODS, help="default: all; the last one also by brightness"
    )
    parser.add_argument("--speed-clips", type=at_least(0), default=4, help="clips to time; 0: no timing; default: 4")


def run(args: argparse.Namespace) -> str:
    """Print the tables; returns what clips they are of."""
    cv2.setNumThreads(1)
    rows = [row for level in args.levels for row in compared(args, level)]
    print_table_head("method", "clips a level", "found, %", "false alarms, %", "mask IoU")
    for method in args.methods:
        print_means(method, [row for row in rows if row.method == method], args.levels, SCORES)
    print_table_head(f"{args.methods[-1]}: brightness", "clips", "mask IoU", "lost, %", "added, %")
    for name in BRIGHTNESS_NAMES:
        alike = [row for row in rows if row.method == args.methods[-1] and row.brightness == name]
        print_means(name, alike, args.levels, MASKS)
    if args.speed_clips:
        print_speed(args)
    return f"\n{args.folder}, clips of seed {args.seed}, {' / '.join(args.levels)}"


# Field, factor and format of each column.
SCORES = (("found", 100, ".1f"), ("false_alarm", 100, ".1f"), ("mask_iou", 1, ".3f"))
MASKS = (("mask_iou", 1, ".2f"), ("lost", 100, ".0f"), ("added", 100, ".0f"))


def print_means(name: str, rows: list[Row], levels: list[str], columns: Sequence[tuple[str, int, str]]) -> None:
    """A line of the table: how many clips, and each column's mean over them, level / level / level."""
    groups = [[row for row in rows if row.level == level] for level in levels]
    cells = []
    for field, factor, form in columns:
        means = [factor * fmean(getattr(row, field) for row in group) if group else None for group in groups]
        cells.append(" / ".join("-" if mean is None else f"{mean:{form}}" for mean in means))
    print_cells(name, " / ".join(str(len(group)) for group in groups), *cells)


def make(name: str) -> Method:
    if name == "threshold":
        return FixedThreshold()
    return Subtractor(name) if name in ("mog2", "knn") else ProgramSegmentation(load_segmenter(name))


def compared(args: argparse.Namespace, level: str) -> Iterator[Row]:
    """All methods on all clips of one level."""
    methods = {name: make(name) for name in args.methods}
    for clip in clips(args.folder, level, args.seed, args.per_class, SIZES_WH[0]):
        frames = [Frame(i, image, i / FPS, i / FPS) for i, image in enumerate(clip.recorded_frames())]
        for name, method in methods.items():
            method.reset()
            yield scored(name, clip, [method.read(frame) for frame in frames])


def scored(method: str, clip: Clip, answers: list[Answer]) -> Row:
    """One method's answers to all frames of a clip, against the truth."""
    after_learning = [answer for answer in answers[:EMPTY_FRAMES] if not answer.learning]
    held = answers[HELD_FROM:]
    boxes = [answer.segment.box if answer.segment else None for answer in held]
    masks = [mask_errors(a.segment, alpha) for a, alpha in zip(held, clip.alphas[HELD_FROM:], strict=True)]
    mask_iou, lost, added = (fmean(column) for column in zip(*masks, strict=True))
    return Row(
        method=method,
        level=clip.level,
        brightness=BRIGHTNESS_NAMES[bisect(BRIGHTNESS_LIMITS, clip.item_brightness_ratio)],
        found=fmean(
            box_iou(box, true) >= FOUND_BOX_IOU for box, true in zip(boxes, clip.boxes[HELD_FROM:], strict=True)
        ),
        false_alarm=fmean(a.segment is not None for a in after_learning) if after_learning else 0.0,
        mask_iou=mask_iou,
        lost=lost,
        added=added,
    )


def print_speed(args: argparse.Namespace) -> None:
    """Median milliseconds of the held frames of a few clips, for each method and size.

    Medians leave out that the scene is watched in one frame of five only: 0.05 ms a frame.
    """
    print_table_head("method", *(f"{width}x{height}, ms" for width, height in SIZES_WH))
    for name in args.methods:
        print_cells(name, *(f"{median(times_ms(args, name, size_wh)):.1f}" for size_wh in SIZES_WH))


def times_ms(args: argparse.Namespace, name: str, size_wh: tuple[int, int]) -> Iterator[float]:
    """Milliseconds of each held frame of the normal level."""
    method = make(name)
    for clip in islice(clips(args.folder, "normal", args.seed, 1, size_wh), args.speed_clips):
        method.reset()
        for index, image_bgr in enumerate(clip.recorded_frames()):
            frame = Frame(index, image_bgr, index / FPS, index / FPS)
            started_s = time.perf_counter()
            method.read(frame)
            if index >= HELD_FROM:
                yield 1000 * (time.perf_counter() - started_s)


main = command("benchmarks.segmentation", __doc__, add_options, run)

if __name__ == "__main__":
    sys.exit(main())
