from __future__ import annotations

import pytest
import torch
from torch import Tensor

from training.engine.muon import Muon, orthogonal


@pytest.mark.parametrize("shape", [(32, 32), (16, 80), (80, 16), (16, 8, 3, 3)], ids=str)
def test_step_has_the_singular_vectors_of_the_gradient_and_about_equal_singular_values(shape: tuple[int, ...]) -> None:
    gradient = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    step = orthogonal([gradient])[0]
    assert (step.shape, step.dtype) == (gradient.shape, torch.float32)
    singular = torch.linalg.svdvals(step.flatten(1))
    assert singular.max() < 2 * singular.min()
    left, _, right = torch.linalg.svd(gradient.flatten(1), full_matrices=False)
    nearest = left @ right
    cosine = (nearest * step.flatten(1)).sum() / nearest.norm() / step.norm()
    assert cosine > 0.98


@pytest.mark.parametrize("shape", [(64, 64), (32, 128), (128, 32)], ids=str)
def test_step_is_as_long_as_one_of_adamw(shape: tuple[int, int]) -> None:
    step = orthogonal([torch.randn(shape, generator=torch.Generator().manual_seed(0))])[0]
    assert step.square().mean().sqrt().item() == pytest.approx(0.2, rel=0.2)


def test_matrices_of_one_shape_have_the_steps_that_they_have_alone() -> None:
    generator = torch.Generator().manual_seed(0)
    shapes = (32, 64), (16, 8, 3, 3), (64, 32), (32, 64)
    gradients = [torch.randn(shape, generator=generator) for shape in shapes]
    for gradient, step in zip(gradients, orthogonal(gradients), strict=True):
        assert torch.allclose(step, orthogonal([gradient])[0], atol=1e-5)


def quadratic(weight: Tensor) -> Tensor:
    return (weight - torch.eye(16)).square().sum()


def test_steps_lower_a_loss_and_decay_is_decoupled() -> None:
    weight = torch.nn.Parameter(torch.zeros(16, 16))
    optimizer = Muon([weight], lr=0.02)
    for _ in range(200):  # its momentum carries it past the optimum and back
        optimizer.zero_grad()
        quadratic(weight).backward()
        optimizer.step()
    assert quadratic(weight).item() < 0.01
    decayed = torch.nn.Parameter(torch.ones(16, 16))
    decayed.grad = torch.zeros(16, 16)
    Muon([decayed], lr=0.1, weight_decay=0.5).step()
    assert torch.allclose(decayed, torch.full((16, 16), 0.95))


def test_parameter_without_a_gradient_stays() -> None:
    weight = torch.nn.Parameter(torch.ones(16, 16))
    Muon([weight]).step()
    assert torch.equal(weight, torch.ones(16, 16))
