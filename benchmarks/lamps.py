"""Is a lamp that is switched on taken for a garment, or known as a scene change?

    python -m benchmarks.lamps CLIPS

Prints the table of "Lamps" in benchmarks/README.md. In photographs of empty rooms a part becomes brighter, over a hard
or a soft edge, and stays so for four seconds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from fashioncam.messages import FloatArray, Frame, Image, State
from fashioncam.pipeline.find_item import Scene, find_item
from fashioncam.pipeline.segmentation.segmenter import Segmenter
from fashioncam.runtime.loading import load_segmenter
from training.command import at_least, command

from .simulated_clips import load_picture, rooms_of
from .tables import print_cells, print_table_head
from .webcam_simulation import FPS

SIZE_WH = (160, 120)  # the size that the program works at
SWITCHED_ON, FRAMES = 35, 155
NOISE_LEVELS = 0.9  # grey levels at this size
EXPOSURES = (1.0, 0.75, 0.5)
IN_TIME = FPS // 2  # frames


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="has backgrounds/, photographs of rooms")
    parser.add_argument("--count", type=at_least(1), default=180, help="of random lamps; default: %(default)s")
    parser.add_argument("--seed", type=at_least(0), default=1, help="of the random ones; default: %(default)s")


def run(args: argparse.Namespace) -> str:
    """Print the table; returns whose rooms they are."""
    cv2.setNumThreads(1)
    rooms = [room(load_picture(path, 3)) for path in rooms_of(args.folder)]
    segmenter = load_segmenter("learned")
    print_table_head("lamps", "n", "no false alarm", "scene change within 0.5 s", "learned again", "empty at the end")
    rng = np.random.default_rng(args.seed)
    cases = {
        "three in each room": [(picture, lamp) for picture in rooms for lamp in three_lamps()],
        "random": [(rooms[k % len(rooms)] * rng.choice(EXPOSURES), random_lamp(rng)) for k in range(args.count)],
    }
    for name, pairs in cases.items():
        outcomes = [outcome(list(states(picture, lamp, segmenter))) for picture, lamp in pairs]
        print_cells(name, len(pairs), *np.sum(outcomes, axis=0).tolist())
    return f"\n{args.folder}, random lamps of seed {args.seed}"


def room(photo_bgr: Image) -> FloatArray:
    """The middle of a photograph at working size, h x w x 3 float32, 0..255."""
    height, width = photo_bgr.shape[:2]
    scale = max(4 * SIZE_WH[0] / width, 4 * SIZE_WH[1] / height)
    large = cv2.resize(photo_bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    top, left = (large.shape[0] - 4 * SIZE_WH[1]) // 2, (large.shape[1] - 4 * SIZE_WH[0]) // 2
    middle = large[top : top + 4 * SIZE_WH[1], left : left + 4 * SIZE_WH[0]]
    return cv2.resize(middle, SIZE_WH, interpolation=cv2.INTER_AREA).astype(np.float32)


def three_lamps() -> Iterator[FloatArray]:
    """Twice as bright on the left, on the right, or around a spot."""
    yield lit_side("left", 0.45, 5.0, 2.0)
    yield lit_side("right", 0.45, 5.0, 2.0)
    yield lit_spot(0.31, 0.42, 37.5, 2.0)


def random_lamp(rng: np.random.Generator) -> FloatArray:
    """From the left, the right or above, over an edge of 1 to 30 pixels, or a spot; 1.5 to 2.5 times as bright."""
    kind = ("left", "right", "above", "spot")[rng.integers(4)]
    strength = rng.uniform(1.5, 2.5)
    if kind == "spot":
        return lit_spot(rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9), rng.uniform(15, 50), strength)
    return lit_side(kind, rng.uniform(0.3, 0.6), float(np.exp(rng.uniform(0, np.log(30)))), strength)


def lit_side(side: str, share: float, soft_px: float, strength: float) -> FloatArray:
    """How many times as bright each pixel becomes, h x w x 1, by a lamp on one side; `share` is how far it reaches."""
    columns, rows = np.meshgrid(np.arange(SIZE_WH[0]), np.arange(SIZE_WH[1]))
    width, height = SIZE_WH
    inside: dict[str, Callable[[], FloatArray]] = {
        "left": lambda: share * width - columns,
        "right": lambda: columns - (1 - share) * width,
        "above": lambda: share * height - rows,
    }
    reached = 1 / (1 + np.exp(-inside[side]() / soft_px))
    return (1 + (strength - 1) * reached)[..., None].astype(np.float32)


def lit_spot(x: float, y: float, sigma_px: float, strength: float) -> FloatArray:
    """The same for a lamp around a place, x and y in shares of the picture."""
    columns, rows = np.meshgrid(np.arange(SIZE_WH[0]), np.arange(SIZE_WH[1]))
    squares = (columns - x * SIZE_WH[0]) ** 2 + (rows - y * SIZE_WH[1]) ** 2
    reached = np.exp(-squares / (2 * sigma_px**2))
    return (1 + (strength - 1) * reached)[..., None].astype(np.float32)


def states(room_bgr: FloatArray, lamp: FloatArray, segmenter: Segmenter) -> Iterator[State]:
    """The program's state in each frame from when the lamp is on."""
    rng = np.random.default_rng(0)
    noise = rng.normal(0, NOISE_LEVELS, (8, *room_bgr.shape)).astype(np.float32)
    scene = Scene()
    for index in range(FRAMES):
        seen = room_bgr if index < SWITCHED_ON else room_bgr * lamp
        image_bgr = np.clip(seen + noise[index % len(noise)], 0, 255).astype(np.uint8)
        reading, scene = find_item(Frame(index, image_bgr, index / FPS, index / FPS), scene, segmenter)
        if index >= SWITCHED_ON:
            yield reading.state


def outcome(said: list[State]) -> tuple[bool, bool, bool, bool]:
    """No false alarm; a scene change in time; learned again; empty at the end."""
    in_time = State.SCENE_CHANGED in said[: IN_TIME + 1]
    return State.ITEM not in said, in_time, State.LEARNING in said, said[-1] is State.EMPTY


main = command("benchmarks.lamps", __doc__, add_options, run)

if __name__ == "__main__":
    sys.exit(main())
