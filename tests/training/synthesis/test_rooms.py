import numpy as np
import pytest
from PIL import Image, ImageDraw

from training.synthesis.drawn.rooms import DRAWINGS, draw_rooms


@pytest.mark.parametrize("size_wh", [(80, 60), (480, 360)], ids=str)
@pytest.mark.parametrize("part", dict.fromkeys(DRAWINGS), ids=lambda part: part.__name__)
def test_part_is_seen_in_most_rooms(part, size_wh):
    changed = 0
    for seed in range(20):
        room = Image.new("RGB", size_wh, (1, 2, 3))
        part(ImageDraw.Draw(room), np.random.default_rng(seed), *size_wh)
        changed += (np.asarray(room) != (1, 2, 3)).any()
    assert changed >= 10


def test_rooms_are_of_one_size_and_differ():
    rooms = draw_rooms(np.random.default_rng(0), 3)
    assert rooms.shape == (3, 180, 240, 3)
    assert rooms.dtype == np.uint8
    assert len(np.unique(rooms, axis=0)) == 3
