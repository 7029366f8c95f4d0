"""What all clothes that are laid flat have in common: a body, sleeves and a neck."""

from __future__ import annotations

import numpy as np

from fashioncam.messages import Image

from .renderer import Cloth, Viewpoint, any_grey, painted, render
from .shapes import Noise, Union, capsule, ellipsoid, rounded_box, smooth_step, smooth_union, vector

BODY, SLEEVE, COLLAR, HOOD, POCKET, BUTTON = range(6)


def render_flat(kind: type[Garment], rng: np.random.Generator, rooms: np.ndarray) -> Image:
    """One of that kind from the front, a little tilted, as `renderer.render`; `rooms` as for `random_surface`."""
    garment = kind(rng, rooms)
    return render(garment, Viewpoint(rng.normal(0, 0.15), rng.normal(0, 0.2), rng.normal(0, 0.12)), rng)


class Garment:
    """With a body, sleeves and a neck; x to the right, z to who looks, about one high."""

    middle: tuple[float, float, float] = (0.0, 0.0, 0.0)
    span = 2.6
    half_widths = 0.33, 0.46

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        self.half_w = rng.uniform(*self.half_widths)
        self.low = -rng.uniform(0.45, 0.65)
        self.thick = rng.uniform(0.04, 0.08)
        self.shoulder = rng.uniform(0.42, 0.5)
        self.waist, self.hem, self.flare = rng.uniform(-0.1, 0.03), rng.uniform(-0.06, 0.08), 1.0
        self.armhole = 0.0  # how far the armholes cut into the shoulders
        self.sleeve_r = rng.uniform(0.09, 0.13), rng.uniform(0.055, 0.09)
        self.sleeve_length = rng.uniform(0.75, 0.95)
        spread = rng.uniform(-1.5, -0.6)  # downwards to sidewards
        self.arms = []
        for side in (-1, 1):
            first = spread + rng.normal(0, 0.12)
            second = first + rng.choice((0, rng.normal(0, 0.35)))
            start = np.array((side * (self.half_w - 0.04), self.shoulder - 0.1 - self.sleeve_r[0], 0.0))
            elbow = start + self.sleeve_length / 2 * np.array((side * np.cos(first), np.sin(first), 0))
            end = elbow + self.sleeve_length / 2 * np.array((side * np.cos(second), np.sin(second), 0))
            self.arms.append((start, elbow, end))
        self.neck_w, self.neck_d = rng.uniform(0.1, 0.16), rng.uniform(0.05, 0.14)
        self.folds, self.fold_pitch = rng.uniform(0.1, 0.4), vector(rng.uniform(4, 9), rng.uniform(1, 4), 1)
        self.rough, self.grain = rng.uniform(0, 0.004), rng.uniform(15, 40)
        self.noise = Noise(rng)
        self.gloss = float(rng.choice((0, 0, rng.uniform(0, 0.2), rng.uniform(0.2, 0.7))))
        self.cloth = Cloth(rng, rooms)
        self.second = self.cloth if rng.random() < 0.6 else Cloth(rng, rooms)
        self.lining_colour = any_grey(rng) if rng.random() < 0.5 else self.cloth.mean * rng.uniform(0.3, 0.9)
        self.fittings_colour = any_grey(rng) if rng.random() < 0.5 else self.cloth.mean * rng.uniform(0.5, 1.4)
        self.ribbed = rng.uniform(0.05, 0.1) * (rng.random() < 0.5)  # height of hem and cuffs
        self.has_other_sleeves = rng.random() < 0.15
        self.yoke = rng.uniform(0.1, 0.35) if rng.random() < 0.12 else 9.0
        self.pockets: list[tuple[np.ndarray, np.ndarray]] = []
        self.hood = 0.0
        self.quilt, self.quilt_pitch = 0.0, rng.uniform(18, 45)
        self.buttons: list[np.ndarray] = []
        self.belt = 9.0

    def shorten_sleeves(self) -> None:
        """To above the elbow."""
        ways = [(start, elbow - start) for start, elbow, _ in self.arms]
        self.arms = [(start, start + 0.3 * way, start + 0.6 * way) for start, way in ways]
        self.sleeve_r = self.sleeve_r[0], 0.95 * self.sleeve_r[0]

    def leave_out_sleeves(self, rng: np.random.Generator) -> None:
        """With armholes in their place."""
        self.arms = []
        self.armhole = rng.uniform(0.1, 0.9) * (self.half_w - self.neck_w - 0.05)

    def outline(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Half the width of the body at each point's height, and how high its shoulder is there."""
        y = points[:, 1]
        along = ((y - self.low) / (self.shoulder - self.low)).clip(0, 1)
        width = self.half_w + self.waist * np.sin(np.pi * along) + self.hem * (1 - along) ** self.flare
        width = width - self.armhole * smooth_step(self.shoulder - 0.32, self.shoulder - 0.16, y)
        slope = (0.12 * (np.abs(points[:, 0]) / self.half_w)).clip(0, 0.2)
        return width.astype(np.float32), (self.shoulder - slope).astype(np.float32)

    def surface(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `renderer.Body`."""
        x, y, z = points.T
        width, top = self.outline(points)
        folds = self.folds * self.thick * self.noise(points * self.fold_pitch)
        bent = folds + self.rough * self.noise(points * self.grain)
        if self.quilt:
            bent = bent - self.quilt * np.abs(np.sin(self.quilt_pitch * y / 2))
        flat = np.maximum(np.abs(x) - width, np.maximum(y - top, self.low - y))
        torso = -smooth_union(-0.8 * flat, self.thick - np.abs(z), 0.05)  # what both have in common, its edge round
        neckline = np.maximum(self.from_neckline(x, y), -z - 0.2 * self.thick)  # lower in front
        garment = Union(0.7 * np.maximum(torso, -neckline), BODY)
        for arm in self.arms:
            garment.add(0.7 * self.sleeve(points, arm), SLEEVE, 0.03)
        self.add_parts(garment, points)
        return garment.distance + 0.6 * bent, garment.part

    def from_neckline(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """How far points are from the edge of the neck's opening, negative in it."""
        radius = np.sqrt((x / self.neck_w) ** 2 + ((y - self.shoulder + 0.02) / self.neck_d) ** 2)
        return (radius - 1) * min(self.neck_d, self.neck_w)

    def sleeve(self, points: np.ndarray, arm: tuple[np.ndarray, ...]) -> np.ndarray:
        """Two flat tapered rods, cut off at the hand."""
        # z is stretched, so that a round rod becomes as thin as the body.
        squeeze = vector(1, 1, self.sleeve_r[0] / self.thick)
        start, elbow, end = arm
        upper = capsule(points * squeeze, start, elbow, self.sleeve_r[0], sum(self.sleeve_r) / 2)
        lower = capsule(points * squeeze, elbow, end, sum(self.sleeve_r) / 2, self.sleeve_r[1])
        way = (end - elbow) / np.linalg.norm(end - elbow)
        cut = (points - vector(*end)) @ way.astype(np.float32)
        both = np.minimum(upper, np.maximum(lower, cut))
        return (both * min(1.0, self.thick / self.sleeve_r[0])).astype(np.float32)

    def stand(self, points: np.ndarray, height: float) -> np.ndarray:
        """A collar's part behind the neck."""
        place = vector(0, self.shoulder - 0.02, -0.5 * self.thick)
        return rounded_box(points - place, vector(0.95 * self.neck_w, height, 0.4 * self.thick), 0.01)

    def flap(self, points: np.ndarray, corners: np.ndarray) -> np.ndarray:
        """A triangle of cloth on the right of the front, and its mirror image; corners counterclockwise, 3 x 2."""
        flat = np.stack((np.abs(points[:, 0]), points[:, 1]), axis=1)
        ways = np.roll(corners, -1, axis=0) - corners
        outwards = np.stack((ways[:, 1], -ways[:, 0]), axis=1) / np.linalg.norm(ways, axis=1, keepdims=True)
        inside = ((flat[:, None] - corners.astype(np.float32)) * outwards.astype(np.float32)).sum(axis=2).max(axis=1)
        return 0.6 * np.maximum(inside, np.abs(points[:, 2] - self.thick) - 0.02)

    def add_parts(self, garment: Union, points: np.ndarray) -> None:
        """What else there is than body and sleeves."""
        for place, half in self.pockets:
            garment.add(0.8 * rounded_box(points - place, half, float(0.5 * half.min())), POCKET)
        for place in self.buttons:
            garment.add(np.linalg.norm((points - place) * vector(1, 1, 2), axis=1) * 0.5 - 0.009, BUTTON)
        if self.hood:
            at = points - vector(0, self.shoulder + 0.55 * self.hood, 0)
            size = vector(0.75 * self.hood, self.hood, 0.6 * self.hood)
            hollow = ellipsoid(at - vector(0, -0.1 * self.hood, 0.5 * self.hood), 0.62 * size)
            garment.add(0.7 * np.maximum(ellipsoid(at, size), -hollow), HOOD, 0.03)

    def colours(self, points: np.ndarray, part: np.ndarray, normals: np.ndarray) -> np.ndarray:
        """As `renderer.Body`."""
        x, y, z = points.T
        second = self.second.at(points)
        colours = self.cloth.at(points)
        if self.has_other_sleeves:
            colours = painted(colours, part == SLEEVE, second)
        colours = painted(colours, (part == BODY) & (y > self.yoke), second)
        if self.ribbed:
            hem = (part == BODY) & (y < self.low + self.ribbed)
            for arm in self.arms:
                near = np.linalg.norm(points - arm[2].astype(np.float32), axis=1) < self.ribbed + self.sleeve_r[1]
                hem = hem | ((part == SLEEVE) & near)
            colours = painted(colours, hem, second * (0.8 + 0.2 * np.sign(np.sin(90 * x)))[:, None])
        colours = painted(colours, (part == BODY) & (self.from_neckline(x, y) < 0), self.lining_colour)
        turned_in = normals[:, 2] + normals[:, 1] * (y - self.shoulder - 0.5 * self.hood) < 0.75
        hollow = (part == HOOD) & turned_in & (np.abs(x) < 0.45 * self.hood) & (z > -0.2 * self.hood)
        colours = painted(colours, hollow, self.lining_colour)
        colours = painted(colours, (part == BODY) & (np.abs(y - self.belt) < 0.035), 0.8 * second)
        return painted(colours, part == BUTTON, self.fittings_colour)
