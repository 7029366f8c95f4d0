"""Handles and straps: too thin for the network at working size, and the box of a bag is half its height without them.

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
    room = cv2.bitwise_not(wide)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(room, connectivity=4, ltype=cv2.CV_16U)
    height, width = item.shape
    found = item
    for label, (x, y, w, h, area) in enumerate(stats.tolist()):
        if label == 0 or area < LEAST_HOLE or x == 0 or y == 0 or x + w == width or y + h == height:
            continue
        around = slice(max(0, y - MARGIN), y + h + MARGIN), slice(max(0, x - MARGIN), x + w + MARGIN)
        hole = cv2.dilate(cv2.compare(labels[around], label, cv2.CMP_EQ), GAP)
        handle = handle_around(hole, item[around], cv2.erode(wide[around], GAP))
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
