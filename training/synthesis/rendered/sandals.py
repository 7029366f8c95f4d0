"""Sandals from above and beside, mostly in pairs: Fashion-MNIST shows one from its left, and photographs are few."""

from __future__ import annotations

import numpy as np

from .renderer import painted
from .shapes import Union, capsule
from .shoes import SOLE, Shoe

INSTEP = (-0.4, -0.1, 0.1, 0.3), (0.24, 0.2, 0.13, 0.08)  # along the foot, and how high bands are there
STRAP = 2  # a part beside the shoes' `SOLE`


class Sandal(Shoe):
    """A sole with bands over the foot, or a thong; sometimes a strap around the ankle, a closed heel, a high one."""

    elevations = 0.3, 1.55

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        super().__init__(rng, rooms)
        self.sole = rng.uniform(0.02, 0.06)
        self.heel = rng.uniform(0.05, 0.35) if rng.random() < 0.35 else 0.0
        self.block = rng.uniform(0.02, 0.1)
        wide, front, slant = rng.uniform(0.025, 0.06), rng.uniform(0.15, 0.25), rng.uniform(0.05, 0.2)
        ways = (rng.normal(0, slant, 7) * (rng.random() < 0.5)).tolist()
        # Where along the foot each band is in its middle, half its width, and how far its outer end is before that.
        self.bands: list[tuple[float, float, float]] = (
            [],
            [(rng.uniform(0.12, 0.22), rng.uniform(0.08, 0.14), 0.0)],
            [(front, wide + 0.02, 0.0), (rng.uniform(-0.08, 0.08), wide + 0.02, ways[0])],
            [(front, wide, ways[0]), (rng.uniform(-0.3, -0.2), 0.7 * wide, 0.0)],
            [(front - 0.06, wide, slant), (front - 0.06, wide, -slant)],
            [(float(at), 0.7 * wide, way) for at, way in zip(np.linspace(0.25, -0.35, 7), ways, strict=True)],
        )[rng.integers(6)]
        if len(self.bands) == 7:
            self.bands = self.bands[: rng.integers(4, 8)]
        self.has_ankle_strap, self.has_counter, self.has_ridge = rng.random(3) < (0.5, 0.2, 0.15)
        self.thickness = rng.uniform(0.008, 0.016)

    def surface(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, y, z = self.laid_flat(points)
        flat = np.stack((x, y, z), axis=1)
        shoe = Union(self.tread(points), SOLE)
        half_w, middle = self.footprint(z.clip(-0.5, 0.5))
        across = (x - middle) / half_w
        for at, wide, way in self.bands:
            shell = self.shell(across, y, half_w, float(np.interp(at, *INSTEP)))
            bent = np.abs(z - at - way * across + 0.05 * (1 - across**2)) - wide
            shoe.add(np.maximum(shell, 0.5 * np.maximum(bent, -y)), STRAP)
        if self.has_counter:
            shell = self.shell(across, y, half_w, 0.24)
            behind = np.maximum(0.6 * np.maximum(z + 0.3, y - 0.2), np.maximum(-0.5 - z, -y))
            shoe.add(np.maximum(shell, behind), STRAP)
        if self.has_ridge and self.bands:
            shell = self.shell(across, y, half_w, np.interp(z, *INSTEP).astype(np.float32))
            shoe.add(np.maximum(shell, np.maximum(np.abs(x - middle) - 0.025, np.abs(z - 0.05) - 0.2)), STRAP)
        if not self.bands:
            toe, ridge = np.array((0, self.sole, 0.33)), np.array((0, self.sole + 0.1, 0.14))
            shoe.add(capsule(flat, toe, ridge, 0.016), STRAP)
            for side in (-1, 1):
                end = np.array((side * 0.14 * self.wide, self.sole, -0.02))
                shoe.add(capsule(flat, ridge, end, 0.022), STRAP)
        if self.has_ankle_strap:
            around = np.abs(np.sqrt((x / 0.12) ** 2 + ((z + 0.27) / 0.16) ** 2) - 1) * 0.12 - self.thickness
            shoe.add(0.8 * np.maximum(around, np.abs(y - 0.22) - 0.022), STRAP)
            vertical = np.maximum(np.abs(np.abs(x - middle) - 0.95 * half_w) - 0.012, np.abs(z + 0.3) - 0.025)
            shoe.add(0.8 * np.maximum(vertical, np.maximum(y - 0.22, -y)), STRAP)
        return shoe.distance, shoe.part

    def shell(self, across: np.ndarray, y: np.ndarray, half_w: np.ndarray, height: float | np.ndarray) -> np.ndarray:
        """The distance from an arch over the foot, as wide as the sole."""
        round_ = (np.abs(across) ** 2.2 + (y.clip(0) / height) ** 2.2) ** (1 / 2.2) - 1
        return 0.7 * (np.abs(round_) * np.minimum(half_w, height) - self.thickness)

    def colours(self, points: np.ndarray, part: np.ndarray, normals: np.ndarray) -> np.ndarray:
        _, y, _ = self.laid_flat(points)
        colours = painted(self.cloth.at(points), part == SOLE, self.sole_colour)
        return painted(colours, (part == SOLE) & (y > 0.85 * self.sole), self.second.at(points))
