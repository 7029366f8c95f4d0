import pytest
import torch

from training.background_evidence import background_evidence


@pytest.fixture
def images():
    """One picture, garment in its left half."""
    images = torch.full((1, 1, 8, 8), -0.8)
    images[..., :4] = 1.0
    return images


def test_what_the_garment_says_is_free(images):
    maps = torch.zeros(1, 3, 2, 2)
    maps[:, 1, :, 0] = 5
    assert background_evidence(maps, images) == 0


def test_what_the_background_says_of_all_classes_alike_is_free(images):
    maps = torch.zeros(1, 3, 2, 2)
    maps[..., 1] = 5
    assert background_evidence(maps, images) == pytest.approx(0, abs=1e-9)


def test_what_the_background_says_of_one_class_counts_by_its_square(images):
    maps = torch.zeros(1, 3, 2, 2)
    maps[0, 1, 0, 1] = 0.75  # of two empty places; 3 in a logit, of which 2, -1 and -1 are left
    assert background_evidence(maps, images) == pytest.approx((4 + 1 + 1) / 3 / 2)


def test_a_place_with_one_pixel_of_garment_is_not_background(images):
    images[0, 0, 0, 7] = 0.1
    maps = torch.zeros(1, 3, 2, 2)
    maps[0, 1, 0, 1] = 0.75
    assert background_evidence(maps, images) == 0


def test_picture_without_background_is_no_division_by_nothing():
    assert background_evidence(torch.ones(1, 3, 2, 2), torch.rand(1, 1, 8, 8) + torch.eye(8)) == 0
