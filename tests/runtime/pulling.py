"""What tests of a live session share: they pull views from it as a window does."""

import threading

from fashioncam.runtime.sources.source import SourceError

PULLS = 2000
PULL_INTERVAL_S = 0.01


def pull_until(session, condition):
    """Pull views as a window does until one of them meets the condition; returns all of them."""
    views, pause = [], threading.Event()
    for _ in range(PULLS):
        views.append(session.read_latest())
        if condition(views[-1]):
            return views
        pause.wait(PULL_INTERVAL_S)
    raise AssertionError(f"never came: last view {views[-1]}")


def no_camera(size_wh):
    raise SourceError("No camera found")


def has_item(view):
    return view.reading is not None and view.reading.top5
