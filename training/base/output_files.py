"""Checks before the work that its results can be written."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fashioncam import resources
from fashioncam.errors import UserError


def make_place_for(file: Path, option: str) -> None:
    """Make sure that a file can be written, before the work; UserError names its `option`."""
    make_folder(file.parent, option)
    if file.is_dir():
        raise UserError(f"{option} {file} is a folder; name a file in it")


def make_place_for_weights(file: Path, option: str) -> None:
    """The same for a checkpoint; its exported model is written beside it with the ending .onnx."""
    make_place_for(file, option)
    if file.suffix != ".pth":
        raise UserError(f"{option} {file}: name a file that ends in .pth; the exported .onnx is written beside it")
    spare_segmenter(file.with_suffix(".onnx"), option)


def spare_segmenter(file: Path, option: str) -> None:
    """UserError if a classifier's `file` would replace the program's segmenter."""
    if file.resolve() == resources.own(resources.SEGMENTER).resolve():
        raise UserError(f"{option} {file} would replace the segmenter; give another name")


def make_folder(folder: Path, options: str) -> None:
    """Make sure that files can be written to `folder`, before the work; UserError names `options`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UserError(f"{folder}: {error.strerror}; give another place with {options}") from None
