from __future__ import annotations

import gzip
import hashlib
from http.client import IncompleteRead
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torchvision.datasets import FashionMNIST

from fashioncam.errors import UserError
from fashioncam.messages import InputDescription
from training.data import fashion_mnist

NAMES = list(fashion_mnist.ARRAY_SHA256)


def idx(array: np.ndarray) -> bytes:
    """The array as an IDX file of unsigned bytes."""
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def error_line(caught: pytest.ExceptionInfo[UserError]) -> str:
    text = str(caught.value)
    assert len(text.splitlines()) == 1
    return text


@pytest.fixture
def arrays() -> dict[str, np.ndarray]:
    """A data set of 12 training and 6 test pictures."""
    random = np.random.default_rng(0)
    counts = {"train": 12, "t10k": 6}
    return {
        name: random.integers(0, 256, (count, 28, 28), np.uint8)
        if "images" in name
        else random.integers(0, 10, count, np.uint8)
        for name, count in ((name, counts[name.split("-")[0]]) for name in NAMES)
    }


@pytest.fixture
def folder(arrays: dict[str, np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of that data set, and `data` made to know it; four of its pictures are for validation."""
    for name, array in arrays.items():
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(idx(array)))
    digests = {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in arrays.items()}
    monkeypatch.setattr(fashion_mnist, "ARRAY_SHA256", digests)
    monkeypatch.setattr(fashion_mnist, "VALIDATION_COUNT", 4)
    return tmp_path


class TestFindFile:
    @pytest.mark.parametrize("suffix", ["", ".gz"], ids=["raw", "gz"])
    @pytest.mark.parametrize("below", [".", "FashionMNIST/raw"], ids=["flat", "torchvision"])
    def test_finds_both_layouts_gzipped_or_not(self, tmp_path: Path, below: str, suffix: str) -> None:
        expected = tmp_path / below / f"{NAMES[0]}{suffix}"
        expected.parent.mkdir(parents=True, exist_ok=True)
        expected.touch()
        assert fashion_mnist.find_file(tmp_path, NAMES[0]) == expected

    @pytest.mark.parametrize("place", [".", "not/there"], ids=["empty-folder", "no-folder"])
    def test_missing_file_is_a_line_that_names_it(self, tmp_path: Path, place: str) -> None:
        with pytest.raises(UserError) as caught:
            fashion_mnist.find_file(tmp_path / place, NAMES[0])
        assert f"{tmp_path / place}: no {NAMES[0]}.gz" in error_line(caught)


class TestReadIdx:
    @pytest.mark.parametrize("shape", [(7,), (3, 4, 5), (0,)], ids=str)
    @pytest.mark.parametrize("suffix", ["", ".gz"], ids=["raw", "gz"])
    def test_returns_the_array(self, tmp_path: Path, shape: tuple[int, ...], suffix: str) -> None:
        array = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
        path = tmp_path / f"array{suffix}"
        path.write_bytes(gzip.compress(idx(array)) if suffix else idx(array))
        assert np.array_equal(fashion_mnist.read_idx(path), array)

    @pytest.mark.parametrize(
        ("name", "raw"),
        [
            pytest.param("a", b"", id="empty"),
            pytest.param("a", b"\x00\x00\x08", id="header-cut-off"),
            pytest.param("a", b"\x00\x00\x08\x03\x00\x00", id="shape-cut-off"),
            pytest.param("a", idx(np.zeros((3, 4), np.uint8))[:-1], id="pixels-cut-off"),
            pytest.param("a", idx(np.zeros((3, 4), np.uint8)) + b"\x00", id="pixels-too-many"),
            pytest.param("a", b"\x89PNG" + bytes(100), id="picture"),
            pytest.param("a", b"\x00\x00\x0d\x01" + bytes(100), id="idx-of-floats"),
            pytest.param("a.gz", idx(np.zeros(9, np.uint8)), id="not-gzipped"),
            pytest.param("a.gz", b"", id="gz-empty"),
            pytest.param("a.gz", gzip.compress(idx(np.arange(99, dtype=np.uint8)))[:-20], id="gz-cut-off"),
            pytest.param("a.gz", gzip.compress(idx(np.zeros(9, np.uint8)))[:-8] + bytes(8), id="gz-wrong-checksum"),
            pytest.param("a.gz", gzip.compress(b"no idx"), id="gz-of-something-else"),
        ],
    )
    def test_damaged_file_is_a_line_that_names_it(self, tmp_path: Path, name: str, raw: bytes) -> None:
        path = tmp_path / name
        path.write_bytes(raw)
        with pytest.raises(UserError) as caught:
            fashion_mnist.read_idx(path)
        assert f"{path}: cannot be read as IDX" in error_line(caught)


def test_gzip_with_a_flipped_byte_is_a_line_that_names_it(tmp_path: Path) -> None:
    raw = bytearray(gzip.compress(b"\0\0\x08\x01\0\0\0\x64" + bytes(range(100))))
    raw[10] ^= 255
    (tmp_path / "flipped.gz").write_bytes(raw)
    with pytest.raises(UserError, match=r"flipped\.gz") as caught:
        fashion_mnist.read_idx(tmp_path / "flipped.gz")
    error_line(caught)


class TestLoad:
    def test_splits_the_training_pictures_and_keeps_the_test_pictures(
        self, arrays: dict[str, np.ndarray], folder: Path
    ) -> None:
        loaded = fashion_mnist.load(folder)
        assert (len(loaded.train), len(loaded.validation), len(loaded.test)) == (8, 4, 6)
        assert np.array_equal(loaded.test.images[:, 0].numpy(), arrays["t10k-images-idx3-ubyte"])
        assert np.array_equal(loaded.test.labels.numpy(), arrays["t10k-labels-idx1-ubyte"])
        validation_part, train_part = fashion_mnist.split_indices(12)
        for split, part in ((loaded.train, train_part), (loaded.validation, validation_part)):
            assert (split.images.dtype, split.labels.dtype) == (torch.uint8, torch.int64)
            assert np.array_equal(split.images[:, 0].numpy(), arrays["train-images-idx3-ubyte"][part])
            assert np.array_equal(split.labels.numpy(), arrays["train-labels-idx1-ubyte"][part])

    def test_describes_the_training_part_alone(self, arrays: dict[str, np.ndarray], folder: Path) -> None:
        grey = arrays["train-images-idx3-ubyte"][fashion_mnist.split_indices(12)[1]] / 255
        described = fashion_mnist.load(folder).input
        assert (described.size, described.polarity) == (28, "negated")
        assert described.mean == pytest.approx(grey.mean(), abs=1e-4)
        assert described.std == pytest.approx(grey.std(), abs=1e-4)

    @pytest.mark.parametrize("name", NAMES)
    def test_wrong_digest_is_a_line_that_names_the_file(self, folder: Path, name: str) -> None:
        raw = bytearray(gzip.decompress((folder / f"{name}.gz").read_bytes()))
        raw[-1] ^= 1
        (folder / f"{name}.gz").write_bytes(gzip.compress(raw))
        with pytest.raises(UserError) as caught:
            fashion_mnist.load(folder)
        assert f"{folder}: {name} is damaged or of another data set" in error_line(caught)

    def test_digest_depends_on_the_data(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        first = fashion_mnist.load(folder).digest
        other = np.ones((6, 28, 28), np.uint8)
        (folder / f"{NAMES[2]}.gz").write_bytes(gzip.compress(idx(other)))
        digests = fashion_mnist.ARRAY_SHA256 | {NAMES[2]: hashlib.sha256(other.tobytes()).hexdigest()}
        monkeypatch.setattr(fashion_mnist, "ARRAY_SHA256", digests)
        second = fashion_mnist.load(folder).digest
        assert len(first) == len(second) == 64
        assert first != second

    def test_looks_first_where_debian_puts_the_files(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", folder)
        assert len(fashion_mnist.load().test) == 6

    @pytest.mark.parametrize(
        "failure",
        [
            pytest.param(OSError("<urlopen error [Errno -2] Name or service not known>"), id="no-network"),
            pytest.param(ConnectionResetError("Connection reset by peer"), id="connection-lost"),
            pytest.param(RuntimeError("File not found or corrupted."), id="wrong-checksum"),
            pytest.param(RuntimeError("Error downloading x:\nTried y, got:\nz"), id="many-lines"),
            pytest.param(IncompleteRead(b"half"), id="half-a-file"),
        ],
    )
    def test_failed_download_is_a_line_that_says_what_to_do(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception
    ) -> None:
        def fail(folder: str, download: bool) -> Any:
            assert download
            raise failure

        monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", tmp_path / "none")
        monkeypatch.setattr("torchvision.datasets.FashionMNIST", fail)
        with pytest.raises(UserError) as caught:
            fashion_mnist.load()
        text = error_line(caught)
        assert " ".join(str(failure).split()) in text
        assert "apt install dataset-fashion-mnist" in text
        assert "--data" in text

    def test_downloads_where_there_is_no_package_and_reads_from_there(
        self, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fetch(target: str, download: bool) -> None:
            raw = Path(target) / "FashionMNIST" / "raw"
            raw.mkdir(parents=True)
            for name in NAMES:
                (folder / f"{name}.gz").rename(raw / f"{name}.gz")

        monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", tmp_path / "none")
        monkeypatch.setattr(fashion_mnist, "DOWNLOAD_FOLDER", tmp_path / "downloaded")
        monkeypatch.setattr("torchvision.datasets.FashionMNIST", fetch)
        assert len(fashion_mnist.load().train) == 8


class TestSplitIndices:
    def test_has_5_000_for_validation_and_55_000_for_training_and_none_for_both(self) -> None:
        validation, train = fashion_mnist.split_indices(60_000)
        assert (len(validation), len(train)) == (5_000, 55_000)
        assert torch.cat([validation, train]).sort().values.equal(torch.arange(60_000))

    def test_is_the_same_everywhere_and_for_ever(self) -> None:
        validation, _ = fashion_mnist.split_indices(60_000)
        digest = hashlib.sha256(validation.numpy().astype("<i8").tobytes()).hexdigest()
        assert digest == "74d588996710b568e2ba5456c6b4f7c589ce1cedbee96b2f73d65a209de1e7d6"

    def test_leaves_the_callers_random_numbers_alone(self) -> None:
        torch.manual_seed(5)
        expected = torch.rand(3)
        torch.manual_seed(5)
        fashion_mnist.split_indices(60_000)
        assert torch.equal(torch.rand(3), expected)


def test_describe_input_of_a_known_picture() -> None:
    half_white = torch.tensor([0, 255], dtype=torch.uint8).repeat(512).reshape(1, 1, 32, 32)
    assert fashion_mnist.describe_input(half_white) == InputDescription(32, 0.5, 0.5002, "negated")


def test_classes_are_in_the_order_of_the_labels() -> None:
    assert list(fashion_mnist.CLASSES) == FashionMNIST.classes
