"""Errors that the user can put right."""

from __future__ import annotations

from importlib.util import find_spec


class UserError(Exception):
    """Something the user can put right. Its text is one line that says what to do; the exit code is 2."""


# Libraries that Qt's window plugin is linked with and a bare Debian or Ubuntu lacks.
QT_PACKAGES = (
    "libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0 libxcb-cursor0 libxkbcommon-x11-0 "
    "libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxcb-render-util0 libxcb-image0 libxcb-randr0 "
    "libxcb-xinerama0"
)


class QtMissingError(UserError):
    """Qt cannot be loaded, or cannot open a window."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Qt cannot open a window ({reason}); run with --headless, "
            f"or on Debian and Ubuntu: apt install {QT_PACKAGES}"
        )


def require_torch(what: str) -> None:
    """UserError where the packages of the extra `torch` are not installed; `what` needs them.

    The command is right for a wheel and for a checkout: pip takes the fashioncam that is installed.
    """
    if find_spec("torch") is None or find_spec("pytorch_grad_cam") is None:
        raise UserError(f'{what} needs torch, which is not installed: python -m pip install "fashioncam[torch]"')
