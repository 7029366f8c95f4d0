"""Handles and straps that the network misses, as it may before clutter: without them a bag's box is half its height.

What tells them from an arm and from a shadow is the loop: thin, and with the item it encloses a part of the room.
"""

from __future__ import annotations

import cv2
import numpy as np

from fashioncam.messages import Image

GAP = np.ones((7, 7), np.uint8)  # gaps of up to 6 small pixels, where a strap has the room's colour, are bridged
NEAR = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13))  # a handle is up to 6 small pixels thick
LEAST_HOLE = 60  # small pixels, after the bridging
LEAST_CONTACT = 5  # small pixels of the item at the hole's edge
MOST_BEYOND = 0.15  # of the handle's area: what lies right behind it; an arm or a shadow goes on there
MARGIN = 20  # small pixels: as far as all of these reach around a hole


def with_handles(item: Image, differing: Image) -> Image:
    """The item with its handles.

    Args:
        item: 255 on it, 0 elsewhere, h x w uint8.
        differing: 255 where the frame is not quite the expected background, h x w uint8; nothing of it is changed.

    Returns:
        h x w uint8, 255 and 0; `item` itself where there is no handle.
    """
    wide = cv2.dilate(cv2.bitwise_or(item, differing), GAP)
    # The holes as contours: 0.01 ms, where labelling the components takes 0.14.
    outlines, tree = cv2.findContours(wide, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    found = item
    for outline, (_, _, _, parent) in zip(outlines, [] if tree is None else tree[0], strict=True):
        if parent < 0 or cv2.contourArea(outline) < LEAST_HOLE:
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
    """What closes the loop around a hole beside the item; None where that is not thin, or the item has no part in it.

    Args:
        hole, item, bridged: 255 and 0, h x w uint8; `bridged` is where the frame differs, gaps closed.
    """
    if cv2.countNonZero(cv2.bitwise_and(cv2.dilate(hole, np.ones((3, 3), np.uint8)), item)) < LEAST_CONTACT:
        return None
    rest = cv2.bitwise_and(bridged, cv2.bitwise_not(item))
    near = cv2.dilate(hole, NEAR)
    handle = cv2.bitwise_and(near, rest)
    beyond = cv2.bitwise_and(cv2.bitwise_and(cv2.dilate(near, NEAR), cv2.bitwise_not(near)), rest)
    return handle if cv2.countNonZero(beyond) <= MOST_BEYOND * cv2.countNonZero(handle) else None
