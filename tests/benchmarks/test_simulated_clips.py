"""The simulated clips: masks and pictures agree, a seed determines them, and they equal the scored clips to the bit."""

from __future__ import annotations

import importlib.util
import os
import sys
from itertools import compress
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

from benchmarks import segmentation
from benchmarks.simulated_clips import Clip, clips
from benchmarks.webcam_simulation import CLIP_FRAMES, EMPTY_FRAMES, HELD_FROM, LEVELS, ON_ITEM
from fashioncam.errors import UserError

FOLDER_VARIABLE = "FASHIONCAM_WEBCAM_BENCH"  # names the folder that holds compose.py, cutouts/ and backgrounds/
SIZE_WH = (160, 120)
DARK, BRIGHT = (40, 30, 20), (250, 240, 245)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two items, a dark one and a bright one, and two grey rooms."""
    path = tmp_path_factory.mktemp("pictures")
    for name in ("cutouts", "backgrounds"):
        (path / name).mkdir()
    for name, colour in (("0_dark.png", DARK), ("8_bright.png", BRIGHT)):
        cutout = cv2.ellipse(np.zeros((90, 70, 4), np.uint8), (35, 45), (30, 40), 0, 0, 360, (*colour, 255), -1)
        cv2.imwrite(str(path / "cutouts" / name), cutout)
    for name, grey in (("a.png", 110), ("b.jpg", 150)):
        stripes = np.full((200, 260, 3), grey, np.uint8)
        stripes[:, ::20] += 30
        cv2.imwrite(str(path / "backgrounds" / name), stripes)
    return path


def made(folder: Path, level: str, seed: int = 3) -> list[Clip]:
    return list(clips(folder, level, seed, per_class=2, size_wh=SIZE_WH))


@pytest.mark.parametrize("level", LEVELS)
def test_alpha_and_box_agree(folder: Path, level: str) -> None:
    shake_px = 4 if LEVELS[level].shake else 0  # the box is that of the item before the camera shook
    for clip in made(folder, level):
        assert [box is None for box in clip.boxes] == [alpha is None for alpha in clip.alphas]
        for box, alpha in zip(clip.boxes[HELD_FROM:], clip.alphas[HELD_FROM:], strict=True):
            assert box is not None
            assert alpha is not None
            assert (alpha.shape, alpha.dtype) == (SIZE_WH[::-1], np.uint8)
            assert np.abs(np.subtract(cv2.boundingRect((alpha >= ON_ITEM).astype(np.uint8)), box)).max() <= shake_px


def test_alpha_is_where_the_picture_shows_the_item(folder: Path) -> None:
    clip = made(folder, "easy")[0]
    frame_bgr, alpha = list(clip.frames())[-1], clip.alphas[-1]
    assert alpha is not None
    assert frame_bgr[alpha == 255].mean() < 60
    assert frame_bgr[alpha == 0].mean() > 100


def test_one_clip_for_each_item_in_order_of_the_classes(folder: Path) -> None:
    names = [(clip.name, clip.class_index) for clip in made(folder, "normal")]
    assert names == [("normal-000-0", 0), ("normal-001-8", 8)]


def test_the_empty_scene_has_no_item(folder: Path) -> None:
    for clip in made(folder, "hard"):
        assert len(clip.jpegs) == len(clip.boxes) == len(clip.alphas) == CLIP_FRAMES
        assert set(clip.boxes[:EMPTY_FRAMES]) == set(clip.alphas[:EMPTY_FRAMES]) == {None}


def test_a_seed_determines_the_clips(folder: Path) -> None:
    first, again, other = (made(folder, "hard", seed) for seed in (3, 3, 4))
    assert [clip.jpegs for clip in first] == [clip.jpegs for clip in again]
    assert [clip.boxes for clip in first] == [clip.boxes for clip in again]
    assert first[0].jpegs != other[0].jpegs


def test_brightness_is_relative_to_the_room(folder: Path) -> None:
    dark, bright = made(folder, "normal")
    assert 0.1 < dark.item_brightness_ratio < 0.4
    assert 1.2 < bright.item_brightness_ratio < 2.5


def test_recorded_frames_are_the_same_but_for_compression(folder: Path) -> None:
    clip = made(folder, "easy")[0]
    pairs = list(zip(clip.frames(), clip.recorded_frames(), strict=True))
    assert len(pairs) == CLIP_FRAMES
    assert all(recorded.dtype == np.uint8 and cv2.absdiff(frame, recorded).mean() < 8 for frame, recorded in pairs)


@pytest.mark.parametrize("missing", [("cutouts",), ("backgrounds",), ("cutouts", "backgrounds")], ids="+".join)
def test_missing_pictures_are_the_users_to_put_right(tmp_path: Path, missing: tuple[str, ...]) -> None:
    for name in {"cutouts", "backgrounds"} - set(missing):
        (tmp_path / name).mkdir()
        cv2.imwrite(str(tmp_path / name / "0.png"), np.zeros((9, 9, 4), np.uint8))
    with pytest.raises(UserError, match="no pictures"):
        next(clips(tmp_path, "easy", 0, 1, SIZE_WH))


def test_the_benchmark_says_so_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert segmentation.main([str(tmp_path / "nowhere"), "--methods", "threshold"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_picture_without_alpha_is_no_cutout(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "backgrounds").symlink_to(folder / "backgrounds")
    (tmp_path / "cutouts").mkdir()
    cv2.imwrite(str(tmp_path / "cutouts" / "0_opaque.png"), np.zeros((9, 9, 3), np.uint8))
    with pytest.raises(UserError, match=r"0_opaque\.png: not a picture with 4 channels"):
        next(clips(tmp_path, "easy", 0, 1, SIZE_WH))


@pytest.fixture
def scored_folder() -> Path:
    """Where the scored clips' pictures and their composer are."""
    if FOLDER_VARIABLE not in os.environ:
        pytest.skip(f"{FOLDER_VARIABLE} does not name the folder of the scored clips")
    return Path(os.environ[FOLDER_VARIABLE])


@pytest.fixture
def scorer(scored_folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The composer of the scored clips."""
    spec = importlib.util.spec_from_file_location("scored_clips", scored_folder / "compose.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)  # its dataclasses look there
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("level", LEVELS)
def test_clips_are_the_scored_ones_to_the_bit(scored_folder: Path, scorer: ModuleType, level: str) -> None:
    ours = next(clips(scored_folder, level, 31, 1, SIZE_WH))
    items = sorted(scored_folder.glob("cutouts/0_*"))
    rooms = sorted(path for path in scored_folder.glob("backgrounds/*") if path.suffix.lower() in (".jpg", ".png"))
    item = items[np.random.default_rng((31, 0)).permutation(len(items))[0]]
    rng = np.random.default_rng(3_100_000)
    room = cv2.imread(str(rooms[int(rng.integers(len(rooms)))]))
    cutout = cv2.imread(str(item), cv2.IMREAD_UNCHANGED)
    frames, boxes = scorer.compose(cutout, room, scorer.LEVELS[level], rng, SIZE_WH)
    assert list(ours.boxes) == boxes
    differing = (not np.array_equal(a, b) for a, b in zip(ours.frames(), frames, strict=True))
    assert list(compress(range(CLIP_FRAMES), differing)) == []
