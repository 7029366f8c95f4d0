"""The dialogs that stay open beside the live picture, at most one of each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from fashioncam.ui.session import Session
from fashioncam.ui.theme import Theme
from fashioncam.view import View

from .gallery import Gallery
from .learning import LearningDialog


class ModelessDialogs:
    """Opens them, and shows each new view in those that are open.

    Args:
        window: their parent.
        theme: gives the one that is in use.
        use_model: is called with the file of a model that the user wants to use.
    """

    def __init__(
        self, window: QWidget, session: Session, theme: Callable[[], Theme], use_model: Callable[[str], None]
    ) -> None:
        self._window, self._session, self._theme, self._use_model = window, session, theme, use_model
        self._open: dict[type[Gallery | LearningDialog], Gallery | LearningDialog] = {}

    def show_view(self, view: View) -> None:
        for dialog in tuple(self._open.values()):
            dialog.show_view(view)

    def close(self) -> None:
        for dialog in tuple(self._open.values()):
            dialog.close()

    def show_gallery(self) -> None:
        """The filed garments."""
        if Gallery not in self._open:
            gallery = Gallery(self._window, self._theme(), self._session)
            gallery.learn_asked.connect(self.show_learning)
            self._add(gallery)
        self._raise(Gallery)

    def show_learning(self) -> None:
        """Learning from them."""
        if LearningDialog not in self._open:
            learning = LearningDialog(self._window, self._theme(), self._session)
            learning.use_asked.connect(self._use_model)
            self._add(learning)
        self._raise(LearningDialog)

    def _add(self, dialog: Gallery | LearningDialog) -> None:
        self._open[type(dialog)] = dialog
        dialog.finished.connect(lambda _result: self._open.pop(type(dialog)))

    def _raise(self, kind: type[Gallery | LearningDialog]) -> None:
        self._open[kind].show()
        self._open[kind].raise_()
