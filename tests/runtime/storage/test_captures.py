import errno
import json
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from scenes import frame, room

from fashioncam.errors import UserError
from fashioncam.messages import Prediction, Reading, Segment, State
from fashioncam.runtime.storage import captures
from fashioncam.runtime.storage.captures import delete_capture, file_capture, list_captures

BOX = (200, 120, 160, 240)
TAKEN = datetime(2026, 11, 24, 10, 0, 0, 5)


@pytest.fixture
def reading():
    mask = np.zeros((BOX[3], BOX[2]), np.uint8)
    mask[20:, 10:] = 255
    top5 = tuple(Prediction(index, label, 0.5) for index, label in enumerate(("T-shirt/top", "Shirt")))
    grey = np.arange(784, dtype=np.uint8).reshape(28, 28)
    return Reading(7, (640, 480), 0.5, 0.0, State.ITEM, 1.0, Segment(BOX, mask), top5, None, grey)


def test_capture_holds_crop_mask_input_and_reading(tmp_path, reading):
    capture = file_capture(tmp_path, frame(room()), reading, "T-shirt/top", 0, TAKEN)
    x, y, w, h = BOX
    assert capture.folder.parent.name == "T-shirt-top"
    assert np.array_equal(cv2.imread(str(capture.folder / "crop.png")), room()[y : y + h, x : x + w])
    grey = cv2.IMREAD_GRAYSCALE
    assert np.array_equal(cv2.imread(str(capture.folder / "mask.png"), grey), reading.segment.mask)
    assert np.array_equal(cv2.imread(str(capture.folder / "input.png"), grey), reading.input_grey)
    about = json.loads((capture.folder / "capture.json").read_text())
    assert (about["label"], about["index"], about["taken"]) == ("T-shirt/top", 0, "2026-11-24T10:00:00.000005")
    assert about["reading"]["top5"][1]["label"] == "Shirt"
    assert capture.answer == "T-shirt/top"


@pytest.mark.parametrize("label", ["..", "a\\b", "c:d", "", "Shirt."])
def test_any_label_is_filed_in_a_folder_of_its_own(tmp_path, reading, label):
    """Labels come from the checkpoint, and Windows allows fewer names than Linux."""
    folder = tmp_path / "captures"
    capture = file_capture(folder, frame(room()), reading, label, 0, TAKEN)
    assert capture.folder.parent.parent == folder
    assert not set(capture.folder.parent.name) & set('\\/:*?"<>|')
    assert not capture.folder.parent.name.endswith(".")
    assert [listed.label for listed in list_captures(folder)] == [label]


def test_captures_are_listed_newest_first_and_deleted(tmp_path, reading):
    for minute, label in enumerate(("Shirt", "Coat", "Shirt")):
        file_capture(tmp_path, frame(room()), reading, label, 0, TAKEN.replace(minute=minute))
    (tmp_path / "Coat" / "unfinished").mkdir()
    listed = list_captures(tmp_path)
    assert [(capture.label, capture.taken[14:16]) for capture in listed] == [
        ("Shirt", "02"),
        ("Coat", "01"),
        ("Shirt", "00"),
    ]
    delete_capture(listed[0])
    delete_capture(listed[2])
    assert [capture.label for capture in list_captures(tmp_path)] == ["Coat"]
    assert not (tmp_path / "Shirt").exists()


def test_nothing_filed_yet(tmp_path):
    assert list_captures(tmp_path / "nowhere") == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"reading": {"top5": 3}, "taken": "2026-11-24"}',
        '{"reading": {"top5": []}, "label": "Shirt", "taken": "yesterday"}',
        '{"reading": {"top5": []}, "label": "Shirt", "taken": 5}',
    ],
    ids=["empty", "list", "dict", "wrong", "no time", "number"],
)
def test_strange_file_is_passed_over(tmp_path, content):
    folder = tmp_path / "Shirt" / "strange"
    folder.mkdir(parents=True)
    (folder / "capture.json").write_text(content)
    assert list_captures(tmp_path) == []


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="only Linux has a folder that takes none")
def test_folder_that_cannot_be_written_is_one_line(reading):
    with pytest.raises(UserError, match="free some space") as caught:
        file_capture(Path("/proc"), frame(room()), reading, "Shirt", 6, TAKEN)
    assert "\n" not in str(caught.value)


def test_capture_that_does_not_fit_on_the_disk_leaves_nothing(tmp_path, reading, monkeypatch):
    def write(path, image):
        path.write_bytes(b"half")
        if path.name == "mask.png":
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(captures, "write_png", write)
    with pytest.raises(UserError, match="No space left on device; free some space"):
        file_capture(tmp_path, frame(room()), reading, "Shirt", 6, TAKEN)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_deleting_what_is_gone_is_one_line(tmp_path, reading):
    capture = file_capture(tmp_path, frame(room()), reading, "Shirt", 6, TAKEN)
    delete_capture(capture)
    with pytest.raises(UserError, match="cannot be deleted"):
        delete_capture(capture)
