import os

import pytest
from fake_session import OWN_WEIGHTS, FakeSession

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QEvent, QSettings
from PySide6.QtWidgets import QApplication

from fashioncam.settings import Settings
from fashioncam.ui.main_window import MainWindow
from fashioncam.ui.preferences import Preferences


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
def preferences(tmp_path):
    """Those of a user who has seen the first steps."""
    preferences = Preferences(QSettings(str(tmp_path / "preferences.ini"), QSettings.Format.IniFormat))
    preferences.save("steps_seen", True)
    return preferences


@pytest.fixture
def session():
    return FakeSession()


@pytest.fixture
def open_window(qt_application, session, preferences):
    """Opens windows on the fake session, with these settings."""
    opened = []

    def open_window(**settings):
        window = MainWindow(Settings(**settings), session, preferences, OWN_WEIGHTS)
        opened.append(window)
        window.show()
        return window

    yield open_window
    for window in opened:
        window.close()
        window.deleteLater()
    qt_application.processEvents()
    qt_application.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(open_window, qt_application):
    """A window in front."""
    window = open_window()
    window.resize(1280, 720)
    window.activateWindow()
    qt_application.processEvents()
    return window
