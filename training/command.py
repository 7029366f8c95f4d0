"""How a command of the workshop begins and ends."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from fashioncam import bundled
from fashioncam.errors import UserError


def exit_code(name: str, run: Callable[[], str]) -> int:
    """Do the work of `python -m NAME`, and print what it says at last.

    Returns:
        0, or 2 for what the user can put right, or 130 where it was interrupted.
    """
    try:
        print(run())
    except UserError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; the same command goes on from what it has saved, if anything", file=sys.stderr)
        return 130
    return 0


def add_data(parser: argparse.ArgumentParser) -> None:
    """The option that names the folder of Fashion-MNIST, as `data.load` takes it."""
    parser.add_argument("--data", type=Path, help="folder of the four IDX files; default: found or downloaded")


def add_compute(parser: argparse.ArgumentParser) -> None:
    """The option that names what computes, as `find_device` takes it."""
    parser.add_argument(
        "--compute", choices=("auto", "cpu", "cuda", "mps"), default="auto", help="default: the fastest there is"
    )


def at_least(least: int) -> Callable[[str], int]:
    """The type of an argument that is a number from `least` on."""

    def number(text: str) -> int:
        if int(text) < least:
            raise argparse.ArgumentTypeError(f"{text}: give {least} or more")
        return int(text)

    return number


def make_place_for(file: Path, option: str) -> None:
    """Make sure that a file can be written, before the work; UserError names its `option`."""
    make_folder(file.parent, option)
    if file.is_dir():
        raise UserError(f"{option} {file} is a folder; name a file in it")


def make_place_for_weights(file: Path, option: str) -> None:
    """The same for a checkpoint, beside which the exported model has the same name and the ending .onnx."""
    make_place_for(file, option)
    if file.suffix != ".pth":
        raise UserError(f"{option} {file}: name a file that ends in .pth; the exported .onnx is written beside it")
    spare_segmenter(file.with_suffix(".onnx"), option)


def spare_segmenter(file: Path, option: str) -> None:
    """UserError where a classifier's `file` is the one in which the program looks for its segmenter."""
    if file.resolve() == bundled.own(bundled.SEGMENTER).resolve():
        raise UserError(f"{option} {file} would replace the segmenter; give another name")


def make_folder(folder: Path, options: str) -> None:
    """Make sure that files can be written to `folder`, before the work and not after it; UserError names `options`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UserError(f"{folder}: {error.strerror}; give another place with {options}") from None
