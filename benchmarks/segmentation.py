"""Which segmentation finds the item best, and what does it cost? Tables in Markdown.

    python -m benchmarks.segmentation CLIPS --levels easy normal hard

All methods see the same frames, one after the other, on one thread; compare rows of one run only.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from statistics import fmean, median
from typing import TypeAlias

import cv2

from fashioncam.messages import Frame, Image, State
from fashioncam.pipeline.find_item import Scene, find_item
from fashioncam.pipeline.segmentation.segmenter import Segmenter
from fashioncam.runtime.loading import load_segmenter
from training.base.output_files import make_place_for
from training.command import at_least, exit_code

from .clip_footage import EMPTY_FRAMES, FPS, HELD_FROM, LEVELS, SizeWH
from .composed_clips import Clip, clips
from .earlier_methods import Answer, FixedThreshold, Method, Subtractor
from .segment_errors import box_iou, jitter, mask_errors
from .tables import print_cells, print_table_head

BASELINE = "threshold"
METHODS = (BASELINE, "mog2", "knn", "statistical", "learned")
FOUND_BOX_IOU = 0.6  # of the boxes
LEAST_PX = 64  # of a clip's edge
BRIGHTNESS_LIMITS = (0.5, 0.8, 1.25)
BRIGHTNESS_NAMES = ("< 0.5", "0.5 to 0.8", "0.8 to 1.25", "> 1.25")
SPEED_SIZES_WH = ((640, 480), (1280, 720))
TimesMs: TypeAlias = dict[tuple[str, SizeWH], list[float]]  # of a method at a size: one of each held frame


class Product:
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
    """How one method did on one clip; shares are 0..1, and of the item's area where they are of an area.

    Attributes:
        brightness: the item's, relative to the room that it hides: one of `BRIGHTNESS_NAMES`.
        found: share of the held frames whose box overlaps the true one by `FOUND_BOX_IOU` or more.
        false_alarm: share of the empty frames after learning in which an item is claimed.
        mask_iou, lost, added: means over the held frames; a frame without an answer has lost all.
        gaps: held frames without an answer between two that have one.
        jitter, true_jitter: median change of the box (and of the true one) from held frame to held frame: mean
            movement of its edges as a share of their mean length; None without two answers running.
        ms: mean duration of a held frame; the scene is watched in one of five, so a median would hide that.
    """

    method: str
    level: str
    clip: str
    brightness: str
    found: float
    false_alarm: float
    mask_iou: float
    lost: float
    added: float
    gaps: int
    jitter: float | None
    true_jitter: float | None
    ms: float


@dataclass(frozen=True, slots=True)
class Figure:
    """How a column of `Row` is printed."""

    heading: str
    factor: float
    decimals: int

    def mean(self, rows: list[Row], column: str) -> str:
        """Over the rows that have it."""
        values = [value for row in rows if (value := getattr(row, column)) is not None]
        return f"{self.factor * fmean(values):.{self.decimals}f}" if values else "-"


FIGURES = {
    "found": Figure("found, %", 100, 1),
    "false_alarm": Figure("false alarms, %", 100, 1),
    "mask_iou": Figure("mask IoU", 1, 3),
    "lost": Figure("lost, %", 100, 1),
    "added": Figure("added, %", 100, 1),
    "gaps": Figure("gaps a clip", 1, 2),
    "jitter": Figure("box jitter, %", 100, 2),
    "true_jitter": Figure("true box, %", 100, 2),
    "ms": Figure("ms", 1, 2),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    args = parse_arguments(arguments)
    return exit_code("benchmarks.segmentation", lambda: run(args))


def run(args: argparse.Namespace) -> str:
    """Print the tables; returns what clips they are of."""
    cv2.setNumThreads(1)
    if args.json is not None:
        make_place_for(args.json, "--json")
    rows = [row for level in args.levels for row in compared(args, level)]
    print_means(rows, ("level", "method"), tuple(FIGURES))
    closely = [row for row in rows if row.method == args.methods[-1]]
    order = [(level, name) for level in args.levels for name in BRIGHTNESS_NAMES]
    closely.sort(key=lambda row: order.index((row.level, row.brightness)))
    print_means(closely, ("method", "level", "brightness"), ("found", "mask_iou", "lost", "added"))
    times_ms = timed(args) if args.speed_clips else {}
    print_speed(times_ms)
    if args.json is not None:
        speed = [{"method": m, "size_wh": s, "ms": median(ms)} for (m, s), ms in times_ms.items()]
        args.json.write_text(json.dumps({"rows": [asdict(row) for row in rows], "speed": speed}, indent=1))
    return f"\n{args.folder}, clips of seed {args.seed}"


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.segmentation", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="has cutouts/ and backgrounds/, see composed_clips.clips")
    parser.add_argument("--seed", type=at_least(0), default=31, help="of the clips; default: 31")
    parser.add_argument("--per-class", type=at_least(1), default=3, help="clips of each class and level; default: 3")
    parser.add_argument("--levels", nargs="+", choices=LEVELS, default=list(LEVELS), help="default: all")
    parser.add_argument(
        "--methods", nargs="+", choices=METHODS, default=METHODS, help="default: all; the last one also by brightness"
    )
    parser.add_argument("--size", type=size_wh, default=(640, 480), help="WIDTHxHEIGHT; default: 640x480")
    parser.add_argument("--speed-clips", type=at_least(0), default=4, help="clips to time; 0: no timing; default: 4")
    parser.add_argument("--json", type=Path, help="write all figures to this file; default: off")
    return parser.parse_args(arguments)


def size_wh(text: str) -> SizeWH:
    """640x480 -> (640, 480)."""
    width, height = (int(number) for number in text.split("x"))
    if min(width, height) < LEAST_PX:
        raise argparse.ArgumentTypeError(f"give a width and a height of {LEAST_PX} or more, such as 640x480")
    return width, height


def make(name: str) -> Method:
    if name == BASELINE:
        return FixedThreshold()
    return Subtractor(name) if name in ("mog2", "knn") else Product(load_segmenter(name))


def compared(args: argparse.Namespace, level: str) -> Iterator[Row]:
    """All methods on all clips of one level."""
    methods = {name: make(name) for name in args.methods}
    for clip in clips(args.folder, level, args.seed, args.per_class, args.size):
        answers: dict[str, list[tuple[Answer, float]]] = {name: [] for name in methods}
        for method in methods.values():
            method.reset()
        for index, image_bgr in enumerate(clip.recorded_frames()):
            for name in in_turn(list(methods), index):
                answers[name].append(read_timed(methods[name], index, image_bgr))
        yield from (judged(name, clip, *map(list, zip(*answers[name], strict=True))) for name in methods)


def in_turn(names: list[str], index: int) -> list[str]:
    """The names, each time from another one on, so that none always finds the frame in the cache."""
    start = index % len(names)
    return names[start:] + names[:start]


def read_timed(method: Method, index: int, image_bgr: Image) -> tuple[Answer, float]:
    """The answer, and the milliseconds that it took."""
    frame = Frame(index, image_bgr, index / FPS, index / FPS)
    started_s = time.perf_counter()
    answer = method.read(frame)
    return answer, 1000 * (time.perf_counter() - started_s)


def judged(method: str, clip: Clip, answers: list[Answer], times_ms: list[float]) -> Row:
    """One method's answers to all frames of a clip, against the truth."""
    after_learning = [answer for answer in answers[:EMPTY_FRAMES] if not answer.learning]
    held = answers[HELD_FROM:]
    boxes = [answer.segment.box if answer.segment else None for answer in held]
    true_boxes = clip.boxes[HELD_FROM:]
    masks = [mask_errors(a.segment, alpha) for a, alpha in zip(held, clip.alphas[HELD_FROM:], strict=True)]
    mask_iou, lost, added = (fmean(column) for column in zip(*masks, strict=True))
    seen = [box is not None for box in boxes]
    return Row(
        method=method,
        level=clip.level,
        clip=clip.name,
        brightness=BRIGHTNESS_NAMES[bisect(BRIGHTNESS_LIMITS, clip.item_brightness_ratio)],
        found=fmean(box_iou(box, true) >= FOUND_BOX_IOU for box, true in zip(boxes, true_boxes, strict=True)),
        false_alarm=fmean(a.segment is not None for a in after_learning) if after_learning else 0.0,
        mask_iou=mask_iou,
        lost=lost,
        added=added,
        gaps=sum(a and not b and c for a, b, c in zip(seen, seen[1:], seen[2:], strict=False)),
        jitter=jitter(boxes),
        true_jitter=jitter(true_boxes),
        ms=fmean(times_ms[HELD_FROM:]),
    )


def timed(args: argparse.Namespace) -> TimesMs:
    """Milliseconds of the held frames of a few clips, for each method and size; frame by frame in turn."""
    names = list(dict.fromkeys((BASELINE, *args.methods)))
    methods = {(name, size): make(name) for name in names for size in SPEED_SIZES_WH}
    times_ms: TimesMs = {key: [] for key in methods}
    series = [clips(args.folder, "normal", args.seed, 1, size) for size in SPEED_SIZES_WH]
    for pair in islice(zip(*series, strict=True), args.speed_clips):
        for method in methods.values():
            method.reset()
        for index, images_bgr in enumerate(zip(*(clip.recorded_frames() for clip in pair), strict=True)):
            for size, image_bgr in zip(SPEED_SIZES_WH, images_bgr, strict=True):
                for name in in_turn(names, index):
                    _, ms = read_timed(methods[name, size], index, image_bgr)
                    if index >= HELD_FROM:
                        times_ms[name, size].append(ms)
    return times_ms


def print_means(rows: list[Row], keys: tuple[str, ...], figures: Sequence[str]) -> None:
    """A line for each combination of keys: how many clips, and the means of the figures over them."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(getattr(row, key) for key in keys)].append(row)
    print_table_head(*keys, "clips", *(FIGURES[figure].heading for figure in figures))
    for names, group in groups.items():
        print_cells(*names, len(group), *(FIGURES[figure].mean(group, figure) for figure in figures))


def print_speed(times_ms: TimesMs) -> None:
    """A line for each method: medians at each size, and how many times the earlier method's.

    Medians, since another program's turn on the processor counts in a mean. They leave out that the scene is watched in
    one frame of five: 0.05 ms a frame.
    """
    sizes = [f"{width}x{height}" for width, height in SPEED_SIZES_WH]
    print_table_head("method", *(cell for size in sizes for cell in (f"{size}, ms", f"times {BASELINE}")))
    typical_ms = {key: median(ms) for key, ms in times_ms.items()}
    for method in dict.fromkeys(name for name, _ in typical_ms):
        pairs = [(typical_ms[method, size], typical_ms[BASELINE, size]) for size in SPEED_SIZES_WH]
        print_cells(method, *(cell for ms, earlier_ms in pairs for cell in (f"{ms:.2f}", f"{ms / earlier_ms:.2f}")))


if __name__ == "__main__":
    sys.exit(main())
