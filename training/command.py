"""How a command begins and ends, and the options that several commands have."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from fashioncam.errors import UserError


def command(
    name: str,
    doc: str,
    add_options: Callable[[argparse.ArgumentParser], None],
    run: Callable[[argparse.Namespace], str],
) -> Callable[..., int]:
    """The `main` of `python -m NAME`, whose file has the docstring `doc`; see `exit_code`."""

    def main(arguments: Sequence[str] | None = None) -> int:
        parser = argparse.ArgumentParser(prog=f"python -m {name}", description=doc.splitlines()[0])
        add_options(parser)
        args = parser.parse_args(arguments)
        return exit_code(name, lambda: run(args))

    return main


def exit_code(name: str, run: Callable[[], str]) -> int:
    """Do the work of `python -m NAME` and print the line that it returns.

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
    """The option that names the device, as `find_device` takes it."""
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
