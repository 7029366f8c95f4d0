import pytest

from fashioncam.errors import UserError
from fashioncam.pipeline.segmentation.learned import LearnedSegmenter
from fashioncam.pipeline.segmentation.statistical import StatisticalSegmenter
from fashioncam.runtime.loading import load_segmenter


def test_each_name_gives_its_segmenter():
    assert isinstance(load_segmenter("learned"), LearnedSegmenter)
    assert isinstance(load_segmenter("statistical"), StatisticalSegmenter)


@pytest.mark.parametrize("content", [None, b"", b"no network", b"\x08\x07"], ids=["missing", "empty", "text", "cut"])
def test_unusable_file_is_one_line_that_says_what_to_do(tmp_path, content, capfd):
    path = tmp_path / "segmenter.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError) as error:
        load_segmenter("learned", path)
    assert str(path) in str(error.value)
    assert "--segmenter statistical" in str(error.value)
    assert capfd.readouterr().err == ""
