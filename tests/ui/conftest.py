import os

import pytest
from fake_session import OWN_WEIGHTS, FakeSession

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QEvent, QSettings
from PySide6.QtWidgets import QApplication

from fashioncam.settings import Settings
from fashioncam.ui.main_window import MainWindow
from fashioncam.ui.preferences import Memory


@pytest.fixture(scope="session")
def qt_session():
    return QApplication.instance() or QApplication([])


@pytest.fixture
def qt_application(qt_session):
    """The application; no top-level widget may be left behind."""
    yield qt_session
    qt_session.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert [type(widget).__name__ for widget in qt_session.topLevelWidgets()] == []


@pytest.fixture
def memory(tmp_path):
    return Memory(QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def session():
    return FakeSession()


@pytest.fixture
def window(qt_application, session, memory):
    """A window on a fake session, in front, after the first run."""
    memory.keep("steps_seen", True)
    window = MainWindow(Settings(), session, memory, OWN_WEIGHTS)
    window.resize(1280, 720)
    window.show()
    window.activateWindow()
    qt_application.processEvents()
    yield window
    window.close()
    window.deleteLater()
    qt_application.processEvents()
    qt_application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
