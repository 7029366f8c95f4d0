"""Files that come with the program: inside the package in a wheel, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def find(path: Path) -> Path:
    """`path` itself where it exists, else the program's own file of that relative name, e.g. weights/hybrid.pth.

    So the documented calls work from any folder. A file that is nowhere comes back unchanged, for the
    error message.
    """
    if path.exists() or path.is_absolute():
        return path
    candidates = (PACKAGE / path, PACKAGE.parent / path)
    return next((candidate for candidate in candidates if candidate.exists()), path)


DEMO_CLIP = Path("assets/demo.mp4")


def weights_of(model: str) -> Path:
    """Where the weights of a model lie by default, relative to the program."""
    return Path("weights") / f"{model}.pth"
