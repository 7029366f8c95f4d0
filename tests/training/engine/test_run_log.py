from pathlib import Path

import pytest

from fashioncam.errors import UserError
from training.engine.run_log import RunLog, read_rows


def test_resumed_run_goes_on_after_its_last_row(tmp_path: Path) -> None:
    for first_epoch in (0, 2):
        log = RunLog(tmp_path, first_epoch)
        for epoch in range(first_epoch, 4):
            log.write(epoch, loss=epoch + 10 * first_epoch)
        log.close()
    assert [(row["epoch"], row["loss"]) for row in read_rows(tmp_path / "log.csv")] == [
        ("0", "0"),
        ("1", "1"),
        ("2", "22"),
        ("3", "23"),
    ]


def test_row_of_too_many_cells_is_refused_before_the_epoch(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("epoch,loss\n0,1,2\n")
    with pytest.raises(UserError, match="damaged"):
        RunLog(tmp_path, 1)


def test_figures_that_an_earlier_version_did_not_write_are_added(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("epoch,loss,alchemy\n0,1,7\n")
    log = RunLog(tmp_path, 1)
    log.write(1, loss=2, accuracy=0.5)
    log.close()
    assert read_rows(tmp_path / "log.csv") == [
        {"epoch": "0", "loss": "1", "alchemy": "7", "accuracy": ""},
        {"epoch": "1", "loss": "2", "alchemy": "", "accuracy": "0.5"},
    ]


def test_run_that_is_killed_while_it_resumes_loses_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = RunLog(tmp_path, 0)
    for epoch in range(3):
        log.write(epoch, loss=epoch)
    log.close()
    resumed = RunLog(tmp_path, 3)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        resumed.write(3, loss=3)
    resumed.close()
    assert len(read_rows(tmp_path / "log.csv")) == 3
