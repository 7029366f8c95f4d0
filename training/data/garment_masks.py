"""Cuts the garment out of a photograph: one garment in the middle, lying on a floor or a bed, or before a wall.

The border of the picture shows background: its colours are clustered, and GrabCut (Rother, Kolmogorov and Blake, 2004)
begins with what is unlike them. A second GrabCut begins with the middle of the picture instead. A mask is accepted only
where both agree and where it looks like one garment: fewer cutouts, but better ones. An object beside the garment that
does not reach the border stays in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from fashioncam.messages import Image
from fashioncam.pipeline.garment_input import largest_within

Mask: TypeAlias = NDArray[np.bool_]
Field: TypeAlias = NDArray[np.float32]

LEAST_EDGE_PX = 64  # of a photograph
WORKING_EDGE_PX = 256  # of the longest edge
CUTOUT_EDGE_PX = 400  # of the longest edge, at most
BAND_SHARE = 0.04  # of the shorter edge: the band along the border that shows background
BACKGROUND_COLOURS = 5
RARE = 0.03  # of the band: colours that are rarer may be a sleeve's
LEAST_SPREAD = 4.0  # Lab units; with an even wall's own spread every fold of it would look like foreground
MOST_UNLIKENESS = 12.0
MIDDLE_RADIUS = 0.75  # of half the picture
ROUNDS = 4  # of GrabCut
MIXTURE = 5  # colours that GrabCut looks for in each part; it cannot begin with fewer pixels
OUTLINE_PX = 9  # what is compared on both sides of the outline

LEAST_AREA, MOST_AREA = 0.08, 0.85  # of the picture
MOST_BORDER = 0.1  # of the border may be garment
LEAST_WHOLE = 0.9  # of all that was found is in the one component
LEAST_AGREEMENT = 0.9
LEAST_CONTRAST = 5.0  # Lab units; with less there is hardly an outline


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mask and what tells a good one from a bad one; all but `contrast` are shares, 0..1.

    Attributes:
        mask: h x w bool at working size, what the components of both GrabCuts have in common.
        area: share of the picture.
        border: share of the picture's outermost pixels that are garment.
        whole: the least share that the component has of all that a GrabCut found.
        agreement: intersection over union of the two GrabCuts' components.
        contrast: median difference across the outline, in Lab units.
    """

    mask: Mask
    area: float
    border: float
    whole: float
    agreement: float
    contrast: float


def cut_out(image_bgr: Image) -> Image | None:
    """The garment in a photograph, h x w x 3 uint8, cropped: h x w x 4 uint8, B, G, R, alpha, or None if unsure."""
    height, width = image_bgr.shape[:2]
    if min(height, width) < LEAST_EDGE_PX:
        return None
    proposal = propose(image_bgr)
    if not is_plausible(proposal):
        return None
    alpha = soft_alpha(proposal.mask, (width, height))
    x, y, w, h = cv2.boundingRect((alpha > 0).astype(np.uint8))
    cropped = np.dstack((image_bgr, alpha))[y : y + h, x : x + w]
    return shrunk(cropped, CUTOUT_EDGE_PX)


def is_plausible(proposal: Proposal) -> bool:
    """Whether a mask looks like that of one whole garment."""
    return (
        LEAST_AREA <= proposal.area <= MOST_AREA
        and proposal.border <= MOST_BORDER
        and proposal.whole >= LEAST_WHOLE
        and proposal.agreement >= LEAST_AGREEMENT
        and proposal.contrast >= LEAST_CONTRAST
    )


def propose(image_bgr: Image) -> Proposal:
    """The best mask of the garment in a photograph, h x w x 3 uint8, plausible or not; deterministic."""
    small_bgr = shrunk(image_bgr, WORKING_EDGE_PX)
    smooth = cv2.GaussianBlur(small_bgr, (0, 0), 1).astype(np.float32) / 255
    lab = cv2.cvtColor(smooth, cv2.COLOR_BGR2Lab)
    band, radius = border_band(lab.shape[:2]), distance_from_middle(lab.shape[:2])
    unlike = unlikeness(lab, band)
    # A tenth of the band may be garment: sleeves reach the border.
    background = band & (unlike <= np.percentile(unlike[band], 100 * (1 - MOST_BORDER)))
    by_colour = above_otsu(unlike * np.exp(-0.5 * radius**2))
    first, first_whole = main_component(grab_cut(small_bgr, by_colour, background), radius)
    second, second_whole = main_component(grab_cut(small_bgr, radius < MIDDLE_RADIUS, background), radius)
    mask = first & second
    return Proposal(
        mask=mask,
        area=float(mask.mean()),
        border=float(np.concatenate((mask[0], mask[-1], mask[1:-1, 0], mask[1:-1, -1])).mean()),
        whole=min(first_whole, second_whole),
        agreement=int(np.count_nonzero(mask)) / max(1, int(np.count_nonzero(first | second))),
        contrast=outline_contrast(lab, mask),
    )


def shrunk(image: Image, edge_px: int) -> Image:
    """The picture, h x w x C, its longest edge scaled down to `edge_px`; a smaller one as it is."""
    height, width = image.shape[:2]
    if max(height, width) <= edge_px:
        return image
    return cv2.resize(image, largest_within((width, height), (edge_px, edge_px)), interpolation=cv2.INTER_AREA)


def border_band(size_hw: tuple[int, int]) -> Mask:
    """The band along the border, h x w."""
    width = max(1, round(BAND_SHARE * min(size_hw)))
    band = np.ones(size_hw, bool)
    band[width:-width, width:-width] = False
    return band


def distance_from_middle(size_hw: tuple[int, int]) -> Field:
    """0 in the middle of the picture, 1 at the middle of each edge, h x w."""
    height, width = size_hw
    rows, columns = np.linspace(-1, 1, height, dtype=np.float32), np.linspace(-1, 1, width, dtype=np.float32)
    return np.hypot(rows[:, None], columns[None])


def unlikeness(lab: Field, band: Mask) -> Field:
    """How far each pixel of h x w x 3 is from the nearest colour of the band, in that colour's own spreads."""
    samples = lab[band]
    until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 12, 1.0)
    cv2.setRNGSeed(0)  # OpenCV's own dice; the same photograph has to give the same mask
    _, nearest, centres = cv2.kmeans(samples, BACKGROUND_COLOURS, None, until, 2, cv2.KMEANS_PP_CENTERS)
    least = np.full(lab.shape[:2], MOST_UNLIKENESS, np.float32)
    for index in range(BACKGROUND_COLOURS):
        members = samples[nearest.ravel() == index]
        if len(members) >= RARE * len(samples):
            apart = (lab - centres[index]) / (members.std(axis=0) + LEAST_SPREAD)
            least = np.minimum(least, np.sqrt((apart**2).mean(axis=2)))
    return least


def above_otsu(field: Field) -> Mask:
    """Where a field of 0..`MOST_UNLIKENESS` is above Otsu's threshold."""
    levels = (field * (255 / MOST_UNLIKENESS)).astype(np.uint8)
    return cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1] > 0


def grab_cut(image_bgr: Image, likely: Mask, background: Mask) -> Mask:
    """What GrabCut takes for foreground, h x w, beginning with what is `likely` and sure of the `background`."""
    labels = np.where(likely, np.uint8(cv2.GC_PR_FGD), np.uint8(cv2.GC_PR_BGD))
    labels[background] = cv2.GC_BGD
    if np.count_nonzero(labels == cv2.GC_PR_FGD) < MIXTURE:
        return np.zeros(likely.shape, bool)
    cv2.setRNGSeed(0)
    cv2.grabCut(image_bgr, labels, None, np.zeros((1, 65)), np.zeros((1, 65)), ROUNDS, cv2.GC_INIT_WITH_MASK)
    return (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)


def main_component(found: Mask, radius: Field) -> tuple[Mask, float]:
    """The largest component, pixels in the middle counting more, with its holes closed; and its share of all."""
    opened = cv2.morphologyEx(
        found.astype(np.uint8), cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    )
    count, labels = cv2.connectedComponents(opened, connectivity=4)
    if count < 2:
        return np.zeros(found.shape, bool), 0.0
    weights = np.bincount(labels.ravel(), np.maximum(1.5 - radius, 0).ravel(), count)
    component = (labels == 1 + weights[1:].argmax()).astype(np.uint8)
    contours, _ = cv2.findContours(component, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    closed = cv2.drawContours(np.zeros_like(component), contours, -1, 1, cv2.FILLED)
    return closed > 0, np.count_nonzero(component) / np.count_nonzero(opened)


def outline_contrast(lab: Field, mask: Mask) -> float:
    """Median distance between the mean colours on both sides of the outline, in Lab units; 0 without an outline."""
    inside = mask.astype(np.float32)
    window = (OUTLINE_PX, OUTLINE_PX)
    means = []
    for side in (inside, 1 - inside):
        share = cv2.boxFilter(side, -1, window)[..., None]
        means.append(cv2.boxFilter(lab * side[..., None], -1, window) / np.maximum(share, 1e-6))
    outline = (cv2.morphologyEx(inside, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0) & ~border_band(mask.shape)
    apart = np.linalg.norm(means[0] - means[1], axis=2)[outline]
    return float(np.median(apart)) if apart.size else 0.0


def soft_alpha(mask: Mask, size_wh: tuple[int, int]) -> Image:
    """The mask at the photograph's size with a soft edge, h x w uint8."""
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1)
    large = cv2.resize(soft, size_wh, interpolation=cv2.INTER_LINEAR)
    # Half covered a little inside the outline: of a rim of background less comes along than without.
    return (255 * ((large - 0.3) / 0.5).clip(0, 1)).round().astype(np.uint8)
