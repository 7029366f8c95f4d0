import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from scenes import room

from fashioncam.runtime.sources.folder import FolderSource
from fashioncam.runtime.sources.opening import open_source
from fashioncam.runtime.sources.source import SourceError


def test_folder_gives_its_pictures_by_name(tmp_path):
    for name, value in (("b.png", 2), ("a.jpg", 1), ("c.bmp", 3)):
        cv2.imwrite(str(tmp_path / name), np.full((32, 32, 3), 60 * value, np.uint8))
    (tmp_path / "notes.txt").write_text("no picture")
    source = open_source(str(tmp_path))
    assert source.frame_count == 3
    assert [round(frame.image_bgr.mean() / 60) for frame in iter(source.read, None)] == [1, 2, 3]


def test_empty_folder_is_refused(tmp_path):
    with pytest.raises(SourceError, match="holds no pictures"):
        open_source(str(tmp_path))


def test_folder_that_may_not_be_read_is_one_line(tmp_path, monkeypatch):
    def forbidden(folder):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", forbidden)
    with pytest.raises(SourceError, match="Permission denied"):
        FolderSource(tmp_path)


def test_folder_with_a_broken_picture_names_it(tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with pytest.raises(SourceError, match=r"broken\.png is not a picture"):
        FolderSource(tmp_path).read()


def test_hidden_files_of_a_folder_are_no_pictures(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), room())
    (tmp_path / "._a.png").write_bytes(b"\0\5\x16\7 what macOS keeps of a.png")
    assert [frame.index for frame in iter(FolderSource(tmp_path).read, None)] == [0]


def test_picture_that_claims_to_be_too_large_is_none(tmp_path):
    header = b"IHDR" + struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    (tmp_path / "a.png").write_bytes(start + struct.pack(">I", 10) + b"IDAT")
    with pytest.raises(SourceError, match=r"a\.png is not a picture"):
        FolderSource(tmp_path).read()


def test_folder_with_two_sizes_names_the_odd_one(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((32, 32, 3), np.uint8))
    cv2.imwrite(str(tmp_path / "b.png"), np.zeros((32, 40, 3), np.uint8))
    source = FolderSource(tmp_path)
    source.read()
    with pytest.raises(SourceError, match=r"b\.png has another size"):
        source.read()
