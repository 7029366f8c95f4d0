from PySide6.QtGui import QFontMetrics

from fashioncam.ui.texts import Words
from fashioncam.ui.theme import Theme
from fashioncam.ui.widgets.state_banner import ADVICE_PX, StateBanner, breakable

LONG_NAME = "holiday_film_of_all_of_us_that_nobody_has_ever_looked_at_again_2026-11-27_final_version_2.mp4"


def banner_with(advice):
    banner = StateBanner()
    banner.resize(300, 92)
    banner.set_words(Words("It has stopped", advice, "#aa3333", "alert"))
    return banner


def test_long_name_of_a_file_is_wrapped_and_not_cut(qt_application):
    short, long = banner_with("It cannot be opened"), banner_with(f"{LONG_NAME} cannot be opened")
    assert QFontMetrics(Theme().font(long.font(), ADVICE_PX)).horizontalAdvance(LONG_NAME) > long.width()
    assert long.minimumHeight() > short.minimumHeight(), "as high as all of its lines"
    assert long.accessibleName() == f"It has stopped. {LONG_NAME} cannot be opened"
    for banner in (short, long):
        banner.deleteLater()


def test_long_name_may_be_broken_anywhere_and_a_word_may_not():
    assert breakable(LONG_NAME).replace("\u200b", "") == LONG_NAME
    assert "\u200b" in breakable(LONG_NAME)
    assert breakable("cannot be opened") == "cannot be opened"
