import numpy as np
from fake_session import item_view, picture
from hands import settle
from PySide6.QtGui import QColor
from scenes import room

from fashioncam.commands import Painted
from fashioncam.ui import theme
from fashioncam.ui.qt_image import as_qimage
from fashioncam.ui.widgets.video_view import PictureView


def test_picture_reaches_the_screen_and_is_counted_once_a_frame(window, session, qt_application):
    for shown in (picture(1.0), picture(1.0), picture(2.0)):  # the second is the same frame drawn again
        settle(window, session, item_view(picture=shown))
        qt_application.processEvents()
    assert session.asked(Painted) == [Painted(1.0), Painted(2.0)]
    centre = window.grab().toImage().pixelColor(448, 340)
    assert (centre.blue(), centre.green(), centre.red()) == (200, 100, 50)


def test_bgr_picture_keeps_its_colours():
    image = as_qimage(room())
    blue, green, red = room()[100, 60]
    pixel = image.pixelColor(60, 100)
    assert (pixel.red(), pixel.green(), pixel.blue()) == (red, green, blue)


def test_picture_with_odd_width_is_not_sheared():
    picture = np.zeros((5, 7, 3), np.uint8)
    picture[:, 3] = 255
    image = as_qimage(picture)
    assert [image.pixelColor(3, y).red() for y in range(5)] == [255] * 5
    grey = as_qimage(np.ascontiguousarray(picture[:, :, 0]))
    assert [grey.pixelColor(3, y).red() for y in range(5)] == [255] * 5


def test_picture_keeps_its_proportions(qt_application):
    view = PictureView()
    view.resize(400, 400)
    view.set_image(as_qimage(np.full((100, 200, 3), 255, np.uint8)))
    shown = view.grab().toImage()
    assert shown.pixelColor(200, 200).red() == 255
    assert shown.pixelColor(200, 50) == QColor(theme.DARK.surround)
    assert shown.pixelColor(5, 200).red() == 255
    view.deleteLater()
