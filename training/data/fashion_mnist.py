"""Fashion-MNIST (arXiv:1708.07747): found on this machine or downloaded, verified, and split once for all.

The whole set is 55 MB, so it lives in memory as uint8 tensors; there is nothing to load lazily.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from fashioncam import checkpoint
from fashioncam.checkpoint import LoadedModel
from fashioncam.errors import UserError
from fashioncam.messages import InputDescription

CLASSES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip

# Of the arrays, not of the .gz files: Debian compresses them anew. These are the files of
# 31 August 2017, re-issued without the overlaps between train and test.
ARRAY_SHA256 = {
    "train-images-idx3-ubyte": "2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012",
    "train-labels-idx1-ubyte": "657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7",
    "t10k-images-idx3-ubyte": "c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a",
    "t10k-labels-idx1-ubyte": "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9",
}
DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")
DOWNLOAD_FOLDER = Path("data")
SPLIT_SEED = 20170831
VALIDATION_COUNT = 5_000
NOT_A_GARMENT = -1  # label of other objects; their target is a uniform distribution


@dataclass(frozen=True, slots=True)
class Split:
    """Pictures and their classes or `NOT_A_GARMENT`.

    Attributes:
        images: N x 1 x S x S uint8, bright garment on 0, S = 28 in Fashion-MNIST; of cutouts (`training.data.cutouts`)
            N x 4 x 128 x 128 uint8: B, G, R times alpha, alpha.
        labels: N int64.
    """

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def to(self, device: torch.device) -> Split:
        return Split(self.images.to(device), self.labels.to(device))


@dataclass(frozen=True, slots=True)
class FashionMnist:
    """The data set in memory.

    Attributes:
        train, validation: 55,000 and 5,000 of the official training pictures.
        test: the official 10,000; only `training.evaluate` reads it.
        input: how a model is given these pictures; mean and std are the training part's.
        digest: SHA-256 over the four arrays' digests, as stored in checkpoints.
    """

    train: Split
    validation: Split
    test: Split
    input: InputDescription
    digest: str


@dataclass(frozen=True, slots=True)
class WebcamPictures:
    """Photographs of garments as the program sees them; no owner is both trained and validated on.

    Attributes:
        train, validation: seen by a simulated webcam, harder than most real ones; other objects among them.
        cutouts: photographs and drawings that `train` was made of, to be varied in every step.
        photographs: the garments of `validation` with the masks that they came with.
    """

    train: Split
    validation: Split
    cutouts: Split
    photographs: Split

    def to(self, device: torch.device) -> WebcamPictures:
        parts = self.train, self.validation, self.cutouts, self.photographs
        return WebcamPictures(*(part.to(device) for part in parts))


def fingerprint(tensors: Iterable[Tensor]) -> str:
    """SHA-256 of the tensors' values: whether a run goes on with the same data."""
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(tensor.cpu().numpy().tobytes())
    return digest.hexdigest()


def load_classifier(path: Path) -> LoadedModel:
    """Load a checkpoint that was trained on Fashion-MNIST's classes and input; UserError for any other."""
    loaded = checkpoint.load(path)
    if loaded.classes != CLASSES or loaded.input.polarity != "negated":
        raise UserError(f"{path} was trained on other classes or another input than Fashion-MNIST's; name another file")
    return loaded


def load(folder: Path | None = None) -> FashionMnist:
    """Find, verify and split the data set.

    Args:
        folder: where the four IDX files lie, gzipped or not. None looks where Debian's package
            dataset-fashion-mnist puts them, then in ./data, and downloads them there.

    Raises:
        UserError: a file is missing, cannot be downloaded, or does not have the known digest.
    """
    if folder is None:
        folder = DEBIAN_FOLDER if is_complete(DEBIAN_FOLDER) else download(DOWNLOAD_FOLDER)
    arrays = {name: read_idx(find_file(folder, name)) for name in ARRAY_SHA256}
    for name, array in arrays.items():
        if hashlib.sha256(array.tobytes()).hexdigest() != ARRAY_SHA256[name]:
            raise UserError(
                f"{folder}: {name} is damaged or of another data set; name another folder, or delete it for a download"
            )

    def split(prefix: str) -> Split:
        images = torch.from_numpy(arrays[f"{prefix}-images-idx3-ubyte"]).unsqueeze(1)
        return Split(images, torch.from_numpy(arrays[f"{prefix}-labels-idx1-ubyte"]).long())

    official = split("train")
    validation_part, train_part = split_indices(len(official))
    train = Split(official.images[train_part], official.labels[train_part])
    return FashionMnist(
        train=train,
        validation=Split(official.images[validation_part], official.labels[validation_part]),
        test=split("t10k"),
        input=describe_input(train.images),
        digest=hashlib.sha256("".join(ARRAY_SHA256.values()).encode()).hexdigest(),
    )


def split_indices(count: int) -> tuple[Tensor, Tensor]:
    """Indices of the validation and of the training part, the same on every machine."""
    order = torch.randperm(count, generator=torch.Generator().manual_seed(SPLIT_SEED))
    return order[:VALIDATION_COUNT].sort().values, order[VALIDATION_COUNT:].sort().values


def describe_input(images: Tensor) -> InputDescription:
    """Size, mean and standard deviation of N x 1 x H x W uint8 pictures made the data set's way."""
    grey = images.float() / 255
    return InputDescription(images.shape[-1], round(grey.mean().item(), 4), round(grey.std().item(), 4), "negated")


def find_file(folder: Path, name: str) -> Path:
    """The IDX file `name`, gzipped or not, in `folder` or where torchvision puts it below."""
    for place in (folder, folder / "FashionMNIST" / "raw"):
        for candidate in (place / f"{name}.gz", place / name):
            if candidate.is_file():
                return candidate
    raise UserError(f"{folder}: no {name}.gz; leave --data out to have the data set found or downloaded")


def is_complete(folder: Path) -> bool:
    """Whether all four files are in `folder`."""
    try:
        return all(find_file(folder, name) for name in ARRAY_SHA256)
    except UserError:
        return False


def download(folder: Path) -> Path:
    """Let torchvision fetch the files unless they are there; returns `folder`."""
    from torchvision.datasets import FashionMNIST  # takes seconds to import

    try:
        FashionMNIST(str(folder), download=True)
    except (OSError, RuntimeError, HTTPException) as error:
        reason = " ".join(str(error).split())
        raise UserError(
            f"cannot download Fashion-MNIST ({reason}); on Debian: apt install dataset-fashion-mnist, "
            "elsewhere name the folder of its four files with --data"
        ) from None
    return folder


def read_idx(path: Path) -> np.ndarray:
    """Read an IDX file of unsigned bytes, gzipped or not (format: yann.lecun.com/exdb/mnist)."""
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        if raw[:3] != b"\x00\x00\x08":
            raise ValueError("not an IDX file of unsigned bytes")
        shape = np.frombuffer(raw, ">u4", count=raw[3], offset=4)
        return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape).copy()
    except (OSError, EOFError, ValueError, IndexError, zlib.error) as error:
        raise UserError(f"{path}: cannot be read as IDX ({error}); delete it and try again") from None
