"""The state file of a run: written between epochs, so that a killed run goes on from there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from fashioncam.atomic_write import atomic_write
from fashioncam.errors import UserError

from . import distributed

VERSION = 3  # of the file; another one's parts may not fit


def restore(path: Path, identity: dict[str, Any], parts: dict[str, Any]) -> int:
    """Load an interrupted run's state into `parts`; returns the epoch to go on with, 0 for a new run.

    Processes that train together get what the leader reads, so that other machines need no copy of the file.

    Raises:
        UserError: the file is damaged, or another run's, or an earlier version's.
    """
    state = distributed.from_leader(lambda: read(path, identity))
    if state is None:
        return 0
    for name, part in parts.items():
        part.load_state_dict(state[name])
    return state["epoch"]


def read(path: Path, identity: dict[str, Any]) -> dict[str, Any] | None:
    """What `store` has written, None where there is no file; UserError as in `restore`."""
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        found = state["identity"]
    except Exception:  # noqa: BLE001 - a damaged file fails in a dozen ways
        raise UserError(f"{path} is damaged; delete it to start the run again") from None
    if state.get("version") != VERSION:
        raise UserError(f"{path} was written by another version; delete it to start the run again")
    if found != identity:
        raise UserError(
            f"{path} belongs to another recipe or seed, or to other settings, data or weights; give the same arguments "
            "to go on with it, or another --run"
        )
    return state


def store(path: Path, identity: dict[str, Any], epoch: int, parts: dict[str, Any]) -> None:
    """Write the state after `epoch` epochs; a kill leaves the old file or the new one, never half of one."""
    state = {
        "version": VERSION,
        "identity": identity,
        "epoch": epoch,
        **{name: part.state_dict() for name, part in parts.items()},
    }
    with atomic_write(path) as unfinished:
        torch.save(state, unfinished)
