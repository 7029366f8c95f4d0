import pytest

from fashioncam.atomic_write import atomic_write


def test_file_has_its_name_when_it_is_whole(tmp_path):
    path = tmp_path / "weights.pth"
    path.write_text("old")
    with atomic_write(path) as part:
        assert (part.parent, part.suffix) == (tmp_path, ".part")
        part.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_failure_leaves_the_old_file_and_nothing_else(tmp_path, failure):
    path = tmp_path / "weights.pth"
    path.write_text("old")
    with pytest.raises(failure), atomic_write(path) as part:
        part.write_text("half")
        raise failure
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_two_writers_of_one_file_do_not_meet(tmp_path):
    path = tmp_path / "log.csv"
    with atomic_write(path) as first:
        first.write_text("first")
        with atomic_write(path) as second:
            second.write_text("second")
        assert path.read_text() == "second"
    assert path.read_text() == "first"


def test_file_that_was_not_written_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_write(tmp_path / "nothing"):
        pass
