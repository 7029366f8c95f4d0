"""The garments of the demo clip, each drawn by one function on its own canvas, seen from the front or the left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from garment_canvas import Canvas, fill, itself, line, path, reflect, shifted, soften, stitches, symmetric

CREAM, LINING, GOLD, THREAD, SOLE = "#e8d9b8", "#16203a", "#c79a3e", "#c98a4b", "#33231b"


@dataclass(frozen=True, slots=True)
class Garment:
    """One garment: the class it is to be named as, its main colour '#rrggbb', and what draws it."""

    label: str
    rgb_hex: str
    draw: Callable[[str], Canvas]


def draw_t_shirt(rgb_hex: str) -> Canvas:
    """Short sleeves, a round neck with a ribbed collar, hems with double stitching."""
    canvas = Canvas()
    body = fill(
        symmetric(
            "50,10 44,9.2 40,6.5 | 31,9.5 23,13 | 15,24 8,37.5 | 14.6,41 21.5,43 | 26,34 | "
            "25.6,50 24.6,75 24,91 | 37,93 50,93.4"
        )
    )
    canvas.cloth(body, rgb_hex)
    inside = fill(symmetric("50,10 44,9.2 40,6.5 | 43,13 50,16"))
    canvas.light(inside, -0.45)
    front_neck = path("40,6.5 43,13 50,16 57,13 60,6.5")
    canvas.cloth(line(front_neck, 2.4) * body, rgb_hex, roundness=0.8)
    canvas.seam(path("38.5,7 41.8,14.2 50,17.6 58.2,14.2 61.5,7"))
    for side in (itself, reflect):
        canvas.seam(side(path("27,11.4 25.4,20 25.7,28 26,34")), strength=0.4)
        canvas.light(stitches(side(path("9.2,35.2 16,38.8 22.4,40.6"))), -0.3)
    for y in (89.5, 90.6):
        canvas.light(stitches(path(f"24.4,{y - 0.8} 37,{y + 0.8} 50,{y + 1.2} 63,{y + 0.8} 75.6,{y - 0.8}")), -0.28)
    canvas.fold("29,35 35,42 44,46", 3.0)
    canvas.fold("71,36 66,47 58,55", 3.4)
    canvas.fold("30,58 40,66 53,69", 3.6, 0.24)
    canvas.fold("69,66 62,78 60,92", 4.2, 0.26)
    canvas.fold("35,74 33,84 34,94", 3.6, 0.24)
    canvas.fold("46,76 47,85 46,94", 3.0, 0.16)
    canvas.fold("16,27 18,33 17,39", 1.8, 0.22)
    canvas.fold("83,25 82,32 84,38", 1.8, 0.22)
    return canvas


def draw_trouser(rgb_hex: str) -> Canvas:
    """Straight jeans: waistband with loops and a button, pockets, a fly, worn knees, contrasting stitches."""
    canvas = Canvas()
    legs = fill(
        symmetric(
            "50,6.5 43,6.2 36.5,5.6 | 34.5,16 31.5,27 31,45 31.5,70 32,94 | 38,95 44.3,94.6 | 46,75 47.6,55 50,34"
        )
    )
    canvas.cloth(legs, rgb_hex, roundness=3.4, weave_strength=0.05)
    for worn in (path("39,24 38.5,50 38,88"), path("60,24 60.5,50 61,88")):
        canvas.light(soften(line(worn, 4), 2.2), 0.28)
    band = symmetric("50,6.5 43,6.2 36.5,5.6 | 36,10.4 | 43,11.2 50,11.5")
    canvas.cloth(fill(band), rgb_hex, roundness=1.2, weave_strength=0.05)
    canvas.seam(path("36,10.4 43,11.2 50,11.5 57,11.2 64,10.4"))
    for side in (itself, reflect):
        canvas.seam(side(path("44.5,11.4 43.5,16 35,19.5")))
        canvas.paint(stitches(side(path("43.9,11.8 42.9,15.4 35,18.6")), 0.9, 0.3), THREAD, 0.8)
        canvas.paint(stitches(side(path("32.6,92 38,92.8 44,92.4")), 0.9, 0.3), THREAD, 0.7)
        canvas.cloth(line(side(path("40.6,5.8 40.4,11.6")), 1.5) * legs, rgb_hex, roundness=0.6)
        canvas.seam(side(path("33.4,24 32.6,45 33,70 33.4,93")), 0.35, 0.22)
    canvas.seam(path("50,11.5 50,34"), 0.5, 0.4)
    canvas.paint(stitches(path("52.8,12 52.8,22 50.3,27.5"), 0.9, 0.3), THREAD, 0.8)
    canvas.cloth(line(path("50,8.9 50.01,8.9"), 2.2), "#b58a4a", 0.8, 0.0)
    for fold in (
        "46,35 41,38 35,38",
        "54,34 60,38 65,37",
        "47,38 42,43 37,45",
        "54,39 58,43 62,44",
        "34,57 38,60 43,58",
        "57,59 61,61 66,58",
        "34,84 38,87 43,85",
        "57,86 61,88 66,85",
    ):
        canvas.fold(fold, 1.9, 0.26)
    return canvas


def draw_dress(rgb_hex: str) -> Canvas:
    """Sleeveless, a fitted bodice with a sash, a flared skirt that falls in folds."""
    canvas = Canvas()
    body = fill(
        symmetric(
            "50,14.5 45.5,13 42.4,6 | 37.4,5.4 | 36.4,12 33.4,18 33.6,22.5 | 35.4,32 37.4,40 | "
            "34.5,52 29.5,72 25.5,92 | 31,94.6 37,94.2 43,95.8 50,95.2"
        )
    )
    canvas.cloth(body, rgb_hex)
    canvas.cloth(line(path("42.4,6 45.5,13 50,14.5 54.5,13 57.6,6"), 1.1) * body, rgb_hex, 0.5)
    for side in (itself, reflect):
        canvas.seam(side(path("37.6,5.6 36.8,12 34,18 34.1,22.5")), 0.4)
    canvas.fold("37,24 41,29 43,38", 1.8, 0.3)
    canvas.fold("63,24 60,30 58,38", 1.8, 0.3)
    for hanging in (
        "40,42 38,60 32.5,94",
        "44.5,43 43,64 40,95",
        "49,43 49.5,66 48,95",
        "54,43 56.5,64 57,95",
        "58.5,42 62,62 66.5,94",
    ):
        canvas.fold(hanging, 4.4, 0.42)
    canvas.fold("61,44 66,66 71.5,92", 2.6, 0.3)
    sash = symmetric("50,38.4 44,38.2 37,37.6 | 36.8,42.2 | 44,43 50,43.3")
    canvas.cloth(fill(sash), rgb_hex, 1.4, 0.02)
    canvas.light(soften(fill(sash), 0.1), -0.28)
    hem = "26,89.6 31,92.2 37,91.8 43,93.4 50,92.8 57,93.4 63,91.8 69,92.2 74,89.6"
    canvas.light(stitches(path(hem), 0.9, 0.3), -0.3)
    return canvas


def draw_sneaker(rgb_hex: str) -> Canvas:
    """A low trainer: gum sole, toe cap, two side stripes, laces over a tongue, a padded collar."""
    canvas = Canvas()
    canvas.cloth(fill(path("46,43.3 48.6,37.2 52.6,35.3 57,35.7 59.4,38 60,43.3")), rgb_hex, 1.6)
    canvas.cloth(fill(path("57,40.3 62,39.8 68,41.5 75,41.5 81,39.5 85,38.2 | 86,46.4 | 57,46.4")), LINING, 1.0)
    upper = fill(
        path(
            "7,62 7,57.4 10.4,54.7 17,52.8 25,50.9 33,47.8 41,44.1 48,40.3 52.4,38 | 55.6,40.3 60,42.7 | 66,44.4 "
            "73,44.1 79.6,41.6 84.6,38.2 88.4,36.7 | 91.4,37.6 92,40.3 91.2,46.4 92.6,54 93,62"
        )
    )
    canvas.cloth(upper, rgb_hex, 4.6)
    canvas.light(soften(line(path("14,55 24,52.8 33,49.9"), 2.4), 1.4) * upper, 0.3)
    canvas.light(fill(path("7,62 7,57 10,53.1 17,51.7 | 22.6,54 26,57.4 27,62.8")) * upper, 0.16)
    canvas.seam(path("18,52.8 22.6,54.4 26,57.4 27,62.8"))
    counter = "80,41.3 78,46.4 80.4,54 80,62"
    canvas.light(fill(path(f"{counter} | 96,62 | 96,35.7 | 80,41.3")) * upper, -0.24)
    canvas.seam(path(counter))
    for stripe in ("46,62 51.6,54 55.4,47.1", "52.6,62 58.2,54 62,47.1"):
        canvas.light(soften(line(path(stripe), 3.2), 0.4) * upper, -0.25)
        canvas.cloth(line(path(stripe), 2.3) * upper, CREAM, 0.7)
    eyestay = "31.6,50.1 40,49.3 50,46.8 56.4,44.8 59,42.3"
    canvas.seam(path(eyestay), 0.5, 0.4)
    canvas.light(stitches(shifted(path(eyestay), -0.2, -1.3), 0.9, 0.3), 0.4)
    canvas.cloth(line(path("60,42.7 66,44.4 73,44.1 79.6,41.6 84.6,38.2 88.4,36.7"), 1.8) * upper, LINING, 0.9)
    for x, y in ((35.6, 46.8), (39.8, 44.8), (44, 42.7), (48, 40.5), (51.6, 38.2)):
        lace = path(f"{x - 1.2},{y - 0.9} {x + 1.6},{y + 0.8} {x + 4.4},{y + 3.8}")
        canvas.light(soften(line(lace, 2.4), 0.5) * upper, -0.3)
        canvas.cloth(line(lace, 1.4), CREAM, 0.6)
    canvas.fold("25.4,52.4 29.6,55.4 30.6,59.4", 1.8, 0.22)
    canvas.fold("31,50.9 35.4,54 36.4,58.5", 1.8, 0.18)
    sole = fill(
        path(
            "5.4,59.4 | 25,60.6 50,60.6 75,59.9 94,58.8 | 95.4,62 94.8,65.8 92.6,67.7 | 60,68.4 28,68.4 | 14,67.7 "
            "7.4,65.3 4.8,62 5.4,59.4"
        )
    )
    canvas.cloth(sole, "#a8743f", 1.6, 0.01)
    canvas.light(line(path("6,64.7 14,67.2 28,67.8 60,67.8 92.6,67 94.8,64.6"), 1.8) * sole, -0.45)
    canvas.paint(stitches(path("7,61.3 25,62.5 50,62.5 75,61.8 93.6,60.7"), 0.9, 0.35), CREAM, 0.8)
    return canvas


def draw_bag(rgb_hex: str) -> Canvas:
    """A leather handbag: two round handles on rings, a flap with a clasp, stitched edges."""
    canvas = Canvas()
    canvas.cloth(line(path("36,44 37,26 43,17 50,15 57,17 63,26 64,44"), 3.2), rgb_hex, 1.6, 0.0)
    canvas.light(canvas.alpha, -0.3)
    canvas.cloth(line(path("31,48 32.5,28 40,16.5 50,13.6 60,16.5 67.5,28 69,48"), 3.6), rgb_hex, 1.6, 0.0)
    outline = symmetric("50,38.6 32,39 19,40.6 | 16.6,44 14,56 10,77 8.4,84 | 9,87.6 13,88.6 | 32,89.4 50,89.6")
    body = fill(outline)
    canvas.cloth(body, rgb_hex, 4.6, 0.012)
    canvas.fold("20,66 17,76 17,86", 3.0, 0.22)
    canvas.fold("79,64 83,76 83,86", 3.0, 0.22)
    flap = symmetric("50,38.6 32,39 19,40.6 | 17,45 15.8,50 | 22,60 34,64.6 50,66")
    shade = soften(fill(flap), 0.9)
    canvas.light(shade * (1 - fill(flap)) * body, -0.5)
    canvas.cloth(fill(flap), rgb_hex, 3.2, 0.012)
    canvas.light(fill(flap), 0.10)
    canvas.paint(
        stitches(symmetric("50,40.4 32,40.8 20.4,42.2 | 18.8,45.5 17.6,49.6 | 23.4,58.4 35,62.8 50,64.2")),
        CREAM,
        0.55,
    )
    canvas.paint(
        stitches(
            path("15.6,53 11.8,77 10.4,84.4 13.4,86.8 32,87.6 50,87.8 68,87.6 86.6,86.8 89.6,84.4 88.2,77 84.4,53")
        ),
        CREAM,
        0.45,
    )
    for x in (31, 69):
        canvas.cloth(
            fill(path(f"{x - 3},44 | {x + 3},44 | {x + 2.6},52 {x},54 {x - 2.6},52 {x - 3},44")), rgb_hex, 1.2, 0
        )
        canvas.cloth(line(path(f"{x - 2.4},44.4 {x + 2.4},44.4"), 1.8), GOLD, 0.7, 0)
    canvas.cloth(fill(symmetric("50,60.6 | 46,60.6 | 45.6,66 46.4,70 | 50,71")), GOLD, 1.2, 0)
    canvas.cloth(line(path("50,64 50,67.4"), 1.3), "#6d4f1b", 0.5, 0)
    return canvas


def draw_ankle_boot(rgb_hex: str) -> Canvas:
    """A Chelsea boot: an elastic gusset, pull tab, welt, and a stacked heel."""
    canvas = Canvas()
    canvas.cloth(line(path("80,13 80.4,7.6 84,7.6 84.4,13"), 2.0), rgb_hex, 1.0)
    upper = fill(
        path(
            "47,10.4 | 58,9.4 70,9.6 86,11.4 | 86.6,28 85.4,44 87.4,58 89.4,70 89.4,83 | 76,83.4 62,84.4 "
            "48,88.6 30,89.2 12,88.4 | 8.6,84 9.4,76.4 15,70.6 25,66.4 36,60.6 43,52 46.4,42 47.4,26 47,10.4"
        )
    )
    canvas.cloth(upper, rgb_hex, 5.4, 0.012)
    canvas.light(soften(line(path("15,76 24,71 34,67"), 3.0), 1.6) * upper, 0.55)
    canvas.light(soften(line(path("53,16 53,34 52,46"), 2.2), 1.3) * upper, 0.30)
    gusset = fill(path("58,10 | 66,9.6 75,10.2 | 74.6,28 70,46 66.6,50 63,46 58.6,28 58,10"))
    canvas.paint(gusset, "#2a201d")
    for x in range(59, 76, 2):
        rib = path(f"{x},9 {66.6 + 0.95 * (x - 66.6)},30 {66.6 + 0.8 * (x - 66.6)},52")
        canvas.light(soften(line(rib, 0.7), 0.2) * gusset, 0.6)
    canvas.seam(path("58,10 58.6,28 63,46 66.6,50 70,46 74.6,28 75,10.2"), 0.6, 0.5)
    canvas.seam(path("66.6,50 65,64 60,76 52,87"), 0.5, 0.45)
    canvas.light(stitches(path("68,51 66.4,65 61.4,77 54,86.4"), 0.9, 0.3), 0.5)
    canvas.seam(path("47,12.6 58,11.6 70,11.8 86,13.6"), 0.4, 0.3)
    for fold in ("40,58 47,60 54,57", "37,63 45,66 53,64", "84,52 78,55 72,54", "86,60 80,63 73,61"):
        canvas.fold(fold, 2.2, 0.34)
    sole = fill(
        path(
            "8,86 | 20,87 35,87.4 48,86.8 60,82.8 74,81.4 90,81.2 | 90.6,85 | 76,86 66,87 58,91.4 50,92.8 | "
            "30,93.2 14,92.6 9,90.6 7.6,88 8,86"
        )
    )
    canvas.cloth(sole, SOLE, 1.6, 0.0)
    canvas.cloth(fill(path("66.5,86.4 | 90.4,84.4 | 89.8,93 | 68.4,93.2 | 66.5,86.4")), SOLE, 1.8, 0.0)
    for y in (87.6, 89.6, 91.4):
        canvas.seam(path(f"67.4,{y + 0.4} 90,{y - 0.4}"), 0.3, 0.4)
    canvas.paint(stitches(path("9,87.6 20,88.6 35,89 48,88.4 60,84.4 74,83 89,82.8"), 0.9, 0.3), "#c9a26b", 0.7)
    return canvas


GARMENTS = (
    Garment("T-shirt/top", "#1d6f78", draw_t_shirt),
    Garment("Sneaker", "#27467c", draw_sneaker),
    Garment("Dress", "#a3264c", draw_dress),
    Garment("Bag", "#9a5626", draw_bag),
    Garment("Trouser", "#2f4878", draw_trouser),
    Garment("Ankle boot", "#6a3b27", draw_ankle_boot),
)
