import os

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"


@pytest.fixture(scope="session")
def qt_session():
    from PySide6.QtWidgets import QApplication

    return QApplication.instance() or QApplication([])


@pytest.fixture
def qt_application(qt_session):
    """The application; no top-level widget may be left behind."""
    yield qt_session
    assert [type(widget).__name__ for widget in qt_session.topLevelWidgets()] == []
