from fake_session import CLASSES, item_view, reading
from hands import press, settle
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from fashioncam.messages import Capture, State, Stream, View
from fashioncam.ui.class_chooser import ClassChooser
from fashioncam.ui.gallery import Gallery
from fashioncam.ui.theme import Theme


def test_garment_is_filed_by_a_digit(window, session, qt_application):
    settle(window, session, item_view())
    press(window, Qt.Key.Key_L)
    chooser = window.findChild(ClassChooser)
    assert len(chooser.findChildren(QPushButton)) == len(CLASSES)
    QTest.keyClick(chooser, Qt.Key.Key_7)
    assert session.asked("file_capture") == [(7,)]
    assert not chooser.isVisible()


def test_garment_is_filed_by_a_click(window, session):
    settle(window, session, item_view())
    press(window, Qt.Key.Key_L)
    window.findChild(ClassChooser).findChildren(QPushButton)[3].click()
    assert session.asked("file_capture") == [(3,)]


def test_key_of_the_pause_files_nothing(window, session, qt_application):
    settle(window, session, item_view())
    press(window, Qt.Key.Key_L)
    chooser = window.findChild(ClassChooser)
    qt_application.processEvents()
    QTest.keyClick(qt_application.focusWidget(), Qt.Key.Key_Space)
    assert chooser.isVisible()
    assert session.asked("file_capture") == []
    chooser.close()


def test_of_many_classes_the_first_ten_have_a_digit(qt_application):
    parent = QWidget()
    chooser = ClassChooser(parent, Theme(), tuple(f"class {index}" for index in range(12)), QImage())
    numbered = [button.text()[0].isdigit() for button in chooser.findChildren(QPushButton)]
    assert numbered == 10 * [True] + 2 * [False]
    chooser.deleteLater()
    parent.deleteLater()


def test_nothing_in_hand_asks_for_no_class(window, session):
    session.has_garment = False
    settle(window, session, View(reading=reading(State.EMPTY), model="hybrid", stream=Stream.PLAYING))
    press(window, Qt.Key.Key_L)
    assert window.findChild(ClassChooser) is None


def test_gallery_shows_and_deletes(window, session, tmp_path, qt_application):
    folder = tmp_path / "captures" / "Shirt" / "one"
    session.filed = [Capture(folder, "Shirt", "Coat", f"2026-11-24T10:0{minute}:00") for minute in range(2)]
    window.resize(700, 400)
    press(window, Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    gallery = window.findChild(Gallery)
    assert gallery.size() == window.size(), "it would be larger than a small screen"
    assert "taken for Coat" in gallery._list.item(0).text()
    while gallery._loader.isActive():
        qt_application.processEvents()
    gallery._list.selectAll()
    gallery._delete.click()
    assert session.filed == []
    assert len(session.asked("delete_captures")) == 1, "each call is news, and with news the gallery is made anew"
    assert gallery._list.count() == 0
    window._actions["gallery"].trigger()
    assert window.findChildren(Gallery) == [gallery]
    session.filed = [Capture(folder, "Shirt", "", "2026-11-24T10:00:00")]
    settle(window, session, item_view(news="Filed as Shirt"))
    assert gallery._list.count() == 1
    gallery.close()
