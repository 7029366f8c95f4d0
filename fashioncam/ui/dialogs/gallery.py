"""The filed garments: to look at, and to delete."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QSize, Qt, QTimer, Signal
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

from fashioncam.messages import Capture, View
from fashioncam.ui.session import Session
from fashioncam.ui.shortcuts import BINDINGS
from fashioncam.ui.theme import Theme

THUMBNAIL_PX = 148
MASK_OFF = QColor(0, 0, 0, 150)  # over what is not garment


class Gallery(QDialog):
    """All captures, the newest first; the pictures are loaded one by one, so that the live picture goes on."""

    learn_asked = Signal()

    def __init__(self, parent: QWidget, theme: Theme, session: Session) -> None:
        super().__init__(parent)
        self._session, self._theme = session, theme
        self._captures: list[Capture] = []
        self._icons_to_load: list[QListWidgetItem] = []
        self.setWindowTitle("Filed garments")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(QSize(theme.px(860), theme.px(600)).boundedTo(parent.size()))
        self._heading, self._hint = QLabel(), QLabel()
        self._heading.setObjectName("heading")
        self._hint.setObjectName("quiet")
        self._hint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._list = QListWidget()
        self._list.setViewMode(QListWidget.ViewMode.IconMode)
        self._list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self._list.setMovement(QListWidget.Movement.Static)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._list.setUniformItemSizes(True)
        self._list.setWordWrap(True)
        self._list.setIconSize(QSize(theme.px(THUMBNAIL_PX), theme.px(THUMBNAIL_PX)))
        self._list.setGridSize(QSize(theme.px(THUMBNAIL_PX + 44), theme.px(THUMBNAIL_PX + 66)))
        self._delete = QPushButton("Delete selected …")
        self._delete.setToolTip("Delete")
        self._delete.clicked.connect(lambda _checked: self._ask_to_delete())
        self._learn = QPushButton("Learn from them …")
        binding = next(binding for binding in BINDINGS if binding.action == "learn")
        self._learn.setToolTip(f"{binding.text} ({binding.keys[0]})")
        self._learn.setShortcut(QKeySequence(binding.keys[0]))  # the window's own does not reach here
        self._learn.clicked.connect(lambda _checked: self.learn_asked.emit())
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(lambda _checked: self.close())
        self._list.itemSelectionChanged.connect(self._on_selection)
        QShortcut(QKeySequence.StandardKey.Delete, self, self._ask_to_delete)
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
        self._loader = QTimer(self)
        self._loader.timeout.connect(self._load_next_icon)
        self.reload()

    def show_view(self, view: View) -> None:
        """Show what has been filed meanwhile, which is told as news."""
        if view.news and self._session.captures() != self._captures:
            self.reload()

    def reload(self) -> None:
        """Show what is there now."""
        captures = self._captures = self._session.captures()
        chosen, scrolled = {capture.folder for capture in self._chosen()}, self._list.verticalScrollBar().value()
        self._list.clear()
        blank = QPixmap(self._list.iconSize())
        blank.fill(QColor(self._theme.palette.track))
        for capture in captures:
            item = QListWidgetItem(QIcon(blank), caption(capture))
            item.setData(Qt.ItemDataRole.UserRole, capture)
            item.setToolTip(str(capture.folder))
            item.setSizeHint(self._list.gridSize())  # else the last of three lines may be cut off
            self._list.addItem(item)
            item.setSelected(capture.folder in chosen)
        self._list.verticalScrollBar().setValue(scrolled)
        self._icons_to_load = [self._list.item(row) for row in range(self._list.count())]
        count = len(captures)
        self._heading.setText("No garment filed yet" if not count else f"{count} filed garment{'s' * (count > 1)}")
        where = f"In {captures[0].folder.parent.parent}" if captures else "Hold up a garment and press L."
        self._hint.setText(where)
        self._learn.setEnabled(bool(captures))
        self._on_selection()
        self._loader.start(0)

    def _chosen(self) -> list[Capture]:
        return [item.data(Qt.ItemDataRole.UserRole) for item in self._list.selectedItems()]

    def _ask_to_delete(self) -> None:
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
        delete.clicked.connect(lambda _checked: self._delete_for_good(chosen))
        question.open()

    def _delete_for_good(self, captures: list[Capture]) -> None:
        self._session.delete_captures(captures)
        self.reload()

    def _on_selection(self) -> None:
        self._delete.setEnabled(bool(self._list.selectedItems()))

    def _load_next_icon(self) -> None:
        if not self._icons_to_load:
            self._loader.stop()
            return
        item = self._icons_to_load.pop(0)
        item.setIcon(QIcon(thumbnail(item.data(Qt.ItemDataRole.UserRole), self._list.iconSize())))


def caption(capture: Capture) -> str:
    """Class, when, and what it was taken for where that was another."""
    taken = datetime.fromisoformat(capture.taken)
    wrong = f"\ntaken for {capture.answer}" if capture.answer not in ("", capture.label) else ""
    return f"{capture.label}\n{taken:%d %b, %H:%M}{wrong}"


def thumbnail(capture: Capture, size: QSize) -> QPixmap:
    """The crop with what is not garment darkened, in the middle of a pixmap of that size."""
    crop, mask = QImage(str(capture.folder / "crop.png")), QImage(str(capture.folder / "mask.png"))
    pixmap = QPixmap(size)
    pixmap.fill(Qt.GlobalColor.transparent)
    if crop.isNull():
        return pixmap
    smooth, keep = Qt.TransformationMode.SmoothTransformation, Qt.AspectRatioMode.KeepAspectRatio
    crop = crop.scaled(size, keep, smooth)
    off = QImage(crop.size(), QImage.Format.Format_ARGB32_Premultiplied)
    off.fill(MASK_OFF)
    if not mask.isNull():
        mask = mask.scaled(crop.size(), Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        mask.invertPixels()
        off.setAlphaChannel(mask.convertToFormat(QImage.Format.Format_Alpha8))
    painter = QPainter(pixmap)
    left, top = (size.width() - crop.width()) // 2, (size.height() - crop.height()) // 2
    painter.drawImage(left, top, crop)
    painter.setOpacity(MASK_OFF.alphaF())
    painter.drawImage(left, top, off)
    painter.end()
    return pixmap
