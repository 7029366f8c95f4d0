"""The parts of the menus that come and go: cameras, their picture size, models, and ways to a heat map."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from fashioncam.messages import Camera, Stream, View
from fashioncam.settings import CAM_METHODS

from .preferences import Memory
from .session import Session
from .texts import literal

# By key of `CAM_METHODS`.
METHODS = {
    **{method: f"{name}, of the grad-cam package" for method, name in CAM_METHODS.items()},
    "gradcam": "Grad-CAM: instant",
    "occlusion": "Occlusion: 30 ms a frame, asks the model itself",
}
CAMERA_SIZES = (None, (640, 480), (1280, 720), (1920, 1080))


class CameraMenus:
    """Cameras by name, and the size of their pictures; both are remembered, a camera or stream when it has opened."""

    def __init__(self, menu: QMenu, session: Session, memory: Memory) -> None:
        self._session, self._memory = session, memory
        self._shown: tuple[tuple[Camera, ...], str] | None = None
        self._chosen = ""  # a camera or stream that has not yet opened
        menu.addSeparator()
        self._cameras = menu.addMenu("Choose a camera")
        sizes = menu.addMenu("Size of the camera's picture")
        group = QActionGroup(sizes)
        for size_wh in CAMERA_SIZES:
            action = sizes.addAction("The camera's default" if size_wh is None else f"{size_wh[0]} x {size_wh[1]}")
            action.setCheckable(True)
            action.setChecked(memory.camera_size == size_wh)
            action.triggered.connect(lambda _checked=False, size_wh=size_wh: self._choose_size(size_wh))
            group.addAction(action)
        menu.aboutToShow.connect(session.list_cameras)

    def open_source(self, device: str) -> None:
        """Leave the present source for another one, named as `--device` names it."""
        self._chosen = device if device.isdecimal() or "://" in device else ""
        self._shown = None  # a click has set a tick that is not yet true
        self._session.open_source(device)

    def show_view(self, view: View) -> None:
        """Called at every pull, so only what has changed is set."""
        if self._chosen and view.stream is Stream.PLAYING and view.device == self._chosen:
            self._memory.keep("device", self._chosen)
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
        self._memory.keep_camera_size(size_wh)
        self._session.set_camera_size(size_wh)


class MethodMenu:
    """How heat maps are made."""

    def __init__(self, menu: QMenu, session: Session) -> None:
        menu.addSeparator()
        methods = menu.addMenu("How heat maps are made")
        self._actions = {method: methods.addAction(text) for method, text in METHODS.items()}
        for method, action in self._actions.items():
            action.setCheckable(True)
            action.triggered.connect(lambda _checked, method=method: session.set_cam_method(method))
        self._shown: tuple[str, str] | None = None

    def show_view(self, view: View) -> None:
        """Called at every pull, so only what has changed is set."""
        if (view.model_loading, view.cam_method) == self._shown:
            return
        self._shown = view.model_loading, view.cam_method
        for method, action in self._actions.items():
            action.setChecked(method == view.cam_method)


class ModelMenu:
    """The weights that come with the program, and those opened last; what is in use by choice is remembered."""

    def __init__(self, menu: QMenu, own_weights: tuple[Path, ...], session: Session, memory: Memory) -> None:
        self._session, self._memory = session, memory
        self._shown: tuple[str, Path | None] | None = None
        self._chosen: Path | None = None
        self._opened = QAction(menu, checkable=True, visible=False)
        self._opened.triggered.connect(lambda _checked: self.choose(Path(memory.text("opened"))))
        self._own = {QAction(literal(path.stem), menu, checkable=True): path for path in own_weights}
        first = menu.actions()[0]
        menu.insertActions(first, [*self._own, self._opened])
        menu.insertSeparator(first)
        for action, path in self._own.items():
            action.triggered.connect(lambda _checked, path=path: self.choose(path))

    def choose(self, weights: Path) -> None:
        """Load weights."""
        self._chosen, self._shown = weights, None  # the click has set a tick that is not yet true
        self._session.load_model(weights)

    def show_view(self, view: View) -> None:
        """Called at every pull, so only what has changed is set."""
        if (view.model_loading, view.weights) == self._shown:
            return
        self._shown = view.model_loading, view.weights
        in_use = None if view.weights is None else view.weights.resolve()
        if self._chosen is not None and self._chosen.resolve() == in_use:
            self._memory.keep("weights", str(self._chosen))
            if in_use not in {path.resolve() for path in self._own.values()}:
                self._memory.keep("opened", str(self._chosen))
        opened = self._memory.opened
        self._opened.setVisible(opened is not None)
        self._opened.setText(literal(opened.name) if opened else "")
        for action, path in (*self._own.items(), (self._opened, opened)):
            action.setChecked(path is not None and path.resolve() == in_use)
