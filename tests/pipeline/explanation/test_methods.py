from __future__ import annotations

import numpy as np
import pytest

from fashioncam.description import ModelDescription
from fashioncam.errors import UserError
from fashioncam.messages import FloatArray, InputDescription
from fashioncam.pipeline.explanation.methods import CELLS, FULL_DROP, Pass, grad_cam, occlusion

INPUT = InputDescription(size=28, mean=0.25, std=0.5)
BLACK = -0.5
DESCRIPTION = ModelDescription("fake", INPUT, ("sum", "negative"), 1.0, 0.5, 1.0)


def network(images: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Logits: the grey values' sum above black, and its negative; no class maps."""
    total = (images - np.float32(BLACK)).sum(axis=(1, 2, 3)) / 64
    return np.stack([total, -total], axis=1), np.zeros((len(images), 2, 1, 1), np.float32)


def passed(image: FloatArray) -> Pass:
    """A 28 x 28 picture's pass through `network`."""
    logits, class_maps = network(image[None, None])
    return Pass(image[None, None], logits[0], class_maps[0])


@pytest.fixture
def picture() -> FloatArray:
    """Black, but for one patch in full and one pixel in another."""
    image = np.full((28, 28), BLACK, np.float32)
    image[8:12, 12:16] = 1.5
    image[20, 3] = 0.5
    return image


class TestGradCam:
    def test_heat_is_the_class_map_over_the_scale(self) -> None:
        maps = np.array([[[0.0, 1.0], [2.0, -3.0]], [[9.0, 9.0], [9.0, 9.0]]], np.float32)
        one_pass = Pass(np.zeros((1, 1, 28, 28), np.float32), np.zeros(2, np.float32), maps)
        heat = grad_cam(2.0)(one_pass, 0)
        assert heat.tolist() == [[0.0, 0.5], [1.0, 0.0]]
        assert grad_cam(1.0)(one_pass, 0).tolist() == [[0.0, 1.0], [1.0, 0.0]]
        assert heat.dtype == np.float32


class TestOcclusion:
    def test_heat_is_what_the_logit_loses_without_the_patch(self, picture: FloatArray) -> None:
        heat = occlusion(network, DESCRIPTION)(passed(picture), 0)
        expected = np.zeros((CELLS, CELLS))
        expected[2, 3] = 16 * 2.0 / 64 / FULL_DROP
        expected[5, 0] = 1.0 / 64 / FULL_DROP
        assert heat.dtype == np.float32
        assert np.allclose(heat, expected, atol=1e-6)

    def test_what_speaks_against_the_class_is_not_hot(self, picture: FloatArray) -> None:
        assert occlusion(network, DESCRIPTION)(passed(picture), 1).max() == 0

    def test_largest_fall_that_is_shown_is_full_strength(self, picture: FloatArray) -> None:
        picture[8:12, 12:16] = 1e4
        assert occlusion(network, DESCRIPTION)(passed(picture), 0).max() == 1

    def test_black_patches_are_not_asked_for(self, picture: FloatArray) -> None:
        seen = []

        def counting(images: FloatArray) -> tuple[FloatArray, FloatArray]:
            seen.append(len(images))
            return network(images)

        occlusion(counting, DESCRIPTION)(passed(picture), 0)
        assert seen == [2]

    def test_nothing_is_hot_where_nothing_is(self) -> None:
        blank = np.full((28, 28), BLACK, np.float32)
        assert occlusion(network, DESCRIPTION)(passed(blank), 0).max() == 0

    def test_picture_is_not_changed(self, picture: FloatArray) -> None:
        before = picture.copy()
        occlusion(network, DESCRIPTION)(passed(picture), 0)
        assert np.array_equal(picture, before)

    def test_input_that_has_no_whole_patches_is_refused(self) -> None:
        larger = InputDescription(size=32, mean=0.25, std=0.5)
        with pytest.raises(UserError, match="multiple of 7"):
            occlusion(network, ModelDescription("fake", larger, ("a", "b"), 1.0, 0.5, 1.0))
