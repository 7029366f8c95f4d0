"""Does the camera still see the scene of the background model?

Two things change a whole scene at once: a bump of the camera, and a lamp. Each is tried as an explanation of the frame
(`global_change`). What it explains is background, even where the segmenter takes it for an item.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from fashioncam.messages import Box, FloatArray, Image
from fashioncam.pipeline.segmentation.item_mask import AREA_LIMITS, away_from
from fashioncam.pipeline.segmentation.segmenter import LIKELY

from .global_change import (
    RELIT_AREA,
    explained_both_ways,
    explained_by_camera_shift,
    explained_by_lamp,
    has_background_contours,
    is_ghost,
)

# Shares of the picture beside the item. A forearm with its shadow covers a tenth, a lamp a third and more. A person
# behind the item covers as much, so beside an item more is needed.
CHANGED_AREA, CHANGED_BESIDE_ITEM = 0.25, 0.5
UNEXPLAINED_AREA = 0.03  # the background is learned again for it, once nothing moves
CHANGED_AFTER_S = 0.15
SHIFT_AFTER_S = 0.5
RELEARN_AFTER_S = 2.0
GHOST_AFTER_S = 2.0  # a held item looks like a ghost for half a second at most
# Something small that came or went and is no item, such as a chair, is absorbed into the background. An item of the
# wall's colour is not: it is not found, but enough of it has a likelihood of FAINT.
ABSORB_AFTER_S = 10.0
FAINT = 16
LONGEST_GAP_S = 1.5  # between frames
CHECK_S = 0.15  # how often bump and lamp are tried
ROOM_SHARE = 0.6  # a supposed item of which more is accounted for is background
# Differences between two frames of a still scene: a flickering lamp and camera shake stay below.
MOVING_LEVELS = 20
MOVING_AREA = 0.01


@dataclass(frozen=True, slots=True)
class Observation:
    """One frame and its segmentation, all at working size.

    Attributes:
        small_bgr: the frame, h x w x 3 uint8.
        background_bgr: the background model in its own light, h x w x 3 float32, 0..255.
        expected_bgr: the background model in the present light, h x w x 3 uint8.
        deviating: where the two differ, h x w uint8.
        likelihood: how likely each pixel is item, h x w uint8.
        item: the item's likelihood, h x w uint8; None for no item.
    """

    small_bgr: Image
    background_bgr: FloatArray
    expected_bgr: Image
    deviating: Image
    likelihood: Image
    item: Image | None


@dataclass(frozen=True, slots=True)
class SceneWatch:
    """What the frames so far tell about the scene.

    Attributes:
        small_bgr: the last frame at working size; None before the first.
        accounted: where a bump, a lamp or the background's own contours account for the frame, h x w uint8, 255 there;
            None when nothing does.
        checked_s: when that was checked last; None before the first time.
        ghost_since_s: since when each check has taken the supposed item for a ghost, see `is_ghost`.
        saw_item: whether the segmenter found an item.
        changed_since_s: since when the scene has been another one; None while it is the learned one.
        calm_since_s: since when nothing has moved, no item has been seen, and something deviates.
        time_s: of the last frame.
    """

    small_bgr: Image | None = None
    accounted: Image | None = None
    checked_s: float | None = None
    ghost_since_s: float | None = None
    saw_item: bool = False
    changed_since_s: float | None = None
    calm_since_s: float | None = None
    time_s: float = 0.0

    @property
    def has_changed(self) -> bool:
        """The light or the camera moved."""
        return self.changed_since_s is not None and self.time_s - self.changed_since_s >= CHANGED_AFTER_S

    @property
    def should_shift(self) -> bool:
        """The scene has been another one for a moment, and is not still and empty; true only at a check."""
        return (
            self.changed_since_s is not None
            and self.calm_since_s is None
            and self.time_s - self.changed_since_s >= SHIFT_AFTER_S
            and self.checked_s == self.time_s
        )

    @property
    def should_relearn(self) -> bool:
        """The scene is another one, and has been still and without an item for long enough to learn it."""
        wait_s = RELEARN_AFTER_S if self.changed_since_s is not None else ABSORB_AFTER_S
        return self.calm_since_s is not None and self.time_s - self.calm_since_s >= wait_s


def watch_scene(before: SceneWatch, observation: Observation, searched: Image, time_s: float) -> SceneWatch:
    """Add one frame.

    Args:
        searched: the part of the picture that counts, h x w uint8; changes only outside it, such as people, are
            ignored.
        time_s: of the frame.
    """
    item = observation.item
    free = np.full_like(observation.deviating, 255) if item is None else away_from(item)
    beside = cv2.bitwise_and(observation.deviating, free)
    # A forearm fills a small region, a passer-by the whole picture: only a lamp or a bump changes much of both.
    area = min(share(beside, free), share(cv2.bitwise_and(beside, searched), cv2.bitwise_and(free, searched)))
    accounted, checked_s, ghost_since_s = before.accounted, before.checked_s, before.ghost_since_s
    appeared = item is not None and not before.saw_item
    if appeared or checked_s is None or not 0 <= time_s - checked_s < CHECK_S:
        checked_s = time_s
        ghost = (
            item is not None
            and is_still(before.small_bgr, observation.small_bgr, cv2.boundingRect(item))
            and is_ghost(
                item, observation.deviating, observation.small_bgr, observation.expected_bgr, ghost_since_s is not None
            )
        )
        ghost_since_s = since(ghost, ghost_since_s, time_s)
        stays_ghost = ghost_since_s is not None and time_s - ghost_since_s >= GHOST_AFTER_S
        accounted = accounted_for(observation, beside, before.accounted, stays_ghost)
    changed = accounted is not None or area > (CHANGED_AREA if item is None else CHANGED_BESIDE_ITEM)
    calm = (
        (changed or (area > UNEXPLAINED_AREA and not is_faint_item(observation.likelihood)))
        and (item is None or is_nothing_but_room(item, accounted) or (accounted is None and area > CHANGED_BESIDE_ITEM))
        and is_still(before.small_bgr, observation.small_bgr)
    )
    if not 0 <= time_s - before.time_s <= LONGEST_GAP_S:  # too long ago to say anything about now
        before = SceneWatch()
    return SceneWatch(
        small_bgr=observation.small_bgr,
        accounted=accounted,
        checked_s=checked_s,
        ghost_since_s=ghost_since_s,
        saw_item=item is not None,
        changed_since_s=since(changed, before.changed_since_s, time_s),
        calm_since_s=since(calm, before.calm_since_s, time_s),
        time_s=time_s,
    )


def accounted_for(observation: Observation, beside: Image, before: Image | None, ghost: bool) -> Image | None:
    """Where a bump, a lamp, or the background's own contours account for the frame: h x w uint8; None for nowhere.

    Args:
        beside: what deviates and is not item, h x w uint8.
        before: the result of the last check.
        ghost: whether the supposed item is a ghost, see `is_ghost`.
    """
    small_bgr, expected_bgr, item = observation.small_bgr, observation.expected_bgr, observation.item
    accounted = explained_by_camera_shift(small_bgr, expected_bgr, before is not None)
    if accounted is None and cv2.countNonZero(beside) > RELIT_AREA * beside.size:
        accounted = explained_by_lamp(small_bgr, expected_bgr, beside)
        if item is not None and not is_room(item, accounted):
            accounted = None  # a shadow, or the shirt of the person who holds the item
    was_room = item is not None and is_room(item, before)
    if item is not None and (ghost or has_background_contours(item, small_bgr, observation.background_bgr, was_room)):
        around = cv2.bitwise_not(away_from(item))
        accounted = around if accounted is None else cv2.bitwise_or(around, accounted)
    return accounted


def share(part: Image, whole: Image) -> float:
    """Share of `whole` that `part` covers, 0..1; h x w uint8 both."""
    return cv2.countNonZero(part) / max(1, cv2.countNonZero(whole))


def since(holds: bool, before_s: float | None, time_s: float) -> float | None:
    """Since when it holds, if it has held since `before_s`; None if it does not hold now."""
    if not holds:
        return None
    return time_s if before_s is None else before_s


def is_room(item: Image, accounted: Image | None) -> bool:
    """Whether most of a supposed item is accounted for as background."""
    if accounted is None:
        return False
    covered = cv2.compare(item, LIKELY, cv2.CMP_GE)
    return cv2.countNonZero(cv2.bitwise_and(covered, accounted)) > ROOM_SHARE * cv2.countNonZero(covered)


def is_nothing_but_room(item: Image, accounted: Image | None) -> bool:
    """Whether nothing as large as an item is left of a supposed one without what is accounted for."""
    if accounted is None:
        return False
    left = cv2.bitwise_and(cv2.compare(item, LIKELY, cv2.CMP_GE), cv2.bitwise_not(accounted))
    left = cv2.morphologyEx(left, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return cv2.countNonZero(left) < AREA_LIMITS[0] * left.size


def is_faint_item(likelihood: Image) -> bool:
    """Whether something as large as an item has a small likelihood of being one."""
    return cv2.countNonZero(cv2.compare(likelihood, FAINT, cv2.CMP_GE)) >= AREA_LIMITS[0] * likelihood.size


def is_still(before_bgr: Image | None, small_bgr: Image, box: Box | None = None) -> bool:
    """Whether nothing moved between two frames, in that box or in the whole picture."""
    if before_bgr is None:
        return False
    if box is not None:
        x, y, w, h = box
        before_bgr, small_bgr = (picture[y : y + h, x : x + w] for picture in (before_bgr, small_bgr))
    moved = cv2.compare(cv2.absdiff(before_bgr, small_bgr).reshape(small_bgr.shape[0], -1), MOVING_LEVELS, cv2.CMP_GT)
    return cv2.countNonZero(moved) < MOVING_AREA * moved.size


def is_camera_shake(item: Image, small_bgr: Image, expected_bgr: Image) -> bool:
    """Whether camera shake explains most of a supposed item."""
    x, y, w, h = cv2.boundingRect(item)
    window = np.s_[max(0, y - 1) : y + h + 1, max(0, x - 1) : x + w + 1]
    return is_room(item[window], explained_both_ways(small_bgr[window], expected_bgr[window]))
