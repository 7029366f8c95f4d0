from PySide6.QtCore import QRect
from PySide6.QtGui import QFontMetrics

from fashioncam.ui.texts import Words
from fashioncam.ui.widgets.state_banner import WRAP, StateBanner

LONG_NAME = "holiday_film_of_all_of_us_that_nobody_has_ever_looked_at_again_2026-11-27_final_version_2.mp4"


def test_long_name_of_a_file_is_wrapped_and_not_cut(qt_application):
    banner = StateBanner()
    banner.resize(300, 92)
    banner.set_words(Words("It has stopped", f"{LONG_NAME} cannot be opened", "#aa3333", "alert"))
    _, font = banner._fonts()
    _, width = banner._text_span()
    assert QFontMetrics(font).horizontalAdvance(LONG_NAME) > width
    assert QFontMetrics(font).boundingRect(QRect(0, 0, width, 10_000), WRAP, banner._words.advice).width() <= width
    assert banner.accessibleName() == f"It has stopped. {LONG_NAME} cannot be opened"
    banner.deleteLater()
