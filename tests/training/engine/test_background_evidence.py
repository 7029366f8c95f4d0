import pytest
import torch

from fashioncam.models import build
from training.engine.class_maps import LogitsAndMaps, background_evidence
from training.engine.loop import forward_backward
from training.engine.optimization import make_optimizers
from training.engine.recipe import Recipe


@pytest.fixture
def images():
    """One picture, garment in its left half."""
    images = torch.full((1, 1, 8, 8), -0.8)
    images[..., :4] = 1.0
    return images


def test_what_the_garment_says_is_free(images):
    maps = torch.zeros(1, 3, 2, 2)
    maps[:, 1, :, 0] = 5
    evidence, places = background_evidence(maps, images)
    assert evidence == 0
    assert places == 2


def test_what_the_background_says_of_all_classes_alike_is_free(images):
    maps = torch.zeros(1, 3, 2, 2)
    maps[..., 1] = 5
    assert background_evidence(maps, images)[0] == pytest.approx(0, abs=1e-9)


def test_what_the_background_says_of_one_class_counts_by_its_square(images):
    maps = torch.zeros(1, 3, 2, 2)
    maps[0, 1, 0, 1] = 0.75  # 3 in a logit, of which 2, -1 and -1 are left
    assert background_evidence(maps, images)[0] == pytest.approx((4 + 1 + 1) / 3)


def test_a_place_with_one_pixel_of_garment_is_not_background(images):
    images[0, 0, 0, 7] = 0.1
    maps = torch.zeros(1, 3, 2, 2)
    maps[0, 1, 0, 1] = 0.75
    evidence, places = background_evidence(maps, images)
    assert evidence == 0
    assert places == 1


def test_training_with_a_weight_keeps_the_background_silent(sample):
    images, labels = sample
    normalised = (images[:32].float() / 255 - 0.2861) / 0.3531
    wanted = torch.nn.functional.one_hot(labels[:32], 10).float()

    def said_after_training(weight):
        torch.manual_seed(0)
        model = build("hybrid", {"dim": 16, "depth": 1, "heads": 2, "dim_head": 8, "mlp_dim": 32})
        recipe = Recipe(model="hybrid", background_weight=weight, batch_size=32)
        optimizers = make_optimizers(model, recipe)
        for _ in range(15):
            forward_backward(LogitsAndMaps(model) if weight else model, normalised, wanted, "fp32", recipe)
            for optimizer in optimizers:
                optimizer.step()
        evidence, places = background_evidence(LogitsAndMaps(model)(normalised)[1], normalised)
        return (evidence / places).item()

    assert said_after_training(5.0) < 0.5 * said_after_training(0.0)
