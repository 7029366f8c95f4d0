"""Bags drawn at random: the photographs have none, and Fashion-MNIST no backpack."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fashioncam.messages import Image

from .drawing import MIDDLE, Drawing, bezier, curve, filled, strip


def draw_bag(rng: np.random.Generator, rooms: np.ndarray) -> Image:
    """A backpack, its back with the straps, a shoulder bag, a tote or a travel bag; as `Drawing.cutout`."""
    bag = Drawing(rng, rooms)
    KINDS[rng.integers(len(KINDS))](bag, rng)
    return bag.cutout()


def backpack(bag: Drawing, rng: np.random.Generator) -> None:
    """From the front: a loop on top, straps that look out at the sides, pockets with zips."""
    half_w, half_h = rng.uniform(42, 62), rng.uniform(62, 82)
    if rng.random() < 0.6:
        side = rng.choice((-1, 1), size=rng.integers(1, 3), replace=False)
        for sign in side:
            out = rng.uniform(0.95, 1.3) * half_w * sign
            ends = np.array(((0.5 * half_w * sign, -half_h), (out, -0.1 * half_h), (0.8 * half_w * sign, half_h)))
            bag.part(strip(curve(ends), int(rng.integers(6, 14))), bag.second)
    grip(bag, rng, 0, -half_h, rng.uniform(8, 18), rng.uniform(8, 20))
    bag.part(body(half_w, half_h, rng.uniform(0.6, 1.0), rng.uniform(2.5, 5)), bag.cloth)
    if rng.random() < 0.8:
        bag.seam(arch(half_w * rng.uniform(0.7, 0.95), half_h * rng.uniform(0.75, 0.92)), int(rng.integers(1, 5)))
    for low in np.sort(rng.uniform(0.1, 0.6, rng.integers(0, 3)))[::-1]:
        height = half_h * low
        pocket = body(half_w * rng.uniform(0.6, 0.92), height, rng.uniform(0.85, 1), 4, half_h * 0.95 - height)
        bag.part(pocket, bag.cloth if rng.random() < 0.6 else bag.second)
        middle = half_h * 0.95 - rng.uniform(1.2, 1.8) * height
        bag.seam(np.array(((-0.5 * half_w, middle), (0.5 * half_w, middle))), int(rng.integers(1, 4)))


def backpack_straps(bag: Drawing, rng: np.random.Generator) -> None:
    """From behind: two padded straps over the back."""
    half_w, half_h = rng.uniform(42, 60), rng.uniform(60, 82)
    grip(bag, rng, 0, -half_h, rng.uniform(8, 16), rng.uniform(8, 18))
    bag.part(body(half_w, half_h, rng.uniform(0.6, 1.0), rng.uniform(2.5, 5)), bag.cloth)
    inner, outer, wide = rng.uniform(0.15, 0.4), rng.uniform(0.6, 1.25), int(rng.integers(10, 20))
    for sign in (-1, 1):
        ends = ((inner, -0.9), (outer, -0.4 + rng.uniform(-0.1, 0.3)), (rng.uniform(0.7, 0.95), 0.85))
        path = curve(np.array([(sign * x * half_w, y * half_h) for x, y in ends]))
        bag.part(strip(path, wide), bag.second, 0.6)


def shoulder_bag(bag: Drawing, rng: np.random.Generator) -> None:
    """A body with a flap, a pouch or a sling, on one long strap."""
    half_w, half_h = rng.uniform(45, 75), rng.uniform(32, 62)
    if rng.random() < 0.7:
        reach = min(rng.uniform(0.8, 2.0) * half_h, MIDDLE - half_h - 6)
        ends = np.array(
            ((-0.9 * half_w, -half_h * 0.8), (rng.normal(0, 20), -half_h - reach), (0.9 * half_w, -half_h * 0.8))
        )
        bag.part(strip(curve(ends), int(rng.integers(2, 9))), bag.second)
    bag.part(body(half_w, half_h, rng.uniform(0.8, 1.1), rng.uniform(2, 8)), bag.cloth)
    if rng.random() < 0.7:
        down = rng.uniform(0.4, 0.8)
        flap = body(half_w, half_h * down, rng.uniform(0.9, 1.05), rng.uniform(2, 5), -half_h * (1 - down))
        bag.part(flap, bag.cloth if rng.random() < 0.7 else bag.second, 0.5)
    if rng.random() < 0.5:
        at = rng.uniform(-0.2, 0.5) * half_h
        bag.seam(np.array(((-8, at), (8, at))), int(rng.integers(3, 12)))


def tote(bag: Drawing, rng: np.random.Generator) -> None:
    """Open at the top, with two handles, one behind the other."""
    half_w, half_h = rng.uniform(42, 68), rng.uniform(42, 66)
    apart, reach, wide = rng.uniform(0.3, 0.6) * half_w, rng.uniform(0.4, 1.4) * half_h, int(rng.integers(3, 10))
    bag.part(strip(handle(apart, half_h, reach, rng.normal(0, 6)), wide), bag.second)
    bag.part(body(half_w, half_h, rng.uniform(0.9, 1.3), rng.uniform(5, 14)), bag.cloth)
    if rng.random() < 0.6:
        bag.part(strip(handle(apart, half_h * rng.uniform(0.6, 1), reach, rng.normal(0, 6)), wide), bag.second)
    if rng.random() < 0.4:
        bag.part(body(half_w * 0.5, half_h * 0.3, 1, 4, rng.uniform(-0.3, 0.5) * half_h), bag.second)


def travel_bag(bag: Drawing, rng: np.random.Generator) -> None:
    """Wide and round, two handles, bands down its sides, pockets at its ends."""
    half_w, half_h = rng.uniform(62, 84), rng.uniform(32, 48)
    apart, reach, wide = rng.uniform(0.25, 0.5) * half_w, rng.uniform(0.3, 1.2) * half_h, int(rng.integers(4, 10))
    bag.part(strip(handle(apart, half_h * 0.9, reach, rng.normal(0, 8)), wide), bag.second)
    bag.part(body(half_w, half_h, rng.uniform(0.85, 1.0), rng.uniform(2.5, 6)), bag.cloth)
    for sign in (-1, 1):
        x = sign * apart
        if rng.random() < 0.8:
            bag.part(strip(np.array(((x, -half_h * 0.95), (x, half_h * 0.95))), wide), bag.second)
        if rng.random() < 0.4:
            bag.seam(np.array(((1.6 * x, -half_h), (1.6 * x, half_h))), int(rng.integers(1, 5)))
    bag.seam(np.array(((-0.8 * half_w, -0.75 * half_h), (0.8 * half_w, -0.75 * half_h))), int(rng.integers(1, 4)))


KINDS: tuple[Callable[[Drawing, np.random.Generator], None], ...] = (
    backpack,
    backpack,
    backpack_straps,
    shoulder_bag,
    tote,
    travel_bag,
)


def body(half_w: float, half_h: float, top: float, corner: float, down: float = 0.0) -> Image:
    """A superellipse of exponent `corner`, `top` times as wide at its top, `down` pixels below the middle."""
    turns = np.linspace(0, 2 * np.pi, 80, endpoint=False)
    x = np.sign(np.cos(turns)) * np.abs(np.cos(turns)) ** (2 / corner)
    y = np.sign(np.sin(turns)) * np.abs(np.sin(turns)) ** (2 / corner)
    width = half_w * (1 - (1 - top) * (1 - y) / 2)
    return filled(np.stack((x * width, y * half_h + down), axis=1))


def grip(bag: Drawing, rng: np.random.Generator, x: float, y: float, half_w: float, reach: float) -> None:
    """A small loop to hang it by."""
    ends = np.array(((x - half_w, y + 6), (x, y - reach), (x + half_w, y + 6)))
    bag.part(strip(curve(ends), int(rng.integers(4, 9))), bag.second)


def handle(apart: float, half_h: float, reach: float, lean: float) -> np.ndarray:
    """A loop over the top, K x 2."""
    ends = ((-apart, -half_h), (-apart * 0.9 + lean, -half_h - reach), (apart * 0.9 + lean, -half_h - reach))
    return bezier(np.array((*ends, (apart, -half_h))))


def arch(half_w: float, half_h: float) -> np.ndarray:
    """Half an ellipse over the middle, K x 2."""
    turns = np.linspace(np.pi, 2 * np.pi, 30)
    return np.stack((half_w * np.cos(turns), half_h * np.sin(turns)), axis=1)
