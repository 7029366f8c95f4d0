"""Dresses and T-shirts laid flat, most of them without sleeves: what tells them apart is their length and their hem."""

from __future__ import annotations

import numpy as np

from .flat_garment import Garment
from .shapes import smooth_step


class Top(Garment):
    """Short and straight; without sleeves, or with short ones."""

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        super().__init__(rng, rooms)
        self.thick, self.ribbed = rng.uniform(0.03, 0.05), 0.0
        self.low = self.shoulder - rng.uniform(0.7, 1.05)
        self.neck_w, self.neck_d = rng.uniform(0.08, 0.2), rng.uniform(0.04, 0.25)
        if rng.random() < 0.6:
            self.leave_out_sleeves(rng)
        else:
            self.shorten_sleeves()


class Dress(Garment):
    """Longer than wide, sometimes wide at the hem, or from the waist on, pleated or belted; mostly without sleeves."""

    half_widths = 0.25, 0.37

    def __init__(self, rng: np.random.Generator, rooms: np.ndarray) -> None:
        super().__init__(rng, rooms)
        self.thick, self.ribbed = rng.uniform(0.03, 0.06), 0.0
        self.neck_w, self.neck_d = rng.uniform(0.08, 0.18), rng.uniform(0.04, 0.28)
        sleeves = rng.choice(("none", "short", "long"), p=(0.6, 0.25, 0.15))
        # Short and wide with sleeves, it could as well be a T-shirt or a pullover.
        height = rng.uniform({"none": 1.15, "short": 1.25, "long": 1.4}[sleeves], 2)
        self.low = self.shoulder - height
        self.middle = 0.0, self.shoulder - height / 2, 0.0
        self.hem = max(height * rng.uniform(0.2, 0.38 if sleeves == "none" else 0.3) - self.half_w, -0.04)
        self.flare = rng.uniform(0.8, 1.2) if rng.random() < 0.6 else rng.uniform(1.2, 2.5)
        if sleeves == "none":
            self.leave_out_sleeves(rng)
        elif sleeves == "short":
            self.shorten_sleeves()
        if rng.random() < 0.3:
            self.belt = self.shoulder - height * rng.uniform(0.25, 0.4)
        self.pleats, self.pleat_pitch = rng.uniform(0, 0.012) * (rng.random() < 0.4), rng.uniform(20, 60)

    def surface(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        distance, part = super().surface(points)
        x, y, _ = points.T
        below_waist = smooth_step(self.shoulder - 0.45, self.shoulder - 0.7, y)
        return distance + self.pleats * below_waist * np.abs(np.sin(self.pleat_pitch * x / 2)), part
