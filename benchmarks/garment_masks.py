"""How good are the masks that `training.fetch_garments` makes, and which does it refuse? A table in Markdown.

    python -m benchmarks.garment_masks GARMENTS ROOMS

Photographs are composed, so that the truth is known: a cutout with its shadow before a part of a photographed room, a
drawn room, or a bare drawn wall, with noise. Beds and folds, as in the data set itself, are not among them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fashioncam.errors import UserError
from fashioncam.messages import Image
from training.augmentation.webcam import SHOES
from training.base.progress import progress
from training.command import at_least, exit_code
from training.data.cutouts import read_table
from training.data.garment_masks import is_plausible, propose, soft_alpha
from training.synthesis.drawn.rooms import draw_room, lit, wall

from .composed_clips import pictures_of, read_picture
from .tables import print_cells, print_table_head

SIZES_WH = ((300, 400), (300, 400), (300, 400), (400, 300))  # most photographs are upright
BACKGROUNDS = ("photographed room", "drawn room", "drawn wall")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.garment_masks", description=__doc__.splitlines()[0])
    parser.add_argument("garments", type=Path, help="folder of garment cutouts with train.csv")
    parser.add_argument("rooms", type=Path, help="folder of photographs of rooms, .jpg")
    parser.add_argument(
        "--count", type=at_least(len(BACKGROUNDS)), default=120, help="of composed photographs; default: %(default)s"
    )
    parser.add_argument("--seed", type=at_least(0), default=1, help="default: %(default)s")
    args = parser.parse_args(arguments)
    return exit_code("benchmarks.garment_masks", lambda: run(args))


def run(args: argparse.Namespace) -> str:
    """Print the table; returns how well the mask is judged that is kept or refused."""
    cv2.setNumThreads(1)
    rows = []
    composed = composed_photographs(args.garments, args.rooms, args.count, args.seed)
    for index, (photograph_bgr, truth) in enumerate(progress(composed, "photographs", args.count)):
        proposal = propose(photograph_bgr)
        found = soft_alpha(proposal.mask, truth.shape[::-1]) > 127
        iou = np.count_nonzero(found & truth) / np.count_nonzero(found | truth)
        rows.append((index % len(BACKGROUNDS), is_plausible(proposal), iou))
    background, kept, iou = (np.array(column) for column in zip(*rows, strict=True))
    print_table_head(
        "background", "refused", "mean IoU of all", "of the kept", "their 5th percentile", "of the refused"
    )
    for index, name in enumerate(BACKGROUNDS):
        print_row(name, kept[background == index], iou[background == index])
    print_row("all", kept, iou)
    return (
        f"of the kept {np.mean(iou[kept] < 0.9):.0%} are below 0.9, of the refused {np.mean(iou[~kept] >= 0.9):.0%} not"
    )


def print_row(name: str, kept: NDArray[np.bool_], iou: NDArray[np.float64]) -> None:
    good, bad = iou[kept], iou[~kept]
    of_the_kept = (f"{good.mean():.3f}", f"{np.percentile(good, 5):.2f}") if good.size else ("-", "-")
    print_cells(
        name, f"{1 - kept.mean():.0%}", f"{iou.mean():.3f}", *of_the_kept, f"{bad.mean():.2f}" if bad.size else "-"
    )


def composed_photographs(
    garments: Path, rooms: Path, count: int, seed: int
) -> Iterator[tuple[Image, NDArray[np.bool_]]]:
    """Photographs, h x w x 3 uint8 B, G, R, and where their garments are, h x w; the backgrounds take turns."""
    rng = np.random.default_rng(seed)
    paths = [entry.path for entry in read_table(garments) if entry.class_index not in SHOES]
    if count > len(paths):
        raise UserError(f"--count {count}: {garments} has only {len(paths)} garments that are no shoes")
    pictures = [read_picture(path, 3) for path in pictures_of(rooms, "*", (".jpg",))]
    for index, chosen in enumerate(rng.choice(len(paths), count, replace=False)):
        size_wh = SIZES_WH[index % len(SIZES_WH)]
        scene = background(index % len(BACKGROUNDS), pictures, size_wh, rng).astype(np.float32)
        cutout = read_picture(paths[chosen], 4)
        garment, alpha = placed(cutout, size_wh, rng)
        offset = rng.integers(-8, 9, 2).tolist()
        shadow = cv2.GaussianBlur(np.roll(alpha, offset, (0, 1)), (0, 0), rng.uniform(2, 10))
        scene = scene * (1 - rng.uniform(0.1, 0.5) * shadow)[..., None] * (1 - alpha[..., None]) + garment
        noisy = scene + rng.normal(0, rng.uniform(1, 6), scene.shape)
        yield noisy.clip(0, 255).astype(np.uint8), alpha > 0.5


def background(kind: int, rooms: Sequence[Image], size_wh: tuple[int, int], rng: np.random.Generator) -> Image:
    """What the garment lies on or hangs before, h x w x 3 uint8; `kind` is a place in `BACKGROUNDS`."""
    if kind == 2:
        return lit(wall(rng, *size_wh).astype(np.float32), rng)
    if kind == 1:
        return draw_room(rng, size_wh)
    room = rooms[rng.integers(len(rooms))]
    scale = rng.uniform(0.3, 0.9) * min(room.shape[1] / size_wh[0], room.shape[0] / size_wh[1])
    width, height = round(size_wh[0] * scale), round(size_wh[1] * scale)
    x, y = rng.integers(room.shape[1] - width + 1), rng.integers(room.shape[0] - height + 1)
    return cv2.resize(room[y : y + height, x : x + width], size_wh, interpolation=cv2.INTER_AREA)


def placed(
    cutout_bgra: Image, size_wh: tuple[int, int], rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The garment near the middle, 60 to 85 % of the height: colours times alpha, h x w x 3; alpha, h x w, 0..1."""
    alpha = cutout_bgra[..., 3:].astype(np.float32) / 255
    premultiplied = np.dstack((cutout_bgra[..., :3] * alpha, alpha))
    scale = min(rng.uniform(0.6, 0.85) * size_wh[1] / cutout_bgra.shape[0], 0.92 * size_wh[0] / cutout_bgra.shape[1])
    enlarged = cv2.resize(premultiplied, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    height, width = enlarged.shape[:2]
    room_xy = np.array((size_wh[0] - width, size_wh[1] - height))
    x, y = (room_xy / 2 + rng.normal(0, 0.03, 2) * size_wh).clip(0, room_xy).astype(int)
    whole = np.zeros((size_wh[1], size_wh[0], 4), np.float32)
    whole[y : y + height, x : x + width] = enlarged
    return whole[..., :3].clip(0, 255), whole[..., 3].clip(0, 1)


if __name__ == "__main__":
    sys.exit(main())
