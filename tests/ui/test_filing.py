import threading

import cv2
import numpy as np
import pytest
from fake_session import CLASSES, item_view
from hands import button, choose, press, settle, wait_for
from PySide6.QtCore import QSize, Qt, QThreadPool
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget, QMessageBox, QPushButton, QWidget

from fashioncam.commands import DeleteCaptures, Do, FileGarment
from fashioncam.messages import Capture
from fashioncam.ui.dialogs import gallery as gallery_module
from fashioncam.ui.dialogs.class_chooser import ClassChooser
from fashioncam.ui.dialogs.gallery import Gallery
from fashioncam.ui.dialogs.learning import LearningDialog
from fashioncam.ui.theme import Theme

wait_for_done = QThreadPool.waitForDone


def test_garment_is_filed_by_a_digit(window, session, qt_application):
    settle(window, session, item_view())
    press(window, Qt.Key.Key_L)
    chooser = window.findChild(ClassChooser)
    assert len(chooser.findChildren(QPushButton)) == len(CLASSES)
    QTest.keyClick(chooser, Qt.Key.Key_7)
    assert session.asked(FileGarment) == [FileGarment(7)]
    assert not chooser.isVisible()


def test_garment_is_filed_by_a_click(window, session):
    settle(window, session, item_view())
    press(window, Qt.Key.Key_L)
    window.findChild(ClassChooser).findChildren(QPushButton)[3].click()
    assert session.asked(FileGarment) == [FileGarment(3)]


def test_chooser_fits_into_a_presentation(window, session, qt_application):
    settle(window, session, item_view())
    choose(window, "present")
    window.showNormal()
    window.resize(1280, 720)
    qt_application.processEvents()
    press(window, Qt.Key.Key_L)
    chooser = window.findChild(ClassChooser)
    assert chooser.sizeHint().height() < 680
    chooser.close()
    choose(window, "present")


def test_key_of_the_pause_files_nothing(window, session, qt_application):
    settle(window, session, item_view())
    press(window, Qt.Key.Key_L)
    chooser = window.findChild(ClassChooser)
    qt_application.processEvents()
    QTest.keyClick(qt_application.focusWidget(), Qt.Key.Key_Space)
    assert chooser.isVisible()
    assert not session.asked(FileGarment)
    chooser.close()


def test_of_many_classes_the_first_ten_have_a_digit(qt_application):
    parent = QWidget()
    chooser = ClassChooser(parent, Theme(), tuple(f"class {index}" for index in range(12)), QImage())
    numbered = [button.text()[0].isdigit() for button in chooser.findChildren(QPushButton)]
    assert numbered == 10 * [True] + 2 * [False]
    chooser.deleteLater()
    parent.deleteLater()


def test_nothing_in_hand_asks_for_no_class(window, session):
    session.garment = None
    settle(window, session, item_view())
    press(window, Qt.Key.Key_L)
    assert session.asked(Do.HOLD_GARMENT)
    assert window.findChild(ClassChooser) is None


def captured(folder, count=1):
    """Captures of a shirt, each with its pictures."""
    captures = tuple(
        Capture(folder / "Shirt" / str(index), "Shirt", "Coat", f"2026-11-24T10:0{index}:00") for index in range(count)
    )
    for capture in captures:
        capture.folder.mkdir(parents=True)
        cv2.imwrite(str(capture.folder / "crop.png"), np.full((60, 40, 3), (0, 0, 255), np.uint8))
        cv2.imwrite(str(capture.folder / "mask.png"), np.full((60, 40), 255, np.uint8))
    return captures


def thumbnail_colours(gallery):
    """Colour in the middle of each thumbnail."""
    items = (gallery.findChild(QListWidget).item(row) for row in range(gallery.findChild(QListWidget).count()))
    images = [item.icon().pixmap(QSize(148, 148)).toImage() for item in items]
    return [image.pixelColor(image.width() // 2, image.height() // 2).name() for image in images]


def test_gallery_shows_and_deletes(window, session, tmp_path):
    captures = captured(tmp_path, 2)
    settle(window, session, item_view(captures=captures))
    window.resize(700, 400)
    press(window, Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    assert session.asked(Do.LIST_CAPTURES)
    gallery = window.findChild(Gallery)
    assert gallery.size() == window.size(), "it would be larger than a small screen"
    shown, delete = gallery.findChild(QListWidget), button(gallery, "Delete selected …")
    assert gallery.focusWidget() is button(gallery, "Close"), "in the list, it would mark a garment"
    assert "taken for Coat" in shown.item(0).text()
    shown.selectAll()
    delete.click()
    question = gallery.findChild(QMessageBox)
    assert question.text() == "Delete 2 filed garments for good?"
    QTest.keyClick(question, Qt.Key.Key_Enter)  # the button of the safe answer
    assert not session.asked(DeleteCaptures)
    delete.click()
    button(gallery.findChildren(QMessageBox)[-1], "Delete").click()
    assert session.asked(DeleteCaptures) == [DeleteCaptures(captures)]
    settle(window, session, session.view)
    assert shown.count() == 0
    choose(window, "gallery")
    assert window.findChildren(Gallery) == [gallery]
    settle(window, session, item_view(captures=captures[:1]))
    assert shown.count() == 1
    assert not shown.selectedItems()


def test_thumbnail_darkens_what_is_no_garment(qt_application, tmp_path):
    (capture,) = captured(tmp_path)
    cv2.imwrite(str(capture.folder / "mask.png"), np.repeat(np.uint8([[0] * 20 + [255] * 20]), 60, axis=0))
    image = gallery_module.thumbnail(capture, QSize(148, 148))
    off, on = (image.pixelColor(x, 74).red() for x in (40, 100))
    assert (off, on) == (pytest.approx(0.4 * 255, abs=2), 255)


def test_thumbnails_are_read_in_a_thread_while_the_window_lives_on(window, session, tmp_path, monkeypatch):
    go_on, threads = threading.Event(), []
    thumbnail = gallery_module.thumbnail

    def slow(*arguments):
        threads.append(threading.get_ident())
        assert go_on.wait(5)
        return thumbnail(*arguments)

    monkeypatch.setattr(gallery_module, "thumbnail", slow)
    settle(window, session, item_view(captures=captured(tmp_path, 3)))
    choose(window, "gallery")
    gallery = window.findChild(Gallery)
    assert wait_for(lambda: threads)
    assert "#ff0000" not in thumbnail_colours(gallery)
    go_on.set()
    assert wait_for(lambda: thumbnail_colours(gallery) == 3 * ["#ff0000"])
    assert threading.get_ident() not in threads


def test_gallery_that_is_closed_while_it_reads_waits_for_its_reader_only(window, session, tmp_path, monkeypatch):
    reading, closing, read = threading.Event(), threading.Event(), []

    def slow(capture, size):
        reading.set()
        assert closing.wait(5)
        read.append(capture)
        return QImage()

    monkeypatch.setattr(gallery_module, "thumbnail", slow)
    monkeypatch.setattr(QThreadPool, "waitForDone", lambda pool: closing.set() or wait_for_done(pool))
    settle(window, session, item_view(captures=captured(tmp_path, 9)))
    choose(window, "gallery")
    assert reading.wait(5)
    window.close()
    assert len(read) == 1


def test_what_is_chosen_in_the_gallery_stays_so_when_another_is_filed(window, session, tmp_path):
    one, two = (Capture(tmp_path / name, "Shirt", "", "2026-11-24T10:00:00") for name in ("one", "two"))
    settle(window, session, item_view(captures=(one,)))
    choose(window, "gallery")
    shown = window.findChild(QListWidget)
    shown.selectAll()
    settle(window, session, item_view(captures=(two, one)))
    assert [item.data(Qt.ItemDataRole.UserRole) for item in shown.selectedItems()] == [one]


def test_key_presses_the_button_that_has_the_focus(window, session, tmp_path):
    choose(window, "gallery")
    gallery = window.findChild(Gallery)
    learn = button(gallery, "Learn from them …")
    assert not learn.isEnabled(), "nothing is filed"
    filed = Capture(tmp_path / "one", "Shirt", "", "2026-11-24T10:00:00")
    settle(window, session, item_view(captures=(filed,)))
    gallery.activateWindow()
    QTest.qWaitForWindowActive(gallery)
    learn.setFocus()
    QTest.keyClick(learn, Qt.Key.Key_Return)
    assert gallery.isVisible()
    assert window.findChild(LearningDialog).isVisible()


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
