"""What a simulated webcam sees: a garment slides in before a room and is held, frame by frame, with its true mask.

Garment and room come from photographs. Simulated are the hand (slides the garment in, trembles, casts a shadow, shows a
forearm) and the camera (exposure, white balance, shake, noise, compression). Do not change the order of random draws or
the types of the arithmetic: all quoted figures depend on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from fashioncam.messages import Box, FloatArray, Image

FPS = 30
EMPTY_FRAMES, ENTER_FRAMES, HELD_FRAMES = 30, 12, 48
HELD_FROM = EMPTY_FRAMES + ENTER_FRAMES
CLIP_FRAMES = HELD_FROM + HELD_FRAMES
MEASURED_FRAME = HELD_FROM + HELD_FRAMES // 2  # where the item's brightness is compared with the room's
ON_ITEM = 128  # from this alpha on a pixel is the item's: more than half of it
ADAPTATION = 0.12  # share of the way to its new gains that the camera goes from frame to frame
SKINS_BGR = ((80, 110, 175), (60, 85, 140), (110, 145, 205), (45, 60, 95))

# float32 as long as nothing has mixed in float64; both are kept, or the last bit of a frame would change.
Floats: TypeAlias = NDArray[Any]
SizeWH: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Level:
    """How much person and camera do; each clip draws its own values.

    Attributes:
        exposure: the most that the gain changes once the item is there, as a share.
        white_balance: the same for each channel's own gain.
        noise: least and largest sigma of the sensor, grey levels.
        shadow: share of the light that the item takes from the room behind it.
        tremble: amplitude of the hand, pixels at 480 rows.
        tilt: the most that the item hangs crooked, degrees.
        arm: probability that a forearm holds the item.
        quality: lowest and highest JPEG quality of the camera.
        shake: sigma of the camera's own movement, pixels.
    """

    exposure: float
    white_balance: float
    noise: tuple[float, float]
    shadow: float
    tremble: float
    tilt: float
    arm: float
    quality: tuple[int, int]
    shake: float


LEVELS = {
    "easy": Level(0.0, 0.0, (1, 2), 0.0, 2, 3, 0.0, (90, 95), 0.0),
    "normal": Level(0.15, 0.03, (2, 4), 0.25, 5, 8, 0.3, (80, 92), 0.0),
    "hard": Level(0.35, 0.08, (3, 7), 0.45, 9, 20, 0.6, (65, 85), 0.8),
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """What one clip has drawn; lengths in pixels of its own size, colours B G R, factors around 1."""

    unit: float  # pixels for each pixel at 480 rows
    scale: float
    home_xy: Floats
    outside_xy: Floats
    light: float
    gain: float
    balance: Floats
    tilt_deg: float
    noise: float
    quality: int
    has_arm: bool
    arm_seed: int
    phases_rad: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """A forearm: its lit skin, H x W x 3 float32, and how far beside the hand it enters the picture, in pixels."""

    skin_bgr: FloatArray
    lean_px: float


def simulate(
    cutout: Image, photo_bgr: Image, level: Level, rng: np.random.Generator, size_wh: SizeWH
) -> tuple[tuple[bytes, ...], tuple[Box | None, ...], tuple[Image | None, ...], float]:
    """The last four fields of a `Clip`: of a cutout (h x w x 4 uint8) before a photograph (any size, H x W x 3)."""
    room = fill_picture(photo_bgr, size_wh, rng).astype(np.float32)
    scenario = draw_scenario(level, max(cutout.shape[:2]), size_wh, rng)
    arm = draw_arm(scenario, size_wh) if scenario.has_arm else None
    item_alpha = cutout[..., 3].astype(np.float32) / 255.0
    item_bgr = cutout[..., :3].astype(np.float32) * (cutout[..., 3:] / 255.0)
    jpegs: list[bytes] = []
    boxes: list[Box | None] = []
    alphas: list[Image | None] = []
    ratio = float("nan")
    for index, gains in enumerate(camera_gains(scenario)):
        scene: Floats = room
        alpha, box = np.zeros(room.shape[:2], np.float32), None
        if index >= EMPTY_FRAMES:
            pose = item_pose(scenario, level, index - EMPTY_FRAMES, cutout)
            colour, alpha = (cv2.warpAffine(layer, pose, size_wh) for layer in (item_bgr, item_alpha))
            scene = stage(room, colour, alpha, arm, scenario, level)
            box = box_of(alpha)
        scene = scene * gains[0] * gains[1]
        if index == MEASURED_FRAME and box is not None:
            ratio = brightness_ratio(scene, room * gains[0] * gains[1], alpha > 0.5)
        if level.shake:
            shift = np.array([[1, 0, rng.normal(0, level.shake)], [0, 1, rng.normal(0, level.shake)]], np.float32)
            scene, alpha = (
                cv2.warpAffine(layer, shift, size_wh, borderMode=cv2.BORDER_REFLECT) for layer in (scene, alpha)
            )
        scene = scene + rng.standard_normal(scene.shape, np.float32) * scenario.noise
        picture = np.clip(scene, 0, 255).astype(np.uint8)
        jpegs.append(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, scenario.quality])[1].tobytes())
        boxes.append(box)
        alphas.append(None if box is None else np.rint(alpha * 255).astype(np.uint8))
    return tuple(jpegs), tuple(boxes), tuple(alphas), ratio


def fill_picture(photo_bgr: Image, size_wh: SizeWH, rng: np.random.Generator) -> Image:
    """A random crop of the photograph, scaled so that it just fills the frame."""
    (height, width), (wide, high) = photo_bgr.shape[:2], size_wh
    scale = max(wide / width, high / height)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(photo_bgr, None, fx=scale, fy=scale, interpolation=method)
    top, left = (int(rng.integers(0, spare + 1)) for spare in (scaled.shape[0] - high, scaled.shape[1] - wide))
    return scaled[top : top + high, left : left + wide]


def draw_scenario(level: Level, item_edge_px: int, size_wh: SizeWH, rng: np.random.Generator) -> Scenario:
    """Draw what stays the same in a clip. Python evaluates arguments in order, and the order is part of the format."""
    width, height = size_wh
    return Scenario(
        unit=height / 480,
        scale=rng.uniform(0.50, 0.78) * height / item_edge_px,
        home_xy=np.array((width * rng.uniform(0.42, 0.58), height * rng.uniform(0.44, 0.54))),
        outside_xy=np.array(((-0.6 if rng.random() < 0.5 else 1.6) * width, height * 0.6)),
        light=rng.uniform(0.75, 1.1) if level.exposure else 1.0,
        gain=1 + rng.uniform(-level.exposure, level.exposure),
        balance=1 + rng.uniform(-level.white_balance, level.white_balance, 3),
        tilt_deg=rng.uniform(-level.tilt, level.tilt),
        noise=rng.uniform(*level.noise),
        quality=int(rng.integers(level.quality[0], level.quality[1] + 1)),
        has_arm=rng.random() < level.arm,
        arm_seed=int(rng.integers(1 << 31)),
        phases_rad=rng.uniform(0, 2 * np.pi, 4),
    )


def draw_arm(scenario: Scenario, size_wh: SizeWH) -> Arm:
    """One of four skins with soft blotches, the same in all frames of a clip."""
    width, height = size_wh
    rng = np.random.default_rng(scenario.arm_seed)
    skin = np.array(SKINS_BGR[rng.integers(len(SKINS_BGR))], np.float32)
    lean_px = rng.uniform(-0.25, 0.25) * width
    blotches = cv2.GaussianBlur(rng.standard_normal((height, width)).astype(np.float32), (0, 0), 12)
    return Arm(skin * (1 + 0.12 * blotches * 12)[..., None] * scenario.light, lean_px)


def camera_gains(scenario: Scenario) -> Iterator[tuple[float, Floats]]:
    """Gain and white balance (B G R factors) of each frame: constant, and from the item's entry on adapting."""
    gain, balance = 1.0, np.ones(3)
    for index in range(CLIP_FRAMES):
        if index >= EMPTY_FRAMES:
            gain += ADAPTATION * (scenario.gain - gain)
            balance = balance + ADAPTATION * (scenario.balance - balance)
        yield gain, balance


def item_pose(scenario: Scenario, level: Level, step: int, cutout: Image) -> Floats:
    """Where the item is, `step` frames after its entry: a 2 x 3 matrix from cutout to frame pixels."""
    a, b, c, d = scenario.phases_rad
    way = min(1.0, (step + 1) / ENTER_FRAMES)
    way = way * way * (3 - 2 * way)
    sway = np.array((np.sin(step * 0.31 + a) + 0.5 * np.sin(step * 0.83 + b), np.sin(step * 0.27 + c)))
    tremble_px = level.tremble * scenario.unit * sway
    centre = scenario.outside_xy + (scenario.home_xy - scenario.outside_xy) * way + tremble_px
    middle = (cutout.shape[1] / 2, cutout.shape[0] / 2)
    angle_deg = scenario.tilt_deg + 2 * np.sin(step * 0.2 + b)
    pose = cv2.getRotationMatrix2D(middle, angle_deg, scenario.scale * (1 + 0.03 * np.sin(step * 0.17 + d)))
    pose[:, 2] += centre - np.array(middle)
    return pose


def stage(
    room: FloatArray, colour: Floats, alpha: FloatArray, arm: Arm | None, scenario: Scenario, level: Level
) -> Floats:
    """Room, the item's shadow, forearm and item, back to front: H x W x 3, B G R, 0..255 and beyond."""
    unit, scene = scenario.unit, room
    if level.shadow:
        cast = cv2.GaussianBlur(np.roll(alpha, (int(14 * unit), int(18 * unit)), (0, 1)), (0, 0), 14 * unit)
        scene = scene * (1 - level.shadow * cast)[..., None]
    rows, columns = np.nonzero(alpha > 0.5)
    if arm is not None and len(columns):
        limb = arm_alpha(arm, (float(np.median(columns)), float(rows.max() - 8 * unit)), unit, alpha.shape)
        scene = scene * (1 - limb[..., None]) + arm.skin_bgr * limb[..., None]
    return scene * (1 - alpha[..., None]) + colour * scenario.light


def arm_alpha(arm: Arm, hand_xy: tuple[float, float], unit: float, shape: tuple[int, ...]) -> FloatArray:
    """A limb that tapers from below the picture to the hand: H x W float32, 0..1."""
    hand, elbow = np.array(hand_xy), np.array((hand_xy[0] + arm.lean_px, shape[0] + 20.0))
    across = np.array(((elbow - hand)[1], (hand - elbow)[0]))
    across /= np.linalg.norm(across) + 1e-6
    wide, thin = across * (30 * unit), across * (19 * unit)
    sides = np.stack((elbow + wide, hand + thin, hand - thin, elbow - wide))
    limb = cv2.fillPoly(np.zeros(shape, np.uint8), [sides.astype(np.int32)], 255)
    cv2.circle(limb, (int(hand[0]), int(hand[1])), int(24 * unit), 255, cv2.FILLED)
    return cv2.GaussianBlur(limb, (0, 0), 1.5).astype(np.float32) / 255.0


def box_of(alpha: FloatArray) -> Box | None:
    """x, y, width and height of what is more than half item (alpha in 0..1); None for nothing."""
    x, y, width, height = cv2.boundingRect((alpha > 0.5).astype(np.uint8))
    return (x, y, width, height) if width else None


def brightness_ratio(scene: Floats, room: Floats, on_item: NDArray[np.bool_]) -> float:
    """Mean grey of the item over mean grey of the room behind it; both H x W x 3, B G R."""
    item, hidden = (np.clip(picture[on_item], 0, 255).mean(axis=0) @ (0.114, 0.587, 0.299) for picture in (scene, room))
    return float(item / max(hidden, 1.0))
