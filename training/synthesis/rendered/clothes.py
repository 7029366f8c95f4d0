"""Coats, pullovers and shirts laid flat, with what tells them apart: openings, collars, hoods, cuffs, in all shapes."""

from __future__ import annotations

import numpy as np

from .flat_garment import BODY, COLLAR, Garment
from .renderer import painted
from .shapes import Union, rounded_box, vector


class Pullover(Garment):
    """Closed; ribbed, with a polo neck, or a sweatshirt with a pouch and a hood."""

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        super().__init__(rng, rooms)
        self.ribbed = rng.uniform(0.05, 0.12) * (rng.random() < 0.8)
        self.has_polo_neck = rng.random() < 0.2
        if not self.has_polo_neck and rng.random() < 0.25:
            self.hood = rng.uniform(0.16, 0.24)
            if rng.random() < 0.7:
                half = vector(rng.uniform(0.15, 0.24), 0.1, 0.015)
                self.pockets.append((vector(0, self.low + 0.25, self.thick), half))

    def add_parts(self, garment: Union, points: np.ndarray) -> None:
        super().add_parts(garment, points)
        if self.has_polo_neck:
            place, half = vector(0, self.shoulder, 0), vector(self.neck_w, 0.07, 0.7 * self.thick)
            garment.add(rounded_box(points - place, half, 0.02), COLLAR, 0.02)


class Coat(Garment):
    """Open in front: a zip, buttons or nothing, lapels, a collar or a hood, pockets, sometimes quilted or long."""

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        super().__init__(rng, rooms)
        self.thick = rng.uniform(0.05, 0.13)
        if rng.random() < 0.4:
            self.low = -rng.uniform(0.65, 1.0)
        self.ribbed = rng.uniform(0.05, 0.1) * (rng.random() < 0.25)
        if rng.random() < 0.25:
            self.quilt = rng.uniform(0.015, 0.04)
        self.closing = ("zip", "zip", "buttons", "buttons", "open")[rng.integers(5)]
        self.gap = rng.uniform(0.01, 0.12) if self.closing == "open" else 0.0
        self.off = rng.normal(0, 0.02) + float(rng.choice((0, 0.08), p=(0.8, 0.2)))
        self.lapel = rng.uniform(0.2, 0.6) if rng.random() < 0.45 else 0.0
        self.lapel_w = rng.uniform(0.08, 0.17)
        if not self.lapel and rng.random() < 0.5:
            self.hood = rng.uniform(0.15, 0.25)
        self.collar = rng.uniform(0.05, 0.12) if not self.hood else 0.0
        bottom = self.shoulder - max(self.lapel, 0.1)
        if self.closing == "buttons":
            for y in np.linspace(bottom, self.low + 0.1, rng.integers(2, 7)):
                self.buttons.append(vector(self.off + 0.02, y, self.thick))
                if self.off > 0.06:
                    self.buttons.append(vector(-self.off - 0.02, y, self.thick))
        if rng.random() < 0.7:
            slant, at = rng.uniform(0.02, 0.06), rng.uniform(0.2, 0.45) * (self.shoulder - self.low)
            for side in (-1, 1):
                place = vector(side * 0.6 * self.half_w, self.low + at, self.thick)
                self.pockets.append((place, vector(rng.uniform(0.06, 0.1), rng.choice((0.02, 0.08)) + slant, 0.012)))
        if rng.random() < 0.25:
            for side in (-1, 1)[: rng.integers(1, 3)]:
                self.pockets.append((vector(side * 0.5 * self.half_w, 0.15, self.thick), vector(0.07, 0.05, 0.012)))
        if rng.random() < 0.12:
            self.belt = rng.uniform(-0.2, 0.05)

    def from_slit(self, points: np.ndarray) -> np.ndarray:
        """How far points are from the line down the front, or from the edges where it gapes; negative between."""
        x, y, _ = points.T
        return np.abs(x - self.off - 0.01 * np.sin(6 * y)) - self.gap * (self.shoulder - y).clip(0, 1)

    def add_parts(self, garment: Union, points: np.ndarray) -> None:
        slit = np.maximum(self.from_slit(points) - 0.012, 0.3 * self.thick - points[:, 2])
        garment.distance = np.maximum(garment.distance, -0.6 * slit)
        super().add_parts(garment, points)
        if not (self.lapel or self.collar):
            return
        neck, breast = (self.neck_w + 0.03, self.shoulder + 0.02), self.shoulder - max(self.lapel, self.neck_d)
        tip = (0.8 * self.neck_w + 0.03, breast - self.collar)
        if self.lapel:
            tip = (self.neck_w + self.lapel_w, self.shoulder - 0.4 * self.lapel)
        garment.add(self.flap(points, np.array((neck, (self.off, breast), tip))), COLLAR)
        garment.add(self.stand(points, 0.06), COLLAR)

    def colours(self, points: np.ndarray, part: np.ndarray, normals: np.ndarray) -> np.ndarray:
        colours = super().colours(points, part, normals)
        line = (part == BODY) & (self.from_slit(points) < 0.015)
        colours = painted(colours, line, self.fittings_colour if self.closing == "zip" else self.lining_colour)
        return painted(colours, part == COLLAR, self.second.at(points))


class Shirt(Garment):
    """Thin, with a pointed collar, a row of buttons on a band, a breast pocket; often with short sleeves."""

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        super().__init__(rng, rooms)
        self.thick = rng.uniform(0.03, 0.05)
        self.ribbed = 0.0
        if rng.random() < 0.35:
            self.shorten_sleeves()
        self.band = rng.uniform(0.02, 0.04)
        self.collar = rng.uniform(0.1, 0.18)
        ends = self.shoulder - 0.12, rng.choice((self.low + 0.08, 0.1), p=(0.8, 0.2))
        for y in np.linspace(*ends, rng.integers(4, 9)):
            self.buttons.append(vector(0, y, self.thick))
        self.buttoned_to = ends[1]
        if rng.random() < 0.5:
            for side in (-1, 1)[: rng.integers(1, 3)]:
                self.pockets.append((vector(side * 0.5 * self.half_w, 0.18, self.thick), vector(0.08, 0.09, 0.008)))

    def add_parts(self, garment: Union, points: np.ndarray) -> None:
        super().add_parts(garment, points)
        neck, breast = (self.neck_w + 0.02, self.shoulder + 0.02), (0.0, self.shoulder - self.neck_d)
        tip = (0.7 * self.neck_w + 0.03, self.shoulder - self.neck_d - 0.5 * self.collar)
        garment.add(self.flap(points, np.array((neck, breast, tip))), COLLAR)
        garment.add(self.stand(points, 0.05), COLLAR)

    def colours(self, points: np.ndarray, part: np.ndarray, normals: np.ndarray) -> np.ndarray:
        colours = super().colours(points, part, normals)
        x, y, _ = points.T
        edge = (part == BODY) & (np.abs(np.abs(x) - self.band) < 0.008) & (y > self.buttoned_to)
        return painted(colours, edge, 0.7 * self.cloth.at(points))
