from fake_session import CLASSES, item_view, reading
from hands import press, press_button, settle
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from fashioncam.messages import Capture, State, Stream, View
from fashioncam.ui.dialogs.class_chooser import ClassChooser
from fashioncam.ui.dialogs.gallery import Gallery
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


def test_chooser_fits_into_a_presentation(window, session, qt_application):
    settle(window, session, item_view())
    window._toggle_presentation()
    window.showNormal()
    window.resize(1280, 720)
    qt_application.processEvents()
    press(window, Qt.Key.Key_L)
    chooser = window.findChild(ClassChooser)
    assert chooser.sizeHint().height() < 680
    chooser.close()
    window._toggle_presentation()


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
    question = gallery.findChild(QMessageBox)
    assert question.text() == "Delete 2 filed garments for good?"
    QTest.keyClick(question, Qt.Key.Key_Enter)  # the button of the safe answer
    assert len(session.filed) == 2 and not session.asked("delete_captures")
    gallery._delete.click()
    press_button(gallery.findChildren(QMessageBox)[-1], "Delete")
    assert session.filed == []
    assert len(session.asked("delete_captures")) == 1, "each call is news, and with news the gallery is made anew"
    assert gallery._list.count() == 0
    window._actions["gallery"].trigger()
    assert window.findChildren(Gallery) == [gallery]
    session.filed = [Capture(folder, "Shirt", "", "2026-11-24T10:00:00")]
    settle(window, session, item_view(news="Filed as Shirt"))
    assert gallery._list.count() == 1
    assert not gallery._list.selectedItems()
    gallery.close()


def test_what_is_chosen_in_the_gallery_stays_so_when_another_is_filed(window, session, tmp_path):
    one, two = (Capture(tmp_path / name, "Shirt", "", "2026-11-24T10:00:00") for name in ("one", "two"))
    session.filed = [one]
    window._actions["gallery"].trigger()
    gallery = window.findChild(Gallery)
    gallery._list.selectAll()
    session.filed = [two, one]
    settle(window, session, item_view(news="Filed as Shirt"))
    assert [item.data(Qt.ItemDataRole.UserRole) for item in gallery._list.selectedItems()] == [one]
    gallery.close()


def test_key_presses_the_button_that_has_the_focus(window, session, tmp_path):
    window._actions["gallery"].trigger()
    gallery = window.findChild(Gallery)
    assert not gallery._learn.isEnabled(), "nothing is filed"
    session.filed = [Capture(tmp_path / "one", "Shirt", "", "2026-11-24T10:00:00")]
    settle(window, session, item_view(news="Filed as Shirt"))
    gallery.activateWindow()
    QTest.qWaitForWindowActive(gallery)
    gallery._learn.setFocus()
    QTest.keyClick(gallery._learn, Qt.Key.Key_Return)
    assert gallery.isVisible()
    assert window._dialogs._shown["learning"].isVisible()
    window._dialogs._shown["learning"].close()
    gallery.close()


def test_long_names_of_classes_leave_the_chooser_its_size(qt_application):
    parent = QWidget()
    names = tuple(f"Long-sleeved hooded jacket & trousers of kind {index}" for index in range(24))
    short, long = (ClassChooser(parent, Theme(), classes, QImage()) for classes in (("Coat",) * 24, names))
    assert long.sizeHint().width() <= short.sizeHint().width()
    button = long.findChildren(QPushButton)[3]
    assert button.toolTip() == names[3]
    assert button.text().endswith("kind 3")
    for widget in (short, long, parent):
        widget.deleteLater()
