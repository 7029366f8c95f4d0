"""Bags from the front, the back and beside: the photographs have none, and Fashion-MNIST no backpack."""

from __future__ import annotations

import numpy as np

from fashioncam.messages import Image
from training.synthesis.surfaces import bezier, curve

from .renderer import Cloth, Viewpoint, any_grey, painted, render
from .shapes import Noise, Union, cord, ring, rounded_box, sparse, vector

BODY, SIDE_POCKET, STRAP, FLAP, CLASP, POCKET = range(6)  # and one more for each pocket on the front
ZIP = 0.012  # half of its width; a bag is about one high


def render_bag(rng: np.random.Generator, rooms: np.ndarray) -> Image:
    """A backpack, sling, shoulder bag, tote or travel bag, as `renderer.render`; `rooms`: see `random_surface`."""
    bag = KINDS[rng.integers(len(KINDS))](rng, rooms)
    behind = np.pi if rng.random() < bag.seen_from_behind else 0.0
    view = Viewpoint(rng.uniform(-0.1, 0.5), behind + rng.normal(0, 0.45), rng.normal(0, 0.1))
    return render(bag, view, rng)


class Bag:
    """A box of cloth with rounded edges, narrower or wider at its top, that is creased.

    `half` is from its middle to its right, its top and its front.
    """

    middle = (0.0, 0.0, 0.0)
    span = 2.1
    seen_from_behind = 0.1

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray, half: tuple[float, float, float]) -> None:
        self.half = vector(*half)
        self.narrowing = 0.0  # of the top, as a share
        self.rounding = rng.uniform(0.05, 0.24)
        self.creases = rng.uniform(0, 0.03)
        self.rough, self.grain = rng.uniform(0, 0.002), rng.uniform(15, 40)
        self.noise = Noise(rng)
        self.gloss = float(rng.choice((0, rng.uniform(0, 0.3), rng.uniform(0.2, 0.8))))
        self.cloth = Cloth(rng, rooms)
        self.second = self.cloth if rng.random() < 0.5 else Cloth(rng, rooms)
        self.strap_colour = self.cloth.mean * rng.uniform(0.5, 1.2) if rng.random() < 0.7 else any_grey(rng)
        self.fittings_colour = any_grey(rng) if rng.random() < 0.4 else self.cloth.mean * rng.uniform(0.5, 1.5)
        self.straps: list[tuple[np.ndarray, float]] = []  # their paths, K x 3, and radii

    def boxed(self, points: np.ndarray) -> np.ndarray:
        """Points moved so that the bag becomes a box."""
        up = ((points[:, 1] / self.half[1] + 1) / 2).clip(0, 1)
        width = (1 - self.narrowing * up**1.5)[:, None]
        boxed = points / np.concatenate((width, np.ones_like(width), width.clip(0.6)), axis=1)
        bent = [self.noise(points * pitch + shift) for pitch, shift in ((1, 0), (1, 7), (2, 14))]
        return boxed + self.creases * np.stack(bent, axis=1)

    def body(self, boxed: np.ndarray) -> np.ndarray:
        """The distance from the box; less, since its points were moved."""
        return 0.6 * rounded_box(boxed, self.half, min(self.rounding, 0.95 * self.half.min()))

    def surface(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `renderer.Body`."""
        boxed = self.boxed(points)
        bag = Union(self.body(boxed), BODY)
        self.add_parts(bag, points, boxed)
        for path, radius in self.straps:
            bag.add(0.9 * cord(points, path, radius), STRAP)
        return bag.distance + self.rough * self.noise(points * self.grain), bag.part

    def add_parts(self, bag: Union, points: np.ndarray, boxed: np.ndarray) -> None:
        """What else there is than body and straps."""

    def colours(self, points: np.ndarray, part: np.ndarray, normals: np.ndarray) -> np.ndarray:
        """As `renderer.Body`."""
        colours = painted(self.cloth.at(points), (part == SIDE_POCKET) | (part == FLAP), self.second.at(points))
        colours = painted(colours, part == CLASP, self.fittings_colour)
        return painted(colours, part == STRAP, self.strap_colour)


class Backpack(Bag):
    """Pockets one on the other with zips, a grip, and two padded straps on its back."""

    seen_from_behind = 0.35
    slimness, narrowings = 1.0, (0.0, 0.35)

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        half_w = self.slimness * rng.uniform(0.3, 0.42)
        super().__init__(rng, rooms, (half_w, rng.uniform(0.45, 0.58), rng.uniform(0.14, 0.26)))
        self.narrowing, self.rounding = rng.uniform(*self.narrowings), rng.uniform(0.1, 0.24)
        self.side_pocket = rng.uniform(0.04, 0.09) if rng.random() < 0.5 else 0.0
        # The middle, the half and the rounding of each pocket, and what it is made of.
        self.pockets: list[tuple[np.ndarray, np.ndarray, float, Cloth]] = []
        front, low = self.half[2], -self.half[1] + 0.02
        for number in range(rng.integers(0, 4)):
            high, deep = rng.uniform(0.15, 0.4) * (1 - 0.22 * number), rng.uniform(0.03, 0.1)
            wide = self.half[0] * rng.uniform(0.6, 0.92) * (1 - 0.1 * number)
            half = vector(wide, high, deep + 0.04)
            cloth = self.cloth if rng.random() < 0.6 else Cloth(rng, rooms)
            place = vector(0, low + high, front + 0.4 * deep)
            self.pockets.append((place, half, min(rng.uniform(0.03, 0.12), 0.9 * half.min()), cloth))
            front += deep
        self.zips = rng.uniform(0, 0.9, rng.integers(1, 4)) * self.half[1]
        self.has_webbing, self.webbing_at = rng.random() < 0.4, rng.uniform(0.3, 0.7) * self.half[0]
        self.has_sides, self.sides_from = rng.random() < 0.25, rng.uniform(0.2, 0.9) * self.half[0]
        self.hang_straps(rng)

    def hang_straps(self, rng: np.random.Generator) -> None:
        """Two, sometimes lifted above the top; and the grip."""
        half_w, half_h, half_d = self.half.tolist()
        wide, out, inner = rng.uniform(0.035, 0.075), rng.uniform(0.3, 1), rng.uniform(0.15, 0.35)
        lift, bulge = rng.uniform(0, 0.2) * (rng.random() < 0.5), rng.uniform(0.08, 0.3)
        for side in (-1, 1):
            path = np.array(
                (
                    (side * inner * half_w, 0.92 * half_h, -0.8 * half_d),
                    (side * 1.1 * inner * half_w, half_h + lift, -0.9 * half_d - 0.3 * bulge),
                    (side * out * half_w, 0.35 * half_h, -half_d - bulge),
                    (side * 1.1 * out * half_w, -0.2 * half_h, -half_d - 0.8 * bulge),
                    (side * 0.8 * half_w, -0.75 * half_h, -0.9 * half_d),
                )
            )
            self.straps.append((path, wide))
        self.grip_at = vector(0, half_h, -0.4 * half_d)

    def add_parts(self, bag: Union, points: np.ndarray, boxed: np.ndarray) -> None:
        for number, (place, half, radius, _) in enumerate(self.pockets):
            bag.add(0.6 * rounded_box(boxed - place, half, radius), POCKET + number, 0.015)
        if self.side_pocket:
            half = vector(self.side_pocket, 0.4 * self.half[1], 0.7 * self.half[2])
            for side in (-1, 1):
                place = vector(side * self.half[0], -0.5 * self.half[1], 0)
                bag.add(0.6 * rounded_box(boxed - place, half, 0.9 * self.side_pocket), SIDE_POCKET, 0.015)
        bag.add(ring(points - self.grip_at, 0.09, 0.02), STRAP)

    def colours(self, points: np.ndarray, part: np.ndarray, normals: np.ndarray) -> np.ndarray:
        colours = super().colours(points, part, normals)
        x, y, _ = points.T
        body, before = part == BODY, normals[:, 2] > -0.2
        if self.has_sides:
            colours = painted(colours, body & (np.abs(x) > self.sides_from), self.second.at(points))
        for at in self.zips:
            arch = y - at + 0.6 * self.half[1] * (x / self.half[0]) ** 2
            colours = painted(colours, body & before & (np.abs(arch) < ZIP), self.fittings_colour)
        for number, (place, half, _, cloth) in enumerate(self.pockets):
            pocket = part == POCKET + number
            colours = painted(colours, pocket, cloth.at(points))
            colours = painted(colours, pocket & (np.abs(y - place[1] - 0.75 * half[1]) < ZIP), self.fittings_colour)
        if self.has_webbing:
            webbing = (np.abs(np.abs(x) - self.webbing_at) < 0.02) & (normals[:, 2] > 0) & (part != STRAP)
            colours = painted(colours, webbing, self.strap_colour)
        return colours


class Sling(Backpack):
    """Slim, narrow at its top, with one strap over a shoulder."""

    slimness, narrowings = 0.8, (0.35, 0.7)

    def hang_straps(self, rng: np.random.Generator) -> None:
        half_w, half_h, half_d = self.half.tolist()
        side = rng.choice((-1, 1))
        path = np.array(
            (
                (0, 0.9 * half_h, -0.5 * half_d),
                (side * 0.4 * half_w, half_h + rng.uniform(0.15, 0.7), -half_d),
                (side * half_w * rng.uniform(0.9, 1.9), 0.4 * half_h, -half_d),
                (side * 0.8 * half_w, -0.7 * half_h, -0.9 * half_d),
            )
        )
        self.straps.append((sparse(bezier(path)), rng.uniform(0.035, 0.07)))
        self.grip_at = vector(0, 0.95 * half_h, -0.3 * half_d)


class ShoulderBag(Bag):
    """Flat, often with a flap, on one strap that stands, hangs down before it, or is short; or none: a clutch."""

    seen_from_behind = 0.0  # without a flap and a strap it would be a box

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        super().__init__(rng, rooms, (rng.uniform(0.35, 0.6), rng.uniform(0.22, 0.45), rng.uniform(0.07, 0.18)))
        self.narrowing = rng.uniform(-0.2, 0.35)
        self.rounding = rng.uniform(0.03, 0.17)
        half_w, half_h, half_d = self.half.tolist()
        self.flap = half_h * rng.uniform(-0.7, 0.5) if rng.random() < 0.7 else None
        self.flap_bow = rng.uniform(0, 0.5) * half_h
        self.clasp = rng.uniform(0.02, 0.06) if rng.random() < 0.5 else 0.0
        ends = 0.9 * half_w * (1 - self.narrowing)
        reach = rng.uniform(0.15, 0.95 - half_h)
        if rng.random() < 0.3:  # it has fallen before the bag
            lowest = rng.uniform(-0.6, 0.6) * half_h
            path = np.array(((-ends, 0.9 * half_h, 0), (0, lowest, half_d + 0.06), (ends, 0.9 * half_h, 0)))
        else:
            path = np.array(
                ((-ends, 0.8 * half_h, 0), (rng.normal(0, 0.15), half_h + reach, 0), (ends, 0.8 * half_h, 0))
            )
        if self.flap is None or rng.random() < 0.85:
            self.straps.append((sparse(curve(path)), rng.uniform(0.012, 0.045)))

    def add_parts(self, bag: Union, points: np.ndarray, boxed: np.ndarray) -> None:
        if self.flap is None:
            return
        half = self.half + np.float32(0.02)
        cover = 0.6 * rounded_box(boxed, half, min(self.rounding, 0.95 * self.half.min()))
        edge = self.flap - self.flap_bow * (1 - (boxed[:, 0] / half[0]) ** 2) - boxed[:, 1]
        bag.add(np.maximum(cover, np.maximum(0.6 * edge, -0.5 * self.half[2] - boxed[:, 2])), FLAP)
        if self.clasp:
            place = vector(0, self.flap - self.flap_bow, self.half[2] + 0.02)
            half = vector(self.clasp, 0.6 * self.clasp, 0.02)
            bag.add(rounded_box(boxed - place, half, 0.01), CLASP)


class Tote(Bag):
    """Open at its top, with a handle at the front and one at the back, and sometimes a print."""

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        super().__init__(rng, rooms, (rng.uniform(0.32, 0.5), rng.uniform(0.3, 0.5), rng.uniform(0.05, 0.2)))
        self.narrowing, self.rounding = rng.uniform(-0.35, 0.15), rng.uniform(0.02, 0.05)
        half_w, half_h, half_d = self.half.tolist()
        apart, reach, radius = rng.uniform(0.3, 0.6) * half_w, rng.uniform(0.15, 0.5), rng.uniform(0.012, 0.035)
        for depth in (-half_d, half_d):
            lean, top = rng.normal(0, 0.06), half_h + reach * rng.uniform(0.5, 1.3)
            ends = [(side * apart, 0.85 * half_h, depth * (1 - self.narrowing)) for side in (-1, 1)]
            bend = [(0.9 * side * apart + lean, top, depth + rng.normal(0, 0.05)) for side in (-1, 1)]
            self.straps.append((sparse(bezier(np.array((ends[0], *bend, ends[1])))), radius))
        self.print_half = rng.uniform(0.2, 0.8, 2) * self.half[:2] * (rng.random() < 0.4)

    def body(self, boxed: np.ndarray) -> np.ndarray:
        inside = rounded_box(boxed - vector(0, 0.1, 0), self.half - vector(0.03, 0, 0.03), 0.01)
        return np.maximum(super().body(boxed), -0.6 * inside)

    def colours(self, points: np.ndarray, part: np.ndarray, normals: np.ndarray) -> np.ndarray:
        colours = super().colours(points, part, normals)
        printed = (np.abs(points[:, :2]) < self.print_half).all(axis=1) & (normals[:, 2] > 0.5) & (part == BODY)
        return painted(colours, printed, self.second.at(points))


class TravelBag(Bag):
    """Wide and round, bands down its sides, two handles that meet above it, sometimes a long strap."""

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        super().__init__(rng, rooms, (rng.uniform(0.5, 0.7), rng.uniform(0.22, 0.36), rng.uniform(0.2, 0.32)))
        self.rounding = rng.uniform(0.12, 0.3)
        half_w, half_h, half_d = self.half.tolist()
        self.bands_at, radius = rng.uniform(0.25, 0.5) * half_w, rng.uniform(0.015, 0.03)
        self.has_ends, self.has_bands = rng.random(2) < (0.4, 0.8)
        reach, lean = rng.uniform(0.1, 0.4), rng.normal(0, 0.08)
        for depth in (-half_d, half_d):
            ends = [(side * self.bands_at, 0.6 * half_h, 0.95 * depth) for side in (-1, 1)]
            bend = [(0.9 * side * self.bands_at + lean, half_h + reach, 0.3 * depth) for side in (-1, 1)]
            self.straps.append((sparse(bezier(np.array((ends[0], *bend, ends[1])))), radius))
        if rng.random() < 0.4:
            lowest = rng.uniform(-0.8, 1.8) * half_h
            path = np.array(
                ((-0.95 * half_w, 0.4 * half_h, 0), (0, lowest, half_d + 0.05), (0.95 * half_w, 0.4 * half_h, 0))
            )
            self.straps.append((sparse(curve(path)), radius))

    def colours(self, points: np.ndarray, part: np.ndarray, normals: np.ndarray) -> np.ndarray:
        colours, body = super().colours(points, part, normals), part == BODY
        x, y, _ = points.T
        if self.has_ends:
            colours = painted(colours, body & (np.abs(x) > 1.6 * self.bands_at), self.second.at(points))
        if self.has_bands:
            colours = painted(colours, body & (np.abs(np.abs(x) - self.bands_at) < 0.03), self.strap_colour)
        zipped = body & (np.abs(y - 0.75 * self.half[1]) < ZIP) & (normals[:, 2] > 0)
        return painted(colours, zipped, self.fittings_colour)


KINDS = (Backpack, Backpack, Sling, ShoulderBag, ShoulderBag, Tote, TravelBag)
