"""Boots and sneakers from every side, mostly in pairs: Fashion-MNIST shows one from its left."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from fashioncam.messages import Image

from .renderer import Cloth, Viewpoint, any_grey, painted, render
from .shapes import Noise, Union, rotation, smooth_step, smooth_union, vector

PAIR_SHARE = 0.75
LYING_SHARE, LYING_IN_A_PAIR = 0.2, 0.08
# Half the width of a sole from toe to heel, of its length, on the outer and the inner side.
PLACES = np.array((0.0, 0.04, 0.12, 0.25, 0.38, 0.55, 0.75, 0.9, 0.97, 1.0))
OUTER = np.array((0.0, 0.09, 0.15, 0.19, 0.195, 0.165, 0.145, 0.13, 0.08, 0.0))
INNER = np.array((0.0, 0.11, 0.17, 0.185, 0.175, 0.125, 0.125, 0.12, 0.08, 0.0))
LEAST_HALF_W = 0.035  # a thinner end would be missed by a ray, or hit beside it
LOFT_AT = np.array((-0.5, -0.42, -0.18, 0.02, 0.22, 0.42, 0.5))  # from heel to toe, where an upper's height is given
SOLE, UPPER = range(2)
SECOND = 10  # added to the parts of a pair's second shoe


def render_shoes(kind: type[Shoe], rng: np.random.Generator, rooms: np.ndarray) -> Image:
    """A pair or one of that kind, from the toes, the heels or any side; `rooms` as for `random_surface`."""
    shoe = kind(rng, rooms)
    azimuth = rng.choice((rng.normal(0, 0.5), rng.normal(np.pi, 0.4), rng.uniform(-np.pi, np.pi)))
    view = Viewpoint(rng.uniform(*shoe.elevations), azimuth, rng.normal(0, rng.choice((0.12, 0.6))))
    return render(Pair(shoe, rng), view, rng)


class Shoe(ABC):
    """A left one: x to its outer side, y up, z from the heel at -0.5 to the toe at 0.5.

    Attributes:
        elevations: from which it is seen, least and largest, in radians.
    """

    height = 0.2
    elevations = 0.2, 1.5

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        self.wide = rng.uniform(0.85, 1.25)
        self.pointed = 1.0
        self.heel = 0.0
        self.sole = rng.uniform(0.02, 0.06)
        self.block = rng.uniform(0.05, 0.1)
        self.gloss = float(rng.choice((0, rng.uniform(0, 0.3), rng.uniform(0.2, 0.9))))
        self.cloth = Cloth(rng, rooms)
        self.second = self.cloth if rng.random() < 0.5 else Cloth(rng, rooms)
        dark, light = np.full(3, rng.uniform(10, 50)), np.full(3, rng.uniform(200, 250))
        self.sole_colour = (dark, light, self.cloth.mean * rng.uniform(0.5, 1.3))[rng.integers(3)]

    @abstractmethod
    def surface(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `renderer.Body`."""

    @abstractmethod
    def colours(self, points: np.ndarray, part: np.ndarray, normals: np.ndarray) -> np.ndarray:
        """As `renderer.Body`."""

    def footprint(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Half the width of the sole, and where its middle is."""
        back = 0.5 - z
        half_w = np.interp(back, PLACES, (OUTER + INNER) / 2 * self.wide) * np.interp(back, (0, 0.3), (self.pointed, 1))
        middle = np.interp(back, PLACES, (OUTER - INNER) / 2 * self.wide)
        return half_w.clip(LEAST_HALF_W).astype(np.float32), middle.astype(np.float32)

    def laid_flat(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """x, y, z as if there were no heel."""
        x, y, z = points.T
        return x, y - self.heel * smooth_step(0.18, -0.28, z), z

    def tread(self, points: np.ndarray) -> np.ndarray:
        """The distance from sole and heel."""
        x, y, z = self.laid_flat(points)
        half_w, middle = self.footprint(z.clip(-0.5, 0.5))
        ends = np.abs(z) - 0.5
        across = np.abs(x - middle) - half_w
        sole = np.maximum(0.7 * np.maximum(across, ends), np.abs(y - self.sole / 2) - self.sole / 2)
        if not self.heel:
            return sole
        height = points[:, 1]
        post = np.maximum(
            np.abs(x - middle) - np.minimum(0.85 * half_w, 1.3 * self.block), np.abs(z + 0.36) - self.block
        )
        return np.minimum(sole, 0.8 * np.maximum(post, np.maximum(height - self.heel - 0.01, -height)))

    def loft(self, x: np.ndarray, y: np.ndarray, z: np.ndarray, heights: np.ndarray) -> np.ndarray:
        """The distance from a body over the sole, whose height is given from heel to toe at `LOFT_AT`."""
        along = z.clip(-0.5, 0.5)
        half_w, middle = self.footprint(along)
        height = np.interp(along, LOFT_AT, heights).astype(np.float32)
        round_ = (np.abs((x - middle) / half_w) ** 2.4 + ((y - self.sole / 2).clip(0) / height) ** 2.4) ** (1 / 2.4) - 1
        body = 0.7 * round_ * np.minimum(half_w, height)
        return np.maximum(body, np.maximum(0.3 * self.sole - y, 0.9 * (np.abs(z) - 0.5)))


class ClosedShoe(Shoe):
    """With an upper, and laces, straps, a zip or nothing to close it."""

    fastenings: tuple[str, ...] = ("laces", "laces", "laces", "straps", "none")
    throat = 0.2  # laces end below this height

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        super().__init__(rng, rooms)
        self.toe = rng.uniform(0.09, 0.15)
        self.fastening = self.fastenings[rng.integers(len(self.fastenings))]
        self.pitch = 22.0 if self.fastening == "straps" else rng.uniform(55, 90)
        self.half_w_closed = 0.12 if self.fastening == "straps" else 0.055
        self.fastening_colour = any_grey(rng) if rng.random() < 0.5 else self.cloth.mean * rng.uniform(0.4, 1.2)
        self.lining_colour = any_grey(rng)
        self.has_cap, self.has_top, self.has_counter, self.has_bands = rng.random(4) < 0.3
        self.noise, self.grain, self.rough = Noise(rng), rng.uniform(6, 25), rng.uniform(0, 0.005)

    def fastened(self, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """How far laces or straps stand out, 0..1."""
        if self.fastening not in ("laces", "straps"):
            return np.zeros_like(x)
        _, middle = self.footprint(z.clip(-0.5, 0.5))
        place = (np.abs(x - middle) < self.half_w_closed) & (z > -0.15) & (z < 0.22)
        return np.sin((z - 1.2 * y) * np.float32(self.pitch)).clip(0) * place

    def dressed(self, points: np.ndarray, part: np.ndarray) -> np.ndarray:
        """The colours of sole and upper."""
        x, y, z = self.laid_flat(points)
        half_w, middle = self.footprint(z.clip(-0.5, 0.5))
        second = self.second.at(points)
        colours = painted(self.cloth.at(points), part == SOLE, self.sole_colour)
        upper = part == UPPER
        if self.has_cap:
            colours = painted(colours, upper & (z > 0.3), second)
        if self.has_top:
            colours = painted(colours, upper & (y > self.throat), second)
        if self.has_counter:
            colours = painted(colours, upper & (z < -0.3) & (y < 0.3), second)
        if self.has_bands:
            bands = (np.abs(np.sin(14 * (z + y))) < 0.3) & (np.abs(x - middle) > 0.5 * half_w)
            colours = painted(colours, upper & bands, second)
        if self.fastening == "zip":
            colours = painted(colours, upper & (np.abs(z + 0.25) < 0.012), self.fastening_colour)
        return painted(colours, upper & (self.fastened(x, y, z) > 0.05), self.fastening_colour)


class Boot(ClosedShoe):
    """With a shaft, from above the ankle to below the knee, sometimes a heel, sometimes furred."""

    fastenings = ("laces", "laces", "straps", "zip", "none")
    throat = 0.3
    elevations = 0.1, 1.2
    SHAFT_AT = -0.28

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        super().__init__(rng, rooms)
        self.heel = float(rng.choice((0, rng.uniform(0.02, 0.08), rng.uniform(0.1, 0.28)), p=(0.5, 0.25, 0.25)))
        self.pointed = 0.55 if rng.random() < 0.25 else 1.0
        self.height = rng.uniform(0.32, 0.62) if rng.random() < 0.8 else rng.uniform(0.6, 0.95)
        self.radii = rng.uniform(0.105, 0.15), rng.uniform(0.14, 0.19)
        self.lean, self.flare = rng.uniform(-0.08, 0.1), rng.uniform(-0.06, 0.18)
        self.slouch = rng.uniform(0, 0.012) * (rng.random() < 0.6)
        self.folds = rng.uniform(15, 35)
        self.is_furred = rng.random() < 0.3

    def surface(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, y, z = self.laid_flat(points)
        shoe = Union(self.tread(points), SOLE)
        foot = self.loft(x, y, z, np.array((0.2, 0.26, 0.26, 0.21, self.toe + 0.04, self.toe, 0.5 * self.toe)))
        behind = z - np.float32(self.SHAFT_AT) - self.lean * (y - 0.15)
        widening = 1 + self.flare * y.clip(0, 1) - 0.12 * np.exp(-(((y - 0.28) / 0.12) ** 2))  # slim at the ankle
        radius = np.sqrt((x / self.radii[0]) ** 2 + (behind / self.radii[1]) ** 2) / widening
        shaft = 0.8 * self.radii[0] * (radius - 1)
        if self.slouch:
            shaft = shaft + self.slouch * np.sin(self.folds * y + 4 * self.noise(3 * points))
        rim = y - self.height + 0.03 * np.sin(3 * np.arctan2(x, behind))
        shaft = np.maximum(shaft, np.maximum(0.9 * rim, 0.03 - y))
        hollow = np.maximum(0.8 * self.radii[0] * (radius - 0.84), 0.55 * self.height - y)
        upper = np.maximum(smooth_union(foot, shaft, 0.07), -hollow)
        upper = upper + self.rough * self.noise(points * self.grain) - 0.012 * self.fastened(x, y, z)
        shoe.add(upper, UPPER)
        return shoe.distance, shoe.part

    def colours(self, points: np.ndarray, part: np.ndarray, normals: np.ndarray) -> np.ndarray:
        _, y, _ = self.laid_flat(points)
        colours = self.dressed(points, part)
        inside = faces_line(points, normals, self.SHAFT_AT) & (y > 0.4 * self.height) & (normals[:, 1] < 0.5)
        colours = painted(colours, (part == UPPER) & inside, self.lining_colour)
        if self.is_furred:
            fur = 200 + 40 * self.noise(30 * points)[:, None]
            colours = painted(colours, (part == UPPER) & (y > self.height - 0.05), fur)
        return colours


class Sneaker(ClosedShoe):
    """Low, with a thick sole; laced, strapped, or a slipper."""

    OPENING_AT = -0.26
    throat = 0.17

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        super().__init__(rng, rooms)
        self.sole = rng.uniform(0.03, 0.08)
        self.collar = rng.uniform(0.2, 0.3)

    def surface(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, y, z = self.laid_flat(points)
        shoe = Union(self.tread(points), SOLE)
        heel, toe = self.collar * np.array((0.9, 1, 0.95)), self.toe * np.array((1, 0.5))
        upper = self.loft(x, y, z, np.array((*heel, 0.2, self.toe + 0.03, *toe)))
        across, down, along = x / (0.105 * self.wide), (y - self.collar - 0.02) / 0.16, (z - self.OPENING_AT) / 0.2
        hollow = 0.08 * (np.sqrt(across**2 + down**2 + along**2) - 1)
        upper = np.maximum(upper, -hollow) + self.rough * self.noise(points * self.grain)
        shoe.add(upper - 0.012 * self.fastened(x, y, z), UPPER)
        return shoe.distance, shoe.part

    def colours(self, points: np.ndarray, part: np.ndarray, normals: np.ndarray) -> np.ndarray:
        _, y, z = self.laid_flat(points)
        inside = faces_line(points, normals, self.OPENING_AT) & (y > 0.06) & (z < 0)
        return painted(self.dressed(points, part), (part == UPPER) & inside, self.lining_colour)


class Pair:
    """A shoe and its mirror image beside each other, or one alone; some lie on their side."""

    def __init__(self, shoe: Shoe, rng: np.random.Generator) -> None:
        self.shoe, self.gloss = shoe, shoe.gloss
        self.middle, self.span = (0.0, shoe.height / 2, 0.0), 1.75
        sides = (-1, 1) if rng.random() < PAIR_SHARE else (1,)
        apart = rng.uniform(0.18, 0.27) * max(1.0, shoe.wide) * (len(sides) - 1)
        self.places = []
        for side in sides:
            turn = rotation(rng.normal(0, 0.18), 1)
            at = vector(side * apart, 0, rng.normal(0, 0.08))
            if rng.random() < (LYING_IN_A_PAIR if len(sides) == 2 else LYING_SHARE):
                turn = rotation(-side * np.pi / 2, 2) @ turn  # its shaft outwards
                at, self.span = at + vector(0, 0.16, 0), 1.75 + shoe.height
            mirror = vector(side, 1, 1)
            self.places.append((turn * mirror, at))

    def surface(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `renderer.Body`; the part tells which shoe it is of, too."""
        both = [self.shoe.surface((points - at) @ turn) for turn, at in self.places]
        (distance, part), (other, other_part) = both[0], both[-1]
        nearer = other < distance
        return np.where(nearer, other, distance), np.where(nearer, other_part + SECOND, part)

    def colours(self, points: np.ndarray, part: np.ndarray, normals: np.ndarray) -> np.ndarray:
        """As `renderer.Body`."""
        both = [self.shoe.colours((points - at) @ turn, part % SECOND, normals @ turn) for turn, at in self.places]
        return painted(both[0], part >= SECOND, both[-1])


def faces_line(points: np.ndarray, normals: np.ndarray, z: float) -> np.ndarray:
    """Where a surface faces the vertical line at x = 0 and `z`: the lining, where it runs through the opening."""
    return points[:, 0] * normals[:, 0] + (points[:, 2] - np.float32(z)) * normals[:, 2] < 0
