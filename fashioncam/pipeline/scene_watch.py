"""Is this still the scene that was learned? Pure: what was noticed before goes in, what is noticed now comes out.

Two things change a scene at once: a bump of the camera, and a lamp. Each is tried as an explanation of the frame
(`bumped`, `relit`); what it explains is the room, even where the segmenter takes it for an item.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np

from fashioncam.messages import Image

from .segmentation import AREA_LIMITS, LIKELY, away_from, largest_channel

# Shares of what is not item. A forearm and its shadow come to a tenth, a lamp to a third and more. Who stands behind
# the item that he holds up covers as much, so beside an item it takes more.
CHANGED_AREA, CHANGED_BESIDE_ITEM = 0.25, 0.5
UNEXPLAINED_AREA = 0.03  # worth learning anew, once nothing moves
CHANGED_AFTER_S = 0.15
RELEARN_AFTER_S = 2.0
# Something small that came or went and is no item, such as a chair or an item that was learned as background. An item
# of the wall's colour that is not found is none of these: of the picture it has 1.3 % and more at a likelihood of
# FAINT, a chair or a learned item that has gone 0.1 % at most.
ABSORB_AFTER_S = 10.0
FAINT = 16
LONGEST_GAP_S = 1.5  # between frames
CHECK_S = 0.15  # how often bump and lamp are tried
# On 60 clips with items, shadows, arms and a camera that trembles, the share that a shift explained was 0.01 at most
# in 99 of 100 frames, and 0.19 and more in 99 of 100 after a bump by 12 pixels of 640 in any direction.
SHIFT_RADII_PX = (1, 3)
DIRECTIONS = [direction for direction in product((-1, 0, 1), repeat=2) if direction != (0, 0)]
COARSE = 4  # the same shifts on a picture so many times smaller
BUMPED_SHARE, BUMPED_STILL_SHARE = 0.17, 0.12
SHIFT_COST = 0.7  # grey levels; a shift that would change less cannot be seen
DIFFERENCE_LIMIT = 40  # grey levels: what an item changes counts no more than a contour
# A lamp: so much of the picture beside the item, brighter or darker by one factor, in its own colours.
RELIT_AREA = 0.12
RELIT_TINT = 1.3  # how far the channels' factors may lie apart
SHADOW_FACTORS = (0.55, 1.2)  # between them a shadow, or a change of light that needs no learning anew
ROOM_SHARE = 0.6  # of an item that is none
ROOM_LEVELS = 8  # grey levels between a pixel and what explains it
# Between two frames of a still scene: a flickering lamp and a trembling camera stay below.
MOVING_LEVELS = 20
MOVING_AREA = 0.01


@dataclass(frozen=True, slots=True)
class SceneWatch:
    """What the frames so far say about the scene.

    Attributes:
        small_bgr: the last frame at working size; None before the first.
        explained: where a bump or a lamp explains what is seen, h x w uint8, 255 there; None while there was neither.
        checked_s: when that was tried last; None before the first time.
        saw_item: whether the segmenter took something for an item.
        changed_since_s: since when another scene has been seen; None while it is the learned one.
        calm_since_s: since when nothing has moved, no item has been seen, and something is not as learned.
        time_s: of the last frame.
    """

    small_bgr: Image | None = None
    explained: Image | None = None
    checked_s: float | None = None
    saw_item: bool = False
    changed_since_s: float | None = None
    calm_since_s: float | None = None
    time_s: float = 0.0

    @property
    def has_changed(self) -> bool:
        """The light or the camera moved."""
        return self.changed_since_s is not None and self.time_s - self.changed_since_s >= CHANGED_AFTER_S

    @property
    def should_relearn(self) -> bool:
        """The scene is another one, and has been still and without an item for long enough."""
        wait_s = RELEARN_AFTER_S if self.changed_since_s is not None else ABSORB_AFTER_S
        return self.calm_since_s is not None and self.time_s - self.calm_since_s >= wait_s


def keep_watch(
    before: SceneWatch,
    small_bgr: Image,
    expected_bgr: Image,
    deviating: Image,
    likelihood: Image,
    item: Image | None,
    time_s: float,
) -> SceneWatch:
    """Take one more frame into account.

    Args:
        small_bgr: the frame at working size, h x w x 3 uint8.
        expected_bgr: the learned scene in the present light, h x w x 3 uint8.
        deviating: where the two differ, h x w uint8.
        likelihood: how likely each pixel is item, h x w uint8.
        item: the item's likelihood, h x w uint8; None for no item.
        time_s: of the frame.
    """
    free = np.full_like(deviating, 255) if item is None else away_from(item)
    beside = cv2.bitwise_and(deviating, free)
    area = cv2.countNonZero(beside) / max(1, cv2.countNonZero(free))
    explained, checked_s = before.explained, before.checked_s
    appeared = item is not None and not before.saw_item
    if appeared or checked_s is None or not 0 <= time_s - checked_s < CHECK_S:
        explained, checked_s = bumped(small_bgr, expected_bgr, before.explained is not None), time_s
        if explained is None and area > RELIT_AREA:
            explained = relit(small_bgr, expected_bgr, beside)
            if item is not None and not is_room(item, explained):
                explained = None  # a shadow, or the shirt of who holds the item up
    changed = explained is not None or area > (CHANGED_AREA if item is None else CHANGED_BESIDE_ITEM)
    calm = (
        (changed or (area > UNEXPLAINED_AREA and not is_faint_item(likelihood)))
        and (item is None or is_nothing_but_room(item, explained))
        and is_still(before.small_bgr, small_bgr)
    )
    if not 0 <= time_s - before.time_s <= LONGEST_GAP_S:  # what was true then says nothing about now
        before = SceneWatch()
    return SceneWatch(
        small_bgr=small_bgr,
        explained=explained,
        checked_s=checked_s,
        saw_item=item is not None,
        changed_since_s=since(changed, before.changed_since_s, time_s),
        calm_since_s=since(calm, before.calm_since_s, time_s),
        time_s=time_s,
    )


def since(holds: bool, before_s: float | None, time_s: float) -> float | None:
    """Since when something holds that has held since `before_s`."""
    if not holds:
        return None
    return time_s if before_s is None else before_s


def is_room(item: Image, explained: Image | None) -> bool:
    """Whether most of a supposed item is explained otherwise."""
    if explained is None:
        return False
    covered = cv2.compare(item, LIKELY, cv2.CMP_GE)
    return cv2.countNonZero(cv2.bitwise_and(covered, explained)) > ROOM_SHARE * cv2.countNonZero(covered)


def is_nothing_but_room(item: Image, explained: Image | None) -> bool:
    """Whether nothing as large as an item is left of a supposed one when what is explained otherwise is taken away."""
    if explained is None:
        return False
    left = cv2.bitwise_and(cv2.compare(item, LIKELY, cv2.CMP_GE), cv2.bitwise_not(explained))
    left = cv2.morphologyEx(left, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return cv2.countNonZero(left) < AREA_LIMITS[0] * left.size


def is_faint_item(likelihood: Image) -> bool:
    """Whether something as large as an item could be one, however unlikely it is."""
    return cv2.countNonZero(cv2.compare(likelihood, FAINT, cv2.CMP_GE)) >= AREA_LIMITS[0] * likelihood.size


def is_still(before_bgr: Image | None, small_bgr: Image) -> bool:
    """Whether nothing moved between two frames."""
    if before_bgr is None or before_bgr.shape != small_bgr.shape:
        return False
    moved = cv2.compare(cv2.absdiff(before_bgr, small_bgr).reshape(small_bgr.shape[0], -1), MOVING_LEVELS, cv2.CMP_GT)
    return cv2.countNonZero(moved) < MOVING_AREA * moved.size


def is_trembling(item: Image, small_bgr: Image, expected_bgr: Image) -> bool:
    """Whether a camera that trembles explains most of a supposed item.

    Of real items on 90 clips this explained no more than 36 %.
    """
    x, y, w, h = cv2.boundingRect(item)
    window = np.s_[max(0, y - 1) : y + h + 1, max(0, x - 1) : x + w + 1]
    return is_room(item[window], explained_by(small_bgr[window], expected_bgr[window], 1))


def bumped(small_bgr: Image, expected_bgr: Image, before: bool = False) -> Image | None:
    """Where a camera that looks a little elsewhere would explain the frame; None where it does not.

    Args:
        before: whether it did when that was tried last; then a smaller share is enough, lest it comes and goes.
    """
    seen, expected = (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) for picture in (small_bgr, expected_bgr))
    # A bump of a few pixels, and one of a few dozen.
    coarse_wh = max(1, seen.shape[1] // COARSE), max(1, seen.shape[0] // COARSE)
    coarse = (cv2.resize(picture, coarse_wh, interpolation=cv2.INTER_AREA) for picture in (seen, expected))
    share, (dx, dy) = best_shift(seen, expected)
    coarse_share, coarse_shift = best_shift(*coarse)
    if coarse_share > share:
        share, (dx, dy) = coarse_share, (COARSE * coarse_shift[0], COARSE * coarse_shift[1])
    if share <= (BUMPED_STILL_SHARE if before else BUMPED_SHARE):
        return None
    size_wh = seen.shape[1], seen.shape[0]
    moves = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    return explained_by(small_bgr, cv2.warpAffine(expected_bgr, moves, size_wh, borderMode=cv2.BORDER_REPLICATE), 2)


def best_shift(seen: Image, expected: Image) -> tuple[float, tuple[int, int]]:
    """The shift that explains most of the difference between two grey pictures, and what share it explains.

    The share is measured by what the same shift would cost if nothing had moved: about 1 after just that bump, less
    than 0 without one, whatever an item covers.
    """
    margin = max(SHIFT_RADII_PX)
    height, width = seen.shape
    best = 0.0, (0, 0)
    if min(height, width) <= 2 * margin:
        return best
    inner = np.s_[margin : height - margin, margin : width - margin]
    seen, still = seen[inner], expected[inner]
    unmoved = difference(seen, still)
    for radius, (right, down) in product(SHIFT_RADII_PX, DIRECTIONS):
        dx, dy = radius * right, radius * down
        shifted = expected[margin - dy : height - margin - dy, margin - dx : width - margin - dx]
        gain = unmoved - difference(seen, shifted)
        if gain > 0 and (cost := difference(still, shifted)) > SHIFT_COST:
            best = max(best, (gain / cost, (dx, dy)))
    return best


def difference(a: Image, b: Image) -> float:
    """Mean difference of two grey pictures in grey levels; a pixel counts for no more than `DIFFERENCE_LIMIT`."""
    return cv2.mean(cv2.min(cv2.absdiff(a, b), DIFFERENCE_LIMIT))[0]


def relit(small_bgr: Image, expected_bgr: Image, beside: Image) -> Image | None:
    """Where a lamp would explain the frame: one more factor on the light; None where it does not.

    Args:
        beside: what deviates and is no item, h x w uint8; the factor is its median.
    """
    changed = beside > 0
    factors = np.median(small_bgr[changed] / np.maximum(expected_bgr[changed], 1), axis=0)
    if factors.max() > RELIT_TINT * factors.min() or SHADOW_FACTORS[0] < factors.mean() < SHADOW_FACTORS[1]:
        return None
    explained = explained_by(small_bgr, cv2.multiply(expected_bgr, (*factors.tolist(), 0.0)), 1)
    area = cv2.countNonZero(cv2.bitwise_and(explained, beside)) / beside.size
    return explained if area > RELIT_AREA else None


def explained_by(small_bgr: Image, supposed_bgr: Image, radius_px: int) -> Image:
    """Where each channel lies between what is supposed there and around it: h x w uint8, 255 there and 0 elsewhere."""
    around = np.ones((2 * radius_px + 1,) * 2, np.uint8)
    levels = (ROOM_LEVELS,) * 4
    least = cv2.subtract(cv2.erode(supposed_bgr, around), levels)
    most = cv2.add(cv2.dilate(supposed_bgr, around), levels)
    outside = cv2.max(cv2.subtract(least, small_bgr), cv2.subtract(small_bgr, most))
    return cv2.compare(largest_channel(outside), 0, cv2.CMP_EQ)
