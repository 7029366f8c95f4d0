import gc
import sys

import numpy as np
from fake_session import item_view
from PySide6.QtGui import QColor
from scenes import room

from fashioncam.messages import Stream, View
from fashioncam.ui import theme
from fashioncam.ui.qt_image import from_bgr, from_grey
from fashioncam.ui.widgets.video_view import PictureView


def test_picture_reaches_the_screen_and_is_counted_once(window, session, qt_application):
    view = item_view()
    session.views[:] = [view, item_view(is_new_frame=False), View(stream=Stream.PLAYING)]
    while len(session.views) > 1:
        qt_application.processEvents()
    qt_application.processEvents()
    assert session.asked("picture_shown") == [()]
    centre = window.grab().toImage().pixelColor(448, 340)
    assert (centre.blue(), centre.green(), centre.red()) == (200, 100, 50)


def test_bgr_picture_keeps_its_colours():
    image = from_bgr(room())
    blue, green, red = room()[100, 60]
    pixel = image.pixelColor(60, 100)
    assert (pixel.red(), pixel.green(), pixel.blue()) == (red, green, blue)


def test_picture_with_odd_width_is_not_sheared():
    picture = np.zeros((5, 7, 3), np.uint8)
    picture[:, 3] = 255
    image = from_bgr(picture)
    assert [image.pixelColor(3, y).red() for y in range(5)] == [255] * 5
    grey = from_grey(np.ascontiguousarray(picture[:, :, 0]))
    assert [grey.pixelColor(3, y).red() for y in range(5)] == [255] * 5


def test_picture_keeps_its_proportions(qt_application):
    view = PictureView()
    view.resize(400, 400)
    view.set_image(from_bgr(np.full((100, 200, 3), 255, np.uint8)))
    shown = view.grab().toImage()
    assert shown.pixelColor(200, 200).red() == 255
    assert shown.pixelColor(200, 50) == QColor(theme.DARK.surround)
    assert shown.pixelColor(5, 200).red() == 255
    view.deleteLater()


def test_pulling_keeps_the_count_of_references_to_none(window, session):
    """PySide6 6.12.0 on Python 3.11 lost some with every call, until the process aborted."""
    session.views[:] = [item_view()]
    window.grab()
    gc.collect()  # or what other tests have left is collected in between, and its references are missing
    before = sys.getrefcount(None)
    for _ in range(300):
        window._on_pull()
        window.grab()
    assert sys.getrefcount(None) > before - 100
