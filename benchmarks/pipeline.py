"""How many milliseconds does a frame take, stage by stage, on one thread?

    python -m benchmarks.pipeline [CLIP]

Prints the table of "Time of a frame" in benchmarks/README.md: medians over the frames in which a garment is found.
`whole` is what a frame costs the inference thread, `annotate` what it costs the thread that draws.
"""

from __future__ import annotations

import argparse
import sys
import time
from statistics import median

import cv2

from fashioncam import resources
from fashioncam.errors import UserError
from fashioncam.messages import Frame, Reading
from fashioncam.models import MODELS
from fashioncam.pipeline.explanation.overlay import annotate
from fashioncam.pipeline.process import PipelineState, process_frame
from fashioncam.pipeline.recognition.recogniser import Recogniser
from fashioncam.runtime.headless import frames_of
from fashioncam.runtime.loading import load_recogniser, load_segmenter
from fashioncam.runtime.sources.opening import open_source
from fashioncam.settings import DEMO, Settings
from training.command import command

from .tables import print_cells, print_table_head

STAGES = ("segment", "input", "classify", "explain")
SIZES_WH = ((640, 480), (1280, 720))
CAM_METHODS = ("gradcam", "occlusion", "hirescam")


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("clip", nargs="?", default=DEMO, help="as --device names it; default: the demo clip")


def run(args: argparse.Namespace) -> str:
    """Print the table, a row as soon as it is known; returns what it is of."""
    cv2.setNumThreads(1)
    print_table_head("model", "heat map", "frame", *STAGES, "whole", "annotate")
    for model in (path.stem for path in resources.own_weights() if path.stem in MODELS):
        for method in CAM_METHODS:
            recogniser = load_recogniser(Settings(model=model, compute="cpu", cam_method=method))
            for size_wh in SIZES_WH if method == CAM_METHODS[0] else SIZES_WH[:1]:
                columns = timed(args.clip, size_wh, recogniser)
                print_cells(model, method, f"{size_wh[0]}x{size_wh[1]}", *(f"{ms:.2f}" for ms in columns))
    return f"medians of {args.clip}, milliseconds"


def timed(device: str, size_wh: tuple[int, int], recogniser: Recogniser) -> list[float]:
    """Median milliseconds of each stage, of the whole and of the annotation."""
    source = open_source(device)
    state, segmenter = PipelineState(), load_segmenter(Settings().segmenter)
    rows = []
    for frame in frames_of(source):
        scaled = Frame(frame.index, cv2.resize(frame.image_bgr, size_wh), frame.time_s, frame.grabbed_s)
        reading, state = process_frame(scaled, state, segmenter, recogniser, time.perf_counter)
        if reading.top5:
            rows.append([reading.stages_ms[stage] for stage in STAGES] + [annotation_ms(scaled, reading)])
    if not rows:
        raise UserError(f"{device}: no garment in it was found and named")
    *stages, annotation = (median(column) for column in zip(*rows, strict=True))
    return [*stages, sum(stages), annotation]


def annotation_ms(frame: Frame, reading: Reading) -> float:
    started_s = time.perf_counter()
    annotate(frame.image_bgr, reading)
    return 1000 * (time.perf_counter() - started_s)


main = command("benchmarks.pipeline", __doc__, add_options, run)

if __name__ == "__main__":
    sys.exit(main())
