"""Files that come with the program: inside the package in a wheel, around it in a checkout."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

DEMO_CLIP = Path("assets/demo.mp4")
SEGMENTER = Path("weights/segmenter.onnx")


def root_for(package: Path) -> Path:
    """The folder that holds weights/ and assets/: the checkout around the package where there is one, else the package.

    An installed package lies in site-packages, and a folder weights/ there may be another package's.
    """
    try:
        project = (package.parent / "pyproject.toml").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return package
    return package.parent if f'name = "{package.name}"' in project.splitlines() else package


# A real folder, as OpenCV and ONNX Runtime need: pip unpacks every wheel.
ROOT = root_for(Path(str(files(__package__))))


def own(path: Path) -> Path:
    """The program's own file of that relative name, e.g. weights/hybrid.pth; `path` where there is none."""
    return ROOT / path if exists(ROOT / path) else path


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


def weights_of(model: str) -> Path:
    """Where the weights of a model lie by default, relative to the program."""
    return Path("weights") / f"{model}.pth"


def own_weights() -> tuple[Path, ...]:
    """The checkpoints that come with the program, and in a checkout those trained there, by their names."""
    return tuple(sorted((ROOT / "weights").glob("*.pth")))
