"""Draws the demo clip, assets/demo.mp4: garments held before a wall, one after another.

All of it is drawn in code (drawn_room.py, drawn_garments.py), and is the same each time.

    python assets/make_demo_clip.py [--out assets/demo.mp4]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from drawn_garments import GARMENTS
from drawn_room import HEIGHT_PX, WIDTH_PX, render_room
from garment_canvas import SPRITE_SHRINK, UNIT_PX, floats
from numpy.typing import NDArray

Picture = NDArray[np.float32]

FPS = 30
# The program learns its background from the first frames; the end is the same scene, so the clip can loop.
EMPTY_BEFORE_S, EMPTY_BETWEEN_S, EMPTY_AFTER_S = 2.5, 0.4, 1.0
ENTER_S, HOLD_S, LEAVE_S = 0.6, 2.0, 0.5
CENTRE_PX = (320.0, 214.0)
OUTSIDE_PX = 500.0  # from the centre, far enough that nothing of a garment or of its shadow is seen
FINE = 2  # resolution of the sprites over the clip's
# A camera's picture smears while its shutter is open: here a third of a frame's time.
SHUTTER_S, SHUTTER_STEPS = 0.33 / FPS, 10
SHADOW_OFFSET_PX, SHADOW_BLUR_PX, SHADOW_DEPTH = (9, 13), 11.0, 0.055
NOISE_SIGMA, NOISE_SEED = 1.5, 28


@dataclass(frozen=True, slots=True)
class Visit:
    """One garment's appearance: which one, when it comes, seconds, and from which side (-1 left, 1 right)."""

    garment: int
    begin_s: float
    side: int

    @property
    def held_s(self) -> tuple[float, float]:
        """From when until when it is held in the middle."""
        return self.begin_s + ENTER_S, self.begin_s + ENTER_S + HOLD_S

    @property
    def end_s(self) -> float:
        return self.begin_s + ENTER_S + HOLD_S + LEAVE_S


def timeline() -> list[Visit]:
    """Each garment once, from alternating sides."""
    period_s = ENTER_S + HOLD_S + LEAVE_S + EMPTY_BETWEEN_S
    return [Visit(i, EMPTY_BEFORE_S + i * period_s, (-1, 1)[i % 2]) for i in range(len(GARMENTS))]


def duration_s(visits: list[Visit]) -> float:
    return visits[-1].end_s + EMPTY_AFTER_S


def pose(visit: Visit, time_s: float) -> NDArray[np.float32]:
    """The affine map, 2 x 3, from sprite pixels to pixels of a picture FINE times the clip's size.

    It comes in from its side, sways while it is held, and goes out on the other side.
    """
    held_from_s, held_to_s = visit.held_s
    coming = np.clip((held_from_s - time_s) / ENTER_S, 0, 1) ** 4
    going = np.clip((time_s - held_to_s) / LEAVE_S, 0, 1) ** 3
    offset_px = visit.side * OUTSIDE_PX * (coming - going)
    phase = 2 * np.pi * (time_s - visit.begin_s)
    x = CENTRE_PX[0] + offset_px + 3.0 * np.sin(phase / 2.6)
    y = CENTRE_PX[1] + 2.0 * np.sin(phase / 1.9 + 1.0)
    angle_deg = 1.1 * np.sin(phase / 2.3 + 0.5) + 5.0 * visit.side * (coming - going)
    middle = 50 * UNIT_PX / SPRITE_SHRINK
    matrix = cv2.getRotationMatrix2D((middle, middle), angle_deg, 1.0)
    matrix[:, 2] += FINE * floats((x, y)) - middle
    return matrix.astype(np.float32)


def garment_layer(sprite: Picture, visit: Visit, time_s: float) -> Picture:
    """What the open shutter sees of a garment: H x W x 4 float32, B G R times alpha, and alpha, 0..1."""
    held_from_s, held_to_s = visit.held_s
    times_s = [time_s]
    if not held_from_s <= time_s <= held_to_s:
        times_s = list(time_s + np.linspace(0, SHUTTER_S, SHUTTER_STEPS))
    size_wh = (FINE * WIDTH_PX, FINE * HEIGHT_PX)
    fine = sum(cv2.warpAffine(sprite, pose(visit, t), size_wh, flags=cv2.INTER_LINEAR) for t in times_s) / len(times_s)
    return cv2.resize(fine, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA)


def before_room(room: Picture, layer: Picture) -> Picture:
    """The room with a garment and its soft shadow before it: H x W x 3 float32, B G R, 0..255."""
    alpha = layer[..., 3]
    to_shadow = floats([[1, 0, SHADOW_OFFSET_PX[0]], [0, 1, SHADOW_OFFSET_PX[1]]])
    # So faint that the segmentation, which forgives a darker surface of the same colour, does not see it.
    shadow = cv2.GaussianBlur(cv2.warpAffine(alpha, to_shadow, (WIDTH_PX, HEIGHT_PX)), (0, 0), SHADOW_BLUR_PX)
    behind = room * (1 - SHADOW_DEPTH * shadow)[..., np.newaxis]
    return 255 * layer[..., :3] + behind * (1 - alpha)[..., np.newaxis]


def frames() -> Iterator[NDArray[np.uint8]]:
    """The clip: HEIGHT_PX x WIDTH_PX x 3 uint8 each, B G R."""
    room = render_room()
    sprites = [garment.draw(garment.rgb_hex).sprite() for garment in GARMENTS]
    rng = np.random.default_rng(NOISE_SEED)
    visits = timeline()
    for number in range(round(duration_s(visits) * FPS)):
        time_s = number / FPS
        picture = room
        for visit in visits:
            if visit.begin_s <= time_s < visit.end_s:
                picture = before_room(room, garment_layer(sprites[visit.garment], visit, time_s))
        noisy = picture + NOISE_SIGMA * rng.standard_normal(picture.shape, np.float32)
        yield np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "demo.mp4", help="default: %(default)s")
    out: Path = parser.parse_args().out
    writer = cv2.VideoWriter(str(out), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDTH_PX, HEIGHT_PX))
    if not writer.isOpened():
        raise SystemExit(f"cannot write {out}")
    for frame in frames():
        writer.write(frame)
    writer.release()
    print(f"{out}: {out.stat().st_size / 1e6:.2f} MB, {duration_s(timeline()):.1f} s")


if __name__ == "__main__":
    main()
