"""Dialogs that ask for a source or for a model; each returns "" for nothing."""

from __future__ import annotations

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget


def ask_file(parent: QWidget) -> str:
    kinds = "Videos (*.mp4 *.avi *.mkv *.mov *.webm *.m4v);;All files (*)"
    return QFileDialog.getOpenFileName(parent, "Open a video", "", kinds)[0]


def ask_folder(parent: QWidget) -> str:
    return QFileDialog.getExistingDirectory(parent, "Open a folder of pictures")


def ask_url(parent: QWidget) -> str:
    text, accepted = QInputDialog.getText(parent, "Open a stream", "Address, such as http://camera.local/video.mjpg")
    address = text.strip() if accepted else ""
    return address if "://" in address or not address else f"http://{address}"


def ask_weights(parent: QWidget) -> str:
    return QFileDialog.getOpenFileName(parent, "Open a model", "", "Models (*.pth)")[0]


def dropped(data: QMimeData) -> str:
    """File, folder or address that is being dragged."""
    if data.hasUrls() and data.urls():
        url = data.urls()[0]
        return url.toLocalFile() if url.isLocalFile() else url.toString()
    text = data.text().strip() if data.hasText() else ""
    return text if "://" in text else ""
