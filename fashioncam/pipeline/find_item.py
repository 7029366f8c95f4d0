"""Where is the garment? The frame against the background model: one item, or none."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2

from fashioncam.messages import Frame, Image, Reading, Region, State
from fashioncam.pipeline.explanation.request import searched
from fashioncam.pipeline.scene.background_model import (
    Learning,
    Reference,
    ReferenceState,
    expected_background,
    follow,
    light_gain,
    observe,
    shrink,
)
from fashioncam.pipeline.scene.camera_shift import realigned
from fashioncam.pipeline.scene.global_change import has_moved
from fashioncam.pipeline.scene.scene_change import SceneWatch, Sight, is_room, is_trembling, keep_watch
from fashioncam.pipeline.segmentation.item_mask import away_from, found_item, steadied, to_segment
from fashioncam.pipeline.segmentation.segmenter import Segmenter

HELD_S = 0.08  # an item that is not found for so short a time is taken to be still there


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known of the scene; `Scene()` learns the background anew.

    Attributes:
        reference: the empty scene, or what has been learned of it so far.
        watch: whether it still is that scene.
        likelihood: of the last frame, steadied, h x w uint8; None before the first.
        item: the likelihood of the item in view alone; None for none.
        found_s: when that item was found last.
    """

    reference: ReferenceState = field(default_factory=Learning)
    watch: SceneWatch = field(default_factory=SceneWatch)
    likelihood: Image | None = None
    item: Image | None = None
    found_s: float = 0.0


def find_item(frame: Frame, scene: Scene, segmenter: Segmenter, region: Region | None = None) -> tuple[Reading, Scene]:
    """Learn the background, or look for the item before it; the reading knows nothing of classes yet."""
    height, width = frame.image_bgr.shape[:2]
    small_bgr = shrink(frame.image_bgr)
    has_other_format = isinstance(scene.reference, Reference) and scene.reference.median.shape != small_bgr.shape
    if has_other_format or scene.watch.should_relearn:
        scene = Scene()
    segment, learned = None, 1.0
    if isinstance(scene.reference, Learning):
        state, learned = State.LEARNING, scene.reference.progress
        scene = Scene(observe(scene.reference, small_bgr, frame.time_s))
    else:
        scene = look(small_bgr, scene, segmenter, searched(region, small_bgr.shape[:2]), frame.time_s)
        segment = None if scene.item is None else to_segment(scene.item, (width, height))
        state = State.EMPTY if segment is None else State.ITEM
        if scene.watch.has_changed:
            state, segment = State.SCENE_CHANGED, None
    return Reading(frame.index, (width, height), frame.time_s, frame.grabbed_s, state, learned, segment), scene


def look(small_bgr: Image, scene: Scene, segmenter: Segmenter, where: Image, time_s: float) -> Scene:
    """Look for the item before a background that has been learned, in the part that `searched` gives."""
    reference = scene.reference
    assert isinstance(reference, Reference)
    gain = light_gain(small_bgr, reference)
    expected_bgr = expected_background(reference, gain)
    likelihood = cv2.bitwise_and(segmenter.likelihood(small_bgr, expected_bgr, reference.tolerance), where)
    likelihood = steadied(scene.likelihood, likelihood)
    item, deviating = found_item(likelihood, small_bgr, expected_bgr, reference.tolerance, scene.item)
    if item is not None and any(cause(item, small_bgr, expected_bgr) for cause in (is_trembling, has_moved)):
        item = None
    sight = Sight(small_bgr, reference.median, expected_bgr, deviating, likelihood, item)
    watch = keep_watch(scene.watch, sight, where, time_s)
    if watch.should_realign and (moved := realigned(reference, small_bgr, likelihood)) is not None:
        return Scene(moved)
    if item is not None and is_room(item, watch.accounted):
        item = None
    found_s = time_s
    if item is None and scene.item is not None and 0 <= time_s - scene.found_s <= HELD_S:
        item, found_s = scene.item, scene.found_s
    reference = follow(reference, small_bgr, gain, away_from(deviating, item), time_s)
    return Scene(reference, watch, likelihood, item, found_s)
