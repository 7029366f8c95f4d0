import pytest

from benchmarks.segmentation import parse_arguments


@pytest.mark.parametrize("size", ["640", "0x0", "-4x3", "63x640", "640xwide"])
def test_size_of_no_use_is_refused(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_arguments(["clips", f"--size={size}"])
    assert ended.value.code == 2
    assert "--size" in capsys.readouterr().err


def test_size_is_width_and_height() -> None:
    assert parse_arguments(["clips", "--size", "320x240"]).size == (320, 240)
