import cv2
import pytest
from scenes import room

from fashioncam.runtime.sources.opening import open_source
from fashioncam.runtime.sources.source import SourceError


@pytest.mark.parametrize(
    ("device", "said"),
    [
        ("97", "camera 97 cannot be opened"),
        ("99999999999", "camera 99999999999 cannot be opened"),
        ("", "no camera index, file, folder or URL"),
        ("x" * 300, "no camera index, file, folder or URL"),
        ("nowhere.mp4", "no camera index, file, folder or URL"),
        ("http://127.0.0.1:9/video", "check the address"),
    ],
    ids=["camera", "index beyond all", "nothing", "long name", "file", "url"],
)
def test_what_cannot_be_opened_is_one_line(device, said, capfd):
    with pytest.raises(SourceError, match=said) as caught:
        open_source(device)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")  # OpenCV and FFmpeg keep quiet


def test_single_picture_is_refused(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), room())
    with pytest.raises(SourceError, match="a single picture"):
        open_source(str(tmp_path / "a.png"))
