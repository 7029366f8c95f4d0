"""The user's next explanation request, from the one before: pure functions."""

from __future__ import annotations

from dataclasses import replace

from fashioncam.messages import DisplayStyle, Reading, Request


def row_asked(request: Request, reading: Reading | None, row: int) -> Request:
    """Explain the class in this row of the top five, from 0; the same row again, or row 0: the first class."""
    if reading is None or row >= len(reading.top5):
        return request
    index = reading.top5[row].index
    asked = None if row == 0 or request.explained == index else index
    return replace(request, explained=asked, contrast=False)


def contrast_asked(request: Request) -> Request:
    """Explain the first class against the second; asked again, the first alone."""
    return replace(request, explained=None, contrast=not request.contrast)


def forgotten(request: Request) -> Request:
    """Nothing asked about classes; the region stays."""
    return Request(region=request.region)


def as_shown(request: Request, style: DisplayStyle) -> Request:
    """The request about the picture as it is shown, from that about the frame; its own inverse."""
    if request.region is None or not style.mirrored:
        return request
    x, y, w, h = request.region
    return replace(request, region=(1 - x - w, y, w, h))
