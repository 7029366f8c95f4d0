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
        self._show(Gallery)

    def show_learning(self) -> None:
        """Learning from them."""
        self._show(LearningDialog)

    def _show(self, kind: type[Gallery | LearningDialog]) -> None:
        if kind not in self._open:
            dialog = self._open[kind] = kind(self._window, self._theme(), self._session)
            dialog.finished.connect(lambda _result: self._open.pop(kind))
            if isinstance(dialog, Gallery):
                dialog.learn_asked.connect(self.show_learning)
            else:
                dialog.use_asked.connect(self._use_model)
        self._open[kind].show()
        self._open[kind].raise_()
