"""What tests of a live session share: they look at its view as a window does."""

import threading
import time

from fashioncam.runtime.sources.source import SourceError

LIMIT_S = 20
PAUSE_S = 0.005


def pull_until(session, condition):
    """Look at the view until it meets the condition; returns every view that was seen."""
    views = []

    def is_met():
        if not views or views[-1] is not session.view:
            views.append(session.view)
        return condition(views[-1])

    wait_until(is_met)
    return views


def wait_until(condition):
    """Ask again and again until the condition holds."""
    ends_s, pause = time.perf_counter() + LIMIT_S, threading.Event()
    while not condition():
        assert time.perf_counter() < ends_s, "it never came"
        pause.wait(PAUSE_S)


def told(session, text):
    """The first notification that contains the text."""
    view = pull_until(session, lambda view: view.notification is not None and text in view.notification.text)[-1]
    return view.notification.text


def next_picture(session):
    """The first view with a picture of another frame than now."""
    before = session.view.picture
    return pull_until(
        session,
        lambda view: view.picture is not None and (before is None or view.picture.grabbed_s != before.grabbed_s),
    )[-1]


def no_camera(size_wh):
    raise SourceError("No camera found")


def has_item(view):
    return view.reading is not None and view.reading.top5
