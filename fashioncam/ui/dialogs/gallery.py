"""The filed garments: to look at, and to delete."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QKeySequence, QPainter, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fashioncam.commands import DeleteCaptures, Do
from fashioncam.messages import Capture
from fashioncam.ui.session import Session
from fashioncam.ui.shortcuts import BINDINGS
from fashioncam.ui.theme import Theme
from fashioncam.view import View

THUMBNAIL_PX = 148
DARKENING = 0.6  # of what is not garment, 0..1


class Gallery(QDialog):
    """All captures, the newest first; their pictures are read in a thread, so that the live picture goes on."""

    learn_asked = Signal()
    thumbnail_read = Signal(object, QImage)  # capture's folder, and the picture

    def __init__(self, parent: QWidget, theme: Theme, session: Session) -> None:
        super().__init__(parent)
        self._session, self._theme = session, theme
        self._captures: tuple[Capture, ...] | None = None
        self._thumbnails: dict[object, QIcon] = {}
        self._readers = QThreadPool(self)
        self._readers.setMaxThreadCount(1)
        self.setWindowTitle("Filed garments")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(QSize(theme.px(860), theme.px(600)).boundedTo(parent.size()))
        self._heading, self._hint = QLabel(), QLabel()
        self._heading.setObjectName("heading")
        self._hint.setObjectName("quiet")
        self._hint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._list = self._made_list()
        self._delete = QPushButton("Delete selected …")
        self._delete.setToolTip("Delete")
        self._delete.clicked.connect(self._on_delete)
        self._learn = QPushButton("Learn from them …")
        binding = next(binding for binding in BINDINGS if binding.action == "learn")
        self._learn.setToolTip(f"{binding.text} ({binding.keys[0]})")
        self._learn.setShortcut(QKeySequence(binding.keys[0]))  # the window's own does not reach here
        self._learn.clicked.connect(lambda _checked: self.learn_asked.emit())
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(lambda _checked: self.close())
        QShortcut(QKeySequence.StandardKey.Delete, self, self._on_delete)
        layout, buttons = QVBoxLayout(self), QHBoxLayout()
        layout.setContentsMargins(*(theme.px(18),) * 4)
        layout.setSpacing(theme.px(10))
        for widget in (self._heading, self._list, self._hint):
            layout.addWidget(widget)
        buttons.addWidget(self._delete)
        buttons.addStretch()
        buttons.addWidget(self._learn)
        buttons.addWidget(close)
        layout.addLayout(buttons)
        close.setFocus()  # else the list has it, and marks a garment that nobody has chosen
        self.thumbnail_read.connect(self._on_thumbnail_read)
        self.finished.connect(self._on_finished)
        session.send(Do.LIST_CAPTURES)
        self.show_view(session.view)

    def _made_list(self) -> QListWidget:
        px = self._theme.px
        made = QListWidget()
        made.setViewMode(QListWidget.ViewMode.IconMode)
        made.setResizeMode(QListWidget.ResizeMode.Adjust)
        made.setMovement(QListWidget.Movement.Static)
        made.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        made.setUniformItemSizes(True)
        made.setWordWrap(True)
        made.setIconSize(QSize(px(THUMBNAIL_PX), px(THUMBNAIL_PX)))
        made.setGridSize(QSize(px(THUMBNAIL_PX + 44), px(THUMBNAIL_PX + 66)))
        made.itemSelectionChanged.connect(self._on_selection_changed)
        return made

    def show_view(self, view: View) -> None:
        """Show the captures, if others have been listed."""
        if view.captures == self._captures:
            return
        captures = self._captures = view.captures
        chosen, scrolled = {capture.folder for capture in self._chosen()}, self._list.verticalScrollBar().value()
        self._list.clear()
        for capture in captures:
            self._list.addItem(self._item(capture))
            self._list.item(self._list.count() - 1).setSelected(capture.folder in chosen)
        self._list.verticalScrollBar().setValue(scrolled)
        count = len(captures)
        self._heading.setText("No garment filed yet" if not count else f"{count} filed garment{'s' * (count > 1)}")
        where = f"In {captures[0].folder.parent.parent}" if captures else "Hold up a garment and press L."
        self._hint.setText(where)
        self._learn.setEnabled(bool(captures))
        self._on_selection_changed()

    def _item(self, capture: Capture) -> QListWidgetItem:
        """With its thumbnail, or a blank one until that has been read."""
        if capture.folder not in self._thumbnails:
            blank = QPixmap(self._list.iconSize())
            blank.fill(QColor(self._theme.palette.track))
            self._thumbnails[capture.folder] = QIcon(blank)
            size = self._list.iconSize()
            self._readers.start(lambda: self.thumbnail_read.emit(capture.folder, thumbnail(capture, size)))
        item = QListWidgetItem(self._thumbnails[capture.folder], caption(capture))
        item.setData(Qt.ItemDataRole.UserRole, capture)
        item.setToolTip(str(capture.folder))
        item.setSizeHint(self._list.gridSize())  # else the last of three lines may be cut off
        return item

    def _on_thumbnail_read(self, folder: object, image: QImage) -> None:
        icon = self._thumbnails[folder] = QIcon(QPixmap.fromImage(image))
        for row in range(self._list.count()):
            item = self._list.item(row)
            if item.data(Qt.ItemDataRole.UserRole).folder == folder:
                item.setIcon(icon)

    def _on_finished(self) -> None:
        """Before the dialog goes, so do those who would tell it something."""
        self._readers.clear()
        self._readers.waitForDone()

    def _chosen(self) -> tuple[Capture, ...]:
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in self._list.selectedItems())

    def _on_delete(self) -> None:
        """Delete the selected captures, which cannot be undone."""
        chosen = self._chosen()
        if not chosen:
            return
        question = QMessageBox(self)
        question.setWindowTitle("Delete filed garments")
        question.setText(f"Delete {len(chosen)} filed garment{'s' * (len(chosen) > 1)} for good?")
        delete = question.addButton("Delete", QMessageBox.ButtonRole.AcceptRole)
        question.setDefaultButton(question.addButton(QMessageBox.StandardButton.Cancel))
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        delete.clicked.connect(lambda _checked: self._session.send(DeleteCaptures(chosen)))
        question.open()

    def _on_selection_changed(self) -> None:
        self._delete.setEnabled(bool(self._list.selectedItems()))


def caption(capture: Capture) -> str:
    """Class, when, and the program's answer where that was another."""
    taken = datetime.fromisoformat(capture.taken)
    wrong = f"\ntaken for {capture.answer}" if capture.answer not in ("", capture.label) else ""
    return f"{capture.label}\n{taken:%d %b, %H:%M}{wrong}"


def thumbnail(capture: Capture, size: QSize) -> QImage:
    """The crop with what is not garment darkened, in the middle of an image of that size."""
    crop, mask = QImage(str(capture.folder / "crop.png")), QImage(str(capture.folder / "mask.png"))
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    if crop.isNull():
        return image
    smooth, keep = Qt.TransformationMode.SmoothTransformation, Qt.AspectRatioMode.KeepAspectRatio
    crop = crop.scaled(size, keep, smooth)
    off = QImage(crop.size(), QImage.Format.Format_ARGB32_Premultiplied)
    off.fill(Qt.GlobalColor.black)
    if not mask.isNull():
        mask = mask.scaled(crop.size(), Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        mask.invertPixels()
        off.setAlphaChannel(mask)
    painter = QPainter(image)
    left, top = (size.width() - crop.width()) // 2, (size.height() - crop.height()) // 2
    painter.drawImage(left, top, crop)
    painter.setOpacity(DARKENING)
    painter.drawImage(left, top, off)
    painter.end()
    return image
