import pytest
import torch

from training.augmentation.random_fields import Dice
from training.synthesis import composites, photographed_hands, photographed_people
from training.synthesis.composites import Bank, compose
from training.synthesis.drawn import people as drawn_people
from training.synthesis.photographed_hands import Owner, random_hands
from training.synthesis.photographed_people import People, Pose, random_crowd

SIZE_HW = (60, 80)
SKIN_BGR, CLOTH_BGR, ROOM_BGR, ITEM_BGR = (90, 120, 190), (200, 40, 40), (128, 128, 128), (30, 220, 30)


def flat(colour, size_hw):
    return torch.tensor(colour, dtype=torch.uint8)[:, None, None].expand(3, *size_hw)


def cutout(colour, size, inside):
    """A square picture, premultiplied, of one colour inside the rows and columns given."""
    picture = torch.zeros(4, size, size, dtype=torch.uint8)
    picture[:3, *inside] = flat(colour, (size, size))[:, *inside]
    picture[3, *inside] = 255
    return picture


@pytest.fixture(scope="module")
def people():
    """Two people, all of cloth, and three hands as wide as a wrist."""
    person = cutout(CLOTH_BGR, 40, (slice(0, 40), slice(8, 32)))
    hand = cutout(SKIN_BGR, 20, (slice(6, 20), slice(6, 14)))
    return People(person.expand(2, -1, -1, -1), torch.tensor((0.2, 0.6)), hand.expand(3, -1, -1, -1))


@pytest.fixture(scope="module")
def bank(people):
    """A square item, a grey room, people and hands."""
    item = cutout(ITEM_BGR, 32, (slice(4, 28), slice(4, 28)))
    return Bank(item[None], flat(ROOM_BGR, (45, 60))[None].contiguous(), people)


@pytest.fixture
def shares(monkeypatch):
    """Sets shares; those of all else are 0."""

    def alone(**wanted):
        for module in (composites, drawn_people, photographed_hands, photographed_people):
            for name in [name for name in vars(module) if name.endswith("_SHARE")]:
                monkeypatch.setattr(module, name, wanted.get(name, 0.0))

    return alone


def batch_of(bank, count=24, seed=0):
    return compose(bank, count, SIZE_HW, torch.Generator().manual_seed(seed))


def crowd_of(people, seed=0, count=24):
    rooms = torch.full((count, 3, *SIZE_HW), 128.0)
    items = torch.zeros(count, 1, *SIZE_HW)
    items[..., 20:40, 30:50] = 1
    return rooms, random_crowd(people, rooms, items, torch.Generator().manual_seed(seed))


def changed(rooms, pictures):
    """Which of the pictures are not as the rooms."""
    return ((pictures - rooms).abs() > 2).flatten(1).any(dim=1)


def test_without_photographs_composites_are_as_before(bank):
    plain = Bank(bank.cutouts, bank.rooms)
    crowd = random_crowd(None, torch.zeros(4, 3, 8, 8), torch.zeros(4, 1, 8, 8), torch.Generator())
    assert crowd.learned is crowd.present
    assert crowd.empty_handed.sum() == 0
    first, second = batch_of(plain), batch_of(plain)
    assert torch.equal(first.frame, second.frame)


def test_same_seed_makes_the_same_batch(bank):
    first, second, other = batch_of(bank), batch_of(bank), batch_of(bank, seed=1)
    assert torch.equal(first.frame, second.frame)
    assert torch.equal(first.item, second.item)
    assert not torch.equal(first.frame, other.frame)


@pytest.mark.parametrize(
    ("share", "in_learned", "in_present"),
    [("CAME_SHARE", False, True), ("GONE_SHARE", True, False), ("MOVED_SHARE", True, True), ("none", False, False)],
    ids=["came", "gone", "moved", "nobody"],
)
def test_person_is_where_the_share_says(share, in_learned, in_present, people, shares):
    shares(PEOPLE_SHARE=1.0, **{share: 1.0})
    rooms, crowd = crowd_of(people)
    assert changed(rooms, crowd.learned).float().mean() == pytest.approx(float(in_learned), abs=0.1)
    assert changed(rooms, crowd.present).float().mean() == pytest.approx(float(in_present), abs=0.1)


def test_whoever_has_moved_is_nearly_where_they_were(people, shares):
    shares(PEOPLE_SHARE=1.0, MOVED_SHARE=1.0)
    rooms, crowd = crowd_of(people)
    now, then = ((pictures - rooms).abs().sum(dim=1) > 2 for pictures in (crowd.present, crowd.learned))
    overlap = (now & then).sum() / (now | then).sum()
    assert 0.5 < overlap < 1


def test_share_of_people_is_that_part_of_the_batch(people, shares):
    shares(PEOPLE_SHARE=0.5, CAME_SHARE=1.0)
    rooms, crowd = crowd_of(people, count=20)
    assert changed(rooms, crowd.present)[:10].float().mean() > 0.8
    assert not changed(rooms, crowd.present)[10:].any()


def test_body_reaches_the_lower_edge(people, shares):
    shares(PEOPLE_SHARE=1.0, CAME_SHARE=1.0)
    rooms, crowd = crowd_of(people)
    there = changed(rooms, crowd.present)
    lowest = ((crowd.present - rooms).abs() > 2).any(dim=1)[:, -1].any(dim=1)
    assert torch.equal(there, lowest)


def test_nothing_held_is_no_item(bank, shares):
    shares(PEOPLE_SHARE=1.0, CAME_SHARE=1.0, NOTHING_HELD_SHARE=1.0, ITEM_SHARE=1.0, RIGHT_HAND_SHARE=1.0)
    batch = batch_of(bank)
    assert batch.item.sum() == 0
    assert (batch.cutout == composites.NO_ITEM).all()


def test_item_is_labelled_and_the_person_is_not(bank, shares):
    shares(PEOPLE_SHARE=1.0, CAME_SHARE=1.0)
    without = batch_of(bank)
    shares(PEOPLE_SHARE=1.0, CAME_SHARE=1.0, ITEM_SHARE=1.0)
    batch = batch_of(bank)
    assert without.item.sum() == 0
    assert (batch.item.mean(dim=(1, 2, 3)) > 0.01).float().mean() > 0.9
    assert batch.item.mean() < 0.5


def test_what_hands_cover_is_not_item(bank, shares):
    """Arms before the item take from it exactly what they cover."""
    everything = {"PEOPLE_SHARE": 1.0, "ITEM_SHARE": 1.0}
    shares(**everything)
    whole = batch_of(bank, 48).item
    shares(**everything, LEFT_HAND_SHARE=1.0, RIGHT_HAND_SHARE=1.0)
    held = batch_of(bank, 48).item
    assert held.sum() < whole.sum()
    assert held.sum() > 0.5 * whole.sum()


def test_hands_hold_the_item_at_its_edge(people, shares):
    shares(LEFT_HAND_SHARE=1.0)
    count = 32
    item = torch.zeros(count, 1, *SIZE_HW)
    item[..., 15:40, 25:55] = 1
    pose = Pose(*(torch.full((count, 1, 1, 1), value) for value in (0.0, 2.0, 0.25, 0.0)))
    cloth, skin = torch.full((count, 3, 24, 24), 100.0), torch.full((count, 3, 1, 1), 150.0)
    owner = Owner(pose, cloth, skin, hand_size=pose.head, long_sleeve=torch.ones(count, 1, 1, 1))
    colour, arm, before = random_hands(people.hands, owner, item, Dice(count, torch.Generator().manual_seed(0)))
    assert colour.shape == (count, 3, *SIZE_HW)
    assert before.max() <= 1 + 1e-5
    assert (before <= arm + 1e-5).all()
    meets = (arm * item).sum(dim=(1, 2, 3)) > 0
    assert meets.float().mean() > 0.9
    left = torch.nn.functional.max_pool2d(item, 5, 1, 2)[..., : SIZE_HW[1] // 2]
    assert ((arm[..., : SIZE_HW[1] // 2] * left).sum(dim=(1, 2, 3)) > 0).float().mean() > 0.8
    assert (arm[..., -1, :].amax(dim=(1, 2)) > 0).float().mean() > 0.8  # of someone below the picture


def test_skin_comes_in_all_tones(people, shares):
    shares(LEFT_HAND_SHARE=1.0)
    hands = people.hands[:1].expand(64, -1, -1, -1).float()
    dice = Dice(64, torch.Generator().manual_seed(0))
    toned = photographed_hands.toned(hands, drawn_people.skin(dice), dice)
    brightness = toned[:, :3, 10, 10].mean(dim=1)
    assert brightness.min() < 60
    assert brightness.max() > 150
    assert (toned[:, :3] <= toned[:, 3:]).all()
