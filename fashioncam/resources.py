"""Files that come with the program: inside the package in a wheel, beside it in a checkout."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def own(path: Path) -> Path:
    """The program's own file of that relative name, e.g. weights/hybrid.pth; `path` where there is none."""
    return next((place / path for place in (PACKAGE, PACKAGE.parent) if exists(place / path)), path)


def named_or_own(path: Path) -> Path:
    """What the user named where it exists, else the program's own, so that documented calls work from any folder."""
    return path if path.is_absolute() or exists(path) else own(path)


def exists(path: Path) -> bool:
    """Whether there is such a file or folder; unlike `Path.exists`, also for a name that is too long."""
    return os.path.exists(path)  # noqa: PTH110


def is_utf8(path: Path) -> bool:
    """Whether the name can be handed to OpenCV, whose version 5 crashes on one that is not UTF-8."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


DEMO_CLIP = Path("assets/demo.mp4")
SEGMENTER = Path("weights/segmenter.onnx")


def weights_of(model: str) -> Path:
    """Where the weights of a model lie by default, relative to the program."""
    return Path("weights") / f"{model}.pth"


def own_weights() -> tuple[Path, ...]:
    """The checkpoints that come with the program, and in a checkout those trained there, by their names."""
    names = {path.stem for place in (PACKAGE, PACKAGE.parent) for path in (place / "weights").glob("*.pth")}
    return tuple(own(weights_of(name)) for name in sorted(names))
