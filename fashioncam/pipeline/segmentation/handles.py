"""Handles and straps that the network misses before clutter. Without them a bag's box has half its height.

A handle is a thin loop that encloses a part of the background together with the item. An arm or a shadow is not.
"""

from __future__ import annotations

import cv2
import numpy as np

from fashioncam.messages import Image

# All lengths in pixels at working size.
GAP = np.ones((7, 7), np.uint8)  # bridges gaps of up to 6 pixels, where a strap has the background's colour
NEAR = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13))  # a handle is up to 6 pixels thick
MIN_HOLE = 60  # area, after the bridging
MIN_CONTACT = 5  # pixels of the item at the hole's edge
MAX_BEYOND = 0.15  # area right behind the handle, of the handle's own; an arm or a shadow continues there
MARGIN = 20  # as far as all of these reach around a hole


def with_handles(item: Image, differing: Image) -> Image:
    """The item with its handles.

    Args:
        item: 255 on it, 0 elsewhere, h x w uint8.
        differing: 255 where the frame differs a little from the expected background, h x w uint8; not changed.

    Returns:
        h x w uint8, 255 and 0; `item` itself where there is no handle.
    """
    wide = cv2.dilate(cv2.bitwise_or(item, differing), GAP)
    # Contours find the holes ten times as quickly as labelling components.
    outlines, tree = cv2.findContours(wide, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    found = item
    for outline, (_, _, _, parent) in zip(outlines, [] if tree is None else tree[0], strict=True):
        if parent < 0 or cv2.contourArea(outline) < MIN_HOLE:
            continue
        x, y, w, h = cv2.boundingRect(outline)
        left, top = max(0, x - MARGIN), max(0, y - MARGIN)
        around = slice(top, y + h + MARGIN), slice(left, x + w + MARGIN)
        hole = np.zeros_like(item[around])
        cv2.drawContours(hole, [outline], -1, 255, cv2.FILLED, offset=(-left, -top))
        handle = handle_around(cv2.dilate(hole, GAP), item[around], cv2.erode(wide[around], GAP))
        if handle is not None:
            found = found.copy() if found is item else found
            found[around] = cv2.bitwise_or(found[around], handle)
    return found


def handle_around(hole: Image, item: Image, bridged: Image) -> Image | None:
    """What closes the loop around a hole; None where that is not thin, or the item is not part of the loop.

    Args:
        hole, item, bridged: 255 and 0, h x w uint8; `bridged` is where the frame differs, with gaps closed.
    """
    if cv2.countNonZero(cv2.bitwise_and(cv2.dilate(hole, np.ones((3, 3), np.uint8)), item)) < MIN_CONTACT:
        return None
    rest = cv2.bitwise_and(bridged, cv2.bitwise_not(item))
    near = cv2.dilate(hole, NEAR)
    handle = cv2.bitwise_and(near, rest)
    beyond = cv2.bitwise_and(cv2.bitwise_and(cv2.dilate(near, NEAR), cv2.bitwise_not(near)), rest)
    return handle if cv2.countNonZero(beyond) <= MAX_BEYOND * cv2.countNonZero(handle) else None
