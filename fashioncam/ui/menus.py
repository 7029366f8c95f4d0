"""The parts of the menus that change: cameras, the size of their pictures, models, and kinds of heat maps."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from fashioncam.commands import Do, LoadModel, OpenSource, SetCameraSize, SetCamMethod
from fashioncam.messages import Camera, Stream
from fashioncam.settings import CAM_METHODS
from fashioncam.view import View

from .preferences import Preferences
from .session import Session
from .texts import literal

# By key of `CAM_METHODS`.
METHODS = {
    **{method: f"{name}, from the grad-cam package" for method, name in CAM_METHODS.items()},
    "gradcam": "Grad-CAM: instant",
    "occlusion": "Occlusion: 30 ms a frame, covers patch after patch",
}
CAMERA_SIZES = (None, (640, 480), (1280, 720), (1920, 1080))


class CameraMenus:
    """Cameras by name, and the size of their pictures; both are saved, a camera or stream once it plays."""

    def __init__(self, menu: QMenu, session: Session, preferences: Preferences) -> None:
        self._session, self._preferences = session, preferences
        self._shown: tuple[tuple[Camera, ...], str] | None = None
        self._chosen = ""  # a camera or stream that has not yet opened
        menu.addSeparator()
        self._cameras = menu.addMenu("Choose a camera")
        sizes = menu.addMenu("Picture size")
        group = QActionGroup(sizes)
        for size_wh in CAMERA_SIZES:
            action = sizes.addAction("Camera's default" if size_wh is None else f"{size_wh[0]} x {size_wh[1]}")
            action.setCheckable(True)
            action.setChecked(preferences.camera_size == size_wh)
            action.triggered.connect(lambda _checked=False, size_wh=size_wh: self._choose_size(size_wh))
            group.addAction(action)
        menu.aboutToShow.connect(lambda: session.send(Do.LIST_CAMERAS))

    def open_source(self, device: str) -> None:
        """Leave the present source for another one, named as `--device` names it."""
        self._chosen = device if device.isdecimal() or "://" in device else ""
        self._shown = None  # a click has set a tick that is not yet true
        self._session.send(OpenSource(device))

    def show_view(self, view: View) -> None:
        """Called with every view, so only what has changed is set."""
        if self._chosen and view.stream is Stream.PLAYING and view.device == self._chosen:
            self._preferences.save("device", self._chosen)
            self._chosen = ""
        if (view.cameras, view.device) == self._shown:
            return
        self._shown = view.cameras, view.device
        self._cameras.clear()
        for camera in view.cameras:
            action = self._cameras.addAction(literal(f"{camera.name}  ({camera.index})"))
            action.setCheckable(True)
            action.setChecked(view.device == str(camera.index))
            action.triggered.connect(lambda _checked=False, camera=camera: self.open_source(str(camera.index)))
        if not view.cameras:
            self._cameras.addAction("No camera found").setEnabled(False)

    def _choose_size(self, size_wh: tuple[int, int] | None) -> None:
        self._preferences.save_camera_size(size_wh)
        self._session.send(SetCameraSize(size_wh))


class MethodMenu:
    """How heat maps are made."""

    def __init__(self, menu: QMenu, session: Session) -> None:
        menu.addSeparator()
        methods = menu.addMenu("Heat map method")
        self._actions = {method: methods.addAction(text) for method, text in METHODS.items()}
        for method, action in self._actions.items():
            action.setCheckable(True)
            action.triggered.connect(lambda _checked, method=method: session.send(SetCamMethod(method)))

    def show_view(self, view: View) -> None:
        for method, action in self._actions.items():
            action.setChecked(method == view.cam_method)


class ModelMenu:
    """The weights that come with the program, and those opened last; the choice is saved once it is in use."""

    def __init__(self, menu: QMenu, own_weights: tuple[Path, ...], session: Session, preferences: Preferences) -> None:
        self._session, self._preferences = session, preferences
        self._shown: tuple[str, Path | None] | None = None
        self._chosen: Path | None = None
        self._opened = QAction(menu, checkable=True, visible=False)
        self._opened.triggered.connect(lambda _checked: self.choose(Path(preferences.text("opened"))))
        self._own = {QAction(literal(path.stem), menu, checkable=True): path for path in own_weights}
        first = menu.actions()[0]
        menu.insertActions(first, [*self._own, self._opened])
        menu.insertSeparator(first)
        for action, path in self._own.items():
            action.triggered.connect(lambda _checked, path=path: self.choose(path))

    def choose(self, weights: Path) -> None:
        """Load weights."""
        self._chosen, self._shown = weights, None  # the click has set a tick that is not yet true
        self._session.send(LoadModel(weights))

    def show_view(self, view: View) -> None:
        """Called with every view, so only what has changed is set."""
        if (view.model_loading, view.weights) == self._shown:
            return
        self._shown = view.model_loading, view.weights
        in_use = None if view.weights is None else view.weights.resolve()
        if self._chosen is not None and self._chosen.resolve() == in_use:
            self._preferences.save("weights", str(self._chosen))
            if in_use not in {path.resolve() for path in self._own.values()}:
                self._preferences.save("opened", str(self._chosen))
        opened = self._preferences.opened
        self._opened.setVisible(opened is not None)
        self._opened.setText(literal(opened.name) if opened else "")
        for action, path in (*self._own.items(), (self._opened, opened)):
            action.setChecked(path is not None and path.resolve() == in_use)
