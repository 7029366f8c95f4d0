"""Where is the garment? The frame against the background model: one item, or none."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from fashioncam.messages import Frame, Image, Reading, Region, State
from fashioncam.pipeline.scene.background_model import (
    Background,
    BackgroundModel,
    Learning,
    expected_background,
    follow,
    light_gain,
    observe,
    shrink,
)
from fashioncam.pipeline.scene.camera_shift import shifted_background
from fashioncam.pipeline.scene.global_change import is_moved_background
from fashioncam.pipeline.scene.scene_change import Observation, SceneWatch, is_camera_shake, is_room, watch_scene
from fashioncam.pipeline.segmentation.item_mask import away_from, found_item, smoothed_likelihood, to_segment
from fashioncam.pipeline.segmentation.segmenter import Segmenter

HELD_S = 0.08  # an item that is not found for so short a time is taken to be still there


@dataclass(frozen=True, slots=True)
class Scene:
    """The scene after a frame; `Scene()` starts to learn the background.

    Attributes:
        background: the background model, or what has been learned of it so far.
        watch: whether the camera still sees that background.
        likelihood: of the last frame, smoothed over time, h x w uint8; None before the first.
        item: the likelihood of the item in view alone, h x w uint8; None for none.
        found_s: when that item was found last, by `Frame.time_s`.
    """

    background: Background = field(default_factory=Learning)
    watch: SceneWatch = field(default_factory=SceneWatch)
    likelihood: Image | None = None
    item: Image | None = None
    found_s: float = 0.0


def find_item(frame: Frame, scene: Scene, segmenter: Segmenter, region: Region | None = None) -> tuple[Reading, Scene]:
    """Learn the background, or find the item before it.

    Returns:
        A reading without classes, and the scene for the next frame.
    """
    height, width = frame.image_bgr.shape[:2]
    small_bgr = shrink(frame.image_bgr)
    background = scene.background
    has_other_format = isinstance(background, BackgroundModel) and background.median.shape != small_bgr.shape
    if has_other_format or scene.watch.should_relearn:
        scene = Scene()
    segment, learned = None, 1.0
    if isinstance(scene.background, Learning):
        state, learned = State.LEARNING, scene.background.progress
        scene = Scene(observe(scene.background, small_bgr, frame.time_s))
    else:
        scene = look(small_bgr, scene, segmenter, region_mask(region, small_bgr.shape[:2]), frame.time_s)
        segment = None if scene.item is None else to_segment(scene.item, (width, height))
        state = State.EMPTY if segment is None else State.ITEM
        if scene.watch.has_changed:
            state, segment = State.SCENE_CHANGED, None
    return Reading(frame.index, (width, height), frame.time_s, frame.grabbed_s, state, learned, segment), scene


def look(small_bgr: Image, scene: Scene, segmenter: Segmenter, where: Image, time_s: float) -> Scene:
    """Find the item before a background model that is complete; `where` as `region_mask` returns it."""
    background = scene.background
    assert isinstance(background, BackgroundModel)
    gain = light_gain(small_bgr, background)
    expected_bgr = expected_background(background, gain)
    likelihood = cv2.bitwise_and(segmenter.likelihood(small_bgr, expected_bgr, background.tolerance), where)
    likelihood = smoothed_likelihood(scene.likelihood, likelihood)
    item, deviating = found_item(likelihood, small_bgr, expected_bgr, background.tolerance, scene.item)
    no_item = (is_camera_shake, is_moved_background)
    if item is not None and any(explains(item, small_bgr, expected_bgr) for explains in no_item):
        item = None
    observation = Observation(small_bgr, background.median, expected_bgr, deviating, likelihood, item)
    watch = watch_scene(scene.watch, observation, where, time_s)
    if watch.should_shift and (shifted := shifted_background(background, small_bgr, likelihood)) is not None:
        return Scene(shifted)
    if item is not None and is_room(item, watch.accounted):
        item = None
    found_s = time_s
    if item is None and scene.item is not None and 0 <= time_s - scene.found_s <= HELD_S:
        item, found_s = scene.item, scene.found_s
    background = follow(background, small_bgr, gain, away_from(deviating, item), time_s)
    return Scene(background, watch, likelihood, item, found_s)


def region_mask(region: Region | None, size_hw: tuple[int, int]) -> Image:
    """Where to search for an item and for changes of the scene: h x w uint8, 255 or 0; None is the whole picture."""
    if region is None:
        return np.full(size_hw, 255, np.uint8)
    height, width = size_hw
    x, y, w, h = region
    inside = np.zeros(size_hw, np.uint8)
    inside[round(y * height) : round((y + h) * height), round(x * width) : round((x + w) * width)] = 255
    return inside
