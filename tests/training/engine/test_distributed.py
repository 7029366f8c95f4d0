from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch
import train_tiny
from torch import Tensor

from fashioncam import checkpoint
from fashioncam.errors import UserError
from training.engine import distributed, loop
from training.engine.run_log import read_rows

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Together:
    """What two processes that torchrun has started came to; see `train_tiny`."""

    processes: list[dict[str, Any]]
    folder: Path
    printed: str
    complained: str

    def losses(self, name: str) -> Tensor:
        """Of each step, as of one process."""
        first, second = (process["losses"][name] for process in self.processes)
        return (first + second) / 2


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """What one process came to, and its folder, where the state of its first epoch lies in "first"."""
    folder = tmp_path_factory.mktemp("alone")
    store = loop.store

    def store_and_keep_the_first(path: Path, identity: dict[str, Any], epoch: int, parts: dict[str, Any]) -> None:
        store(path, identity, epoch, parts)
        if path.parent.name == "whole" and epoch == 1:
            shutil.copytree(path.parent, folder / "first")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "store", store_and_keep_the_first)
        patch.setattr(loop, "STORING_INTERVAL_S", 0.0)
        return train_tiny.run(folder, ("whole", "muon")), folder


@pytest.fixture(scope="module")
def together(alone: tuple[dict[str, Any], Path], tmp_path_factory: pytest.TempPathFactory) -> Together:
    folder = tmp_path_factory.mktemp("together")
    shutil.copytree(alone[1] / "first", folder / "resumed")
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command = [sys.executable, "-W", "error", *torchrun, train_tiny.__file__, str(folder)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=300)
    assert ended.returncode == 0, ended.stderr
    processes = [torch.load(folder / f"process-{rank}.pt", weights_only=True) for rank in range(2)]
    return Together(processes, folder, ended.stdout, ended.stderr)


def weights_of(folder: Path, name: str) -> dict[str, Tensor]:
    return torch.load(folder / name / "state.pt", weights_only=True)["model"]


class TestTwoProcesses:
    def test_have_the_gradients_of_one(self, together: Together, alone: tuple[dict[str, Any], Path]) -> None:
        for name, expected in alone[0]["gradients"].items():
            for process in together.processes:
                found = process["gradients"][name]
                assert torch.allclose(found, expected, rtol=0, atol=1e-4 * expected.abs().max().item()), name

    @pytest.mark.parametrize("name", ["whole", "muon"])
    def test_make_the_steps_of_one(self, together: Together, alone: tuple[dict[str, Any], Path], name: str) -> None:
        expected = alone[0]["losses"][name]
        assert len(expected) == (4 if name == "whole" else 2)
        assert torch.allclose(together.losses(name), expected, rtol=1e-5, atol=0)
        weights = weights_of(together.folder, name)
        for key, value in weights_of(alone[1], name).items():
            assert torch.allclose(weights[key], value, rtol=0, atol=1e-4), key  # the learning rate
            assert (weights[key] - value).float().abs().mean() < 3e-6, key

    def test_write_the_checkpoint_of_one(self, together: Together, alone: tuple[dict[str, Any], Path]) -> None:
        found, expected = (checkpoint.read_dict(folder / "whole.pth") for folder in (together.folder, alone[1]))
        assert torch.allclose(found["state_dict"]["head.weight"], expected["state_dict"]["head.weight"], atol=1e-5)
        assert found["recipe"] == expected["recipe"]

    def test_go_on_with_the_run_of_one(self, together: Together, alone: tuple[dict[str, Any], Path]) -> None:
        assert torch.allclose(together.losses("resumed"), alone[0]["losses"]["whole"][2:], rtol=1e-5, atol=0)
        assert [row["epoch"] for row in read_rows(together.folder / "resumed" / "log.csv")] == ["0", "1"]

    def test_only_the_leader_prints_and_logs(self, together: Together) -> None:
        assert together.printed.count("epoch ") == 2 + 1 + 1
        assert together.complained.count("training.train:") == 1
        assert [row["epoch"] for row in read_rows(together.folder / "whole" / "log.csv")] == ["0", "1"]
        assert len(list((together.folder / "whole").glob("events*"))) <= 1

    def test_all_end_with_the_users_error(self, together: Together) -> None:
        for process in together.processes:
            assert process["codes"] == {"whole": 0, "resumed": 0, "muon": 0, "refused": 2}
            assert len(process["losses"]["refused"]) == 0


class TestUsersErrors:
    @pytest.fixture(autouse=True)
    def second_of_two(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(distributed, "count", lambda: 2)
        monkeypatch.setenv("LOCAL_RANK", "1")

    def test_each_process_needs_a_card(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
        with pytest.raises(UserError, match="--nproc-per-node has to be 1 or less"):
            distributed.own_device(torch.device("cuda"))

    def test_several_processes_have_no_common_ground_on_other_devices(self) -> None:
        with pytest.raises(UserError, match="--compute cpu"):
            distributed.own_device(torch.device("mps"))

    def test_batch_needs_a_picture_for_each_process(self) -> None:
        with pytest.raises(UserError, match="each of the processes"):
            loop.refuse_unfit(replace(train_tiny.TINY, batch_size=1), 10)


def test_one_process_is_left_alone() -> None:
    batch, loss, device = (torch.ones(3), torch.ones(3)), torch.tensor(2.0), torch.device("cpu")
    model = torch.nn.Sequential(torch.nn.BatchNorm2d(2))
    assert distributed.with_synced_batchnorm(model, device) is model
    assert distributed.in_step(model, device) is model
    assert next(distributed.own_slices([batch])) is batch
    assert distributed.weighted(loss, 3, 8) is loss
    assert distributed.own_device(torch.device("cuda")) == torch.device("cuda")
