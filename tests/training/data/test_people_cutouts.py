import numpy as np
import pytest
from PIL import Image

from fashioncam.errors import UserError
from training.data.people_cutouts import HAND_PX, PERSON_PX, load_hands, load_people, load_things


def save(folder, name, inside, size_hw=(60, 50), colour=(90, 120, 200)):
    folder.mkdir(exist_ok=True)
    rgba = np.zeros((*size_hw, 4), np.uint8)
    rgba[inside] = (*colour, 255)
    Image.fromarray(rgba).save(folder / name)


@pytest.fixture
def people(tmp_path):
    for index in range(20):
        save(tmp_path / "people", f"train_{index}.png", np.s_[10:60, 5:30])
    save(tmp_path / "people", "bench_0.png", np.s_[10:60, 5:30])
    return tmp_path / "people"


def test_people_fill_the_height_and_some_are_held_out(people):
    pictures, heads, held_out = load_people([people])
    assert pictures.shape == (20, 4, PERSON_PX, PERSON_PX)  # none of the one to measure with
    assert 0 < held_out.sum() < 10
    assert (pictures[:, 3, [1, -1], PERSON_PX // 2] > 200).all()
    assert pictures[0, :, 80, 80].tolist() == [200, 120, 90, 255]
    assert heads[0].item() == pytest.approx(0.18, abs=0.02)  # half as wide as tall: from hip to head


def test_head_and_shoulders_have_a_larger_head(tmp_path):
    for index in range(20):
        save(tmp_path / "people", f"{index}.png", np.s_[10:60, 0:48])
    _, heads, _ = load_people([tmp_path / "people"])
    assert heads[0].item() > 0.5


def test_wrist_is_in_the_middle_of_the_lower_edge(tmp_path):
    for index in range(1, 31):
        save(tmp_path / "hands", f"hand_{index:04d}.png", np.s_[20:60, 30:40], (60, 60))
    pictures, held_out = load_hands([tmp_path / "hands"])
    assert pictures.shape == (27, 4, HAND_PX, HAND_PX)  # without 10, 20 and 30
    assert held_out.any()
    columns = np.flatnonzero(pictures[0, 3, -1].numpy() > 127)
    assert abs(columns.mean() - HAND_PX / 2) < 1.5


@pytest.mark.parametrize("load", [load_people, load_hands, load_things])
def test_folder_without_pictures_is_said_in_one_line(load, tmp_path):
    with pytest.raises(UserError, match="cutouts") as raised:
        load([tmp_path])
    assert "\n" not in str(raised.value)


def test_picture_that_is_none_is_said_in_one_line(people):
    (people / "torn.png").write_bytes(b"none")
    with pytest.raises(UserError, match="torn"):
        load_people([people])
