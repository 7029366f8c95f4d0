"""How a command of the workshop ends."""

from __future__ import annotations

import sys
from collections.abc import Callable

from fashioncam.errors import UserError


def exit_code(name: str, run: Callable[[], str]) -> int:
    """Do the work and print what it says of itself; returns 0, 2 for what the user can put right, 130 interrupted."""
    try:
        print(run())
    except UserError as error:
        print(f"training.{name}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; for a training, the same command goes on after the last complete epoch", file=sys.stderr)
        return 130
    return 0
