"""The dialogs that stay beside the live picture, at most one of each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from fashioncam.messages import View
from fashioncam.ui.session import Session
from fashioncam.ui.theme import Theme

from .gallery import Gallery
from .learning import LearningDialog


class Dialogs:
    """Opens and keeps them.

    Args:
        window: their parent.
        theme: gives the one that is in use.
        use_model: is called with the file of a model that the user wants to use.
    """

    def __init__(
        self, window: QWidget, session: Session, theme: Callable[[], Theme], use_model: Callable[[str], None]
    ) -> None:
        self._window, self._session, self._theme, self._use_model = window, session, theme, use_model
        self._shown: dict[str, Gallery | LearningDialog] = {}
        self._view = View()

    def show_view(self, view: View) -> None:
        """Hand a new state of affairs on to those that are open."""
        self._view = view
        for dialog in tuple(self._shown.values()):
            dialog.show_view(view)

    def show_gallery(self) -> None:
        """The filed garments."""
        if "gallery" not in self._shown:
            gallery = Gallery(self._window, self._theme(), self._session)
            gallery.learn_asked.connect(self.show_learning)
            self._keep("gallery", gallery)
        self._raise("gallery")

    def show_learning(self) -> None:
        """Learning from them."""
        if "learning" not in self._shown:
            learning = LearningDialog(self._window, self._theme(), self._session)
            learning.use_asked.connect(self._use_model)
            self._keep("learning", learning)
        self._raise("learning")

    def _keep(self, name: str, dialog: Gallery | LearningDialog) -> None:
        dialog.show_view(self._view)
        self._shown[name] = dialog
        dialog.finished.connect(lambda _result: self._shown.pop(name))

    def _raise(self, name: str) -> None:
        self._shown[name].show()
        self._shown[name].raise_()
