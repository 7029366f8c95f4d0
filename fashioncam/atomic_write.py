"""Files that are never left half written."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """The place to write a file to, beside `path`. After the block it takes the place of `path` in one step.

    An exception in the block leaves `path` as it was, and removes what has been written. The name is random, so two
    programs that write the same file do not disturb each other. The content is on the disk before the name is, so a
    crash of the machine too leaves the old file or the new one.
    """
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        with suppress(OSError):  # it has got its name, or Windows does not delete what is still open
            part.unlink()
