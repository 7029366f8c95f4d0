"""From the one table of keys to actions, menus and buttons."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar

from .icons import icon
from .shortcuts import BINDINGS, MENUS
from .theme import Theme


def make_actions(window: QMainWindow, handlers: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """An action for each binding, by name. They belong to the window, so that keys work without the menus."""
    actions = {}
    for binding in BINDINGS:
        action = QAction(binding.text, window)
        action.setObjectName(binding.action)
        action.setShortcuts([QKeySequence(key) for key in binding.keys])
        action.setToolTip(f"{binding.text} ({', '.join(binding.keys)})")
        action.setIconText(f" {binding.short or binding.text}")
        action.setCheckable(binding.is_switch)
        action.setAutoRepeat(binding.repeats)
        action.setMenuRole(QAction.MenuRole.QuitRole if binding.action == "quit" else QAction.MenuRole.NoRole)
        action.triggered.connect(lambda _checked=False, handler=handlers[binding.action]: handler())
        window.addAction(action)
        actions[binding.action] = action
    return actions


def make_menus(window: QMainWindow, actions: Mapping[str, QAction]) -> dict[str, QMenu]:
    """The menus by title, filled with the actions that the table puts there."""
    menus = {title: window.menuBar().addMenu(f"&{title}") for title in MENUS}
    for binding in BINDINGS:
        menus[binding.menu].addAction(actions[binding.action])
    return menus


class ButtonBar(QToolBar):
    """The actions that have a short text, as buttons; icons alone where there is no room for all texts."""

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self._actions = {b.action: actions[b.action] for b in BINDINGS if b.short}
        self._needed_px = 0  # with texts
        for action in self._actions.values():
            self.addAction(action)
            self.widgetForAction(action).setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_theme(self, theme: Theme) -> None:
        self.setIconSize(QSize(theme.px(17), theme.px(17)))
        for name, action in self._actions.items():
            action.setIcon(icon(name, theme.palette.text))
            action.setIconVisibleInMenu(False)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._needed_px = self.sizeHint().width()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        styles = Qt.ToolButtonStyle
        has_room = self._needed_px <= self.width()
        self.setToolButtonStyle(styles.ToolButtonTextBesideIcon if has_room else styles.ToolButtonIconOnly)
