"""The user's next question, from the one before: pure functions."""

from __future__ import annotations

from dataclasses import replace

from fashioncam.messages import Look, Reading, Request


def row_asked(request: Request, reading: Reading | None, row: int) -> Request:
    """Why the class in that row of the top five, from 0; the same again, or the first row: why the first."""
    if reading is None or row >= len(reading.top5):
        return request
    index = reading.top5[row].index
    asked = None if row == 0 or request.explained == index else index
    return replace(request, explained=asked, contrast=False)


def contrast_asked(request: Request) -> Request:
    """The first class against the second; the same again: why the first."""
    return replace(request, explained=None, contrast=not request.contrast)


def forgotten(request: Request) -> Request:
    """Nothing asked of classes; the region stays."""
    return Request(region=request.region)


def as_shown(request: Request, look: Look) -> Request:
    """The request about the picture as it is shown, from that about the frame; its own inverse."""
    if request.region is None or not look.mirrored:
        return request
    x, y, w, h = request.region
    return replace(request, region=(1 - x - w, y, w, h))
