from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.photo_accuracy import class_recalls, held_out_photos, photos
from fashioncam.errors import UserError
from training.data.cutouts import is_held_out

SEEN = next(str(owner) for owner in range(40) if not is_held_out(str(owner)))
UNSEEN = next(str(owner) for owner in range(40) if is_held_out(str(owner)))


@pytest.fixture
def cutouts(tmp_path: Path) -> list[tuple[Path, int]]:
    """A T-shirt and a sneaker."""
    rgba = np.zeros((40, 40, 4), np.uint8)
    rgba[10:30, 5:35] = 255
    paths = [tmp_path / "0_a.png", tmp_path / "7_b.png"]
    for path in paths:
        Image.fromarray(rgba).save(path)
    return [(paths[0], 0), (paths[1], 7)]


@pytest.fixture
def garments(tmp_path: Path) -> Path:
    with (tmp_path / "train.csv").open("w", newline="") as file:
        rows = ("file", "class_index", "sender_id"), ("0_c.png", 0, SEEN), ("5_b.webp", 5, UNSEEN)
        csv.writer(file).writerows(rows)
    return tmp_path


def test_held_out_owners_are_those_that_no_training_sees(garments: Path) -> None:
    assert held_out_photos(garments, []) == [(garments / "train" / "5_b.webp", 5)]


def test_photograph_that_was_trained_on_is_not_judged_by(garments: Path, cutouts: list[tuple[Path, int]]) -> None:
    with pytest.raises(UserError, match=r"1 of the photographs to judge by, such as b"):
        held_out_photos(garments, photos(cutouts))


def test_recalls_are_of_the_classes_that_there_are(cutouts: list[tuple[Path, int]]) -> None:
    sure_of_0 = np.eye(10, dtype=np.float32)[0]
    assert class_recalls(list(photos(cutouts)), [sure_of_0, sure_of_0]) == {0: 1.0, 7: 0.0}
