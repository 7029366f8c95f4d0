"""The log of a run: a CSV always, TensorBoard where it is installed."""

from __future__ import annotations

import csv
from importlib.util import find_spec
from pathlib import Path

from fashioncam.atomic_write import atomic_write
from fashioncam.errors import UserError

HAS_TENSORBOARD = find_spec("tensorboard") is not None


class RunLog:
    """One row of figures an epoch in `folder`/log.csv, and the same as TensorBoard scalars."""

    def __init__(self, folder: Path, first_epoch: int) -> None:
        """Continue the log of an interrupted run, without the rows from `first_epoch` on."""
        self.path = folder / "log.csv"
        self._rows = rows_before(self.path, first_epoch)
        self._board = None
        if HAS_TENSORBOARD:
            from torch.utils.tensorboard import SummaryWriter

            self._board = SummaryWriter(str(folder), purge_step=first_epoch)

    def write(self, epoch: int, **figures: float) -> None:
        self._rows.append({"epoch": str(epoch), **{name: f"{value:.5g}" for name, value in figures.items()}})
        with atomic_write(self.path) as unfinished, unfinished.open("w", newline="", encoding="utf-8") as file:
            # The rows may have been begun by a version with other figures.
            writer = csv.DictWriter(file, list(dict.fromkeys(name for row in self._rows for name in row)))
            writer.writeheader()
            writer.writerows(self._rows)
        if self._board is not None:
            for name, value in figures.items():
                self._board.add_scalar(name, value, epoch)
            self._board.flush()

    def close(self) -> None:
        if self._board is not None:
            self._board.close()


def rows_before(path: Path, first_epoch: int) -> list[dict[str, str]]:
    """The rows of a log.csv up to an epoch; UserError where the file is damaged."""
    try:
        rows = [row for row in read_rows(path) if int(row["epoch"]) < first_epoch]
        if any(None in row for row in rows):  # more cells than the header has
            raise ValueError
    except (KeyError, ValueError):
        raise UserError(f"{path} is damaged; move it away to go on") from None
    return rows


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a log.csv; none where there is no file."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
