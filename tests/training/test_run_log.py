from pathlib import Path

import pytest

from training.run_log import RunLog, read_rows


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
