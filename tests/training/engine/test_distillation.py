from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from fashioncam import checkpoint
from fashioncam.checkpoint import LoadedModel
from fashioncam.errors import UserError
from fashioncam.messages import InputDescription
from fashioncam.models import build
from fashioncam.models.base import Model, to_input
from training.data.fashion_mnist import Split
from training.engine import distributed, loop
from training.engine.batches import plain_place, shuffled_batches
from training.engine.distillation import distillation_loss, load_teacher
from training.engine.recipe import Recipe

INPUT = InputDescription(size=28, mean=0.2861, std=0.3531)

# At T = 2 the student says 1/2, 1/2 and the teacher 4/5, 1/5.
STUDENT = torch.tensor([[0.0, 0.0]])
TEACHER = torch.tensor([[2 * 1.3862944, 0.0]])
DIVERGENCE = 0.8 * 0.4700036 + 0.2 * -0.9162907  # 0.8 ln(0.8 / 0.5) + 0.2 ln(0.2 / 0.5)
ENTROPY = 0.6931472  # of the student's halves, whatever the target


class TestLoss:
    @pytest.mark.parametrize(
        ("weight", "expected"),
        [
            pytest.param(0.0, ENTROPY, id="labels-alone"),
            pytest.param(1.0, 4 * DIVERGENCE, id="teacher-alone"),
            pytest.param(0.25, 0.75 * ENTROPY + DIVERGENCE, id="mixed"),
        ],
    )
    def test_is_the_one_computed_by_hand(self, weight: float, expected: float) -> None:
        loss = distillation_loss(STUDENT, TEACHER, torch.tensor([[0.0, 1.0]]), weight, 2.0)
        assert loss.item() == pytest.approx(expected, abs=1e-6)

    def test_of_a_batch_is_the_mean(self) -> None:
        students, teachers = torch.cat((STUDENT, TEACHER)), torch.cat((TEACHER, TEACHER))
        loss = distillation_loss(students, teachers, torch.eye(2), 1.0, 2.0)
        assert loss.item() == pytest.approx(4 * DIVERGENCE / 2, abs=1e-6)

    def test_with_targets_shared_by_cutmix_is_the_one_computed_by_hand(self) -> None:
        logits = torch.tensor([[1.0986123, 0.0]])  # 3/4, 1/4
        loss = distillation_loss(logits, logits, torch.tensor([[0.3, 0.7]]), 0.5, 2.0)
        assert loss.item() == pytest.approx(0.5 * (0.3 * 0.2876821 + 0.7 * 1.3862944), abs=1e-6)

    def test_of_what_is_no_garment_is_the_label_s_alone(self) -> None:
        loss = distillation_loss(TEACHER, STUDENT, torch.tensor([[0.5, 0.5]]), 1.0, 2.0)
        halves = F.cross_entropy(TEACHER, torch.tensor([[0.5, 0.5]]))
        assert loss.item() == pytest.approx(halves.item(), abs=1e-6)

    def test_gradient_is_that_of_the_softened_difference(self) -> None:
        """By hand: T (student - teacher) at the temperature, for one picture."""
        logits = STUDENT.clone().requires_grad_()
        distillation_loss(logits, TEACHER, torch.tensor([[0.0, 1.0]]), 1.0, 2.0).backward()
        assert logits.grad is not None
        assert logits.grad.flatten().tolist() == pytest.approx([2 * (0.5 - 0.8), 2 * (0.5 - 0.2)], abs=1e-6)


@pytest.fixture(scope="module")
def recipe(tiny_config: dict[str, int]) -> Recipe:
    return Recipe(model="hybrid", config=tiny_config, epochs=1, batch_size=32, distill_weight=1.0)


@pytest.fixture
def teacher() -> Model:
    torch.manual_seed(5)
    return build("wide_resnet", {"depth": 10, "widen": 1}).eval()


class TestTraining:
    def fit(self, recipe: Recipe, sample: tuple[Tensor, Tensor], folder: Path, teacher: Model) -> Model:
        train, validation = (Split(sample[0][part], sample[1][part]) for part in (slice(64), slice(64, 128)))
        materials = loop.Materials(train, validation, INPUT, teacher=teacher)
        return loop.fit(recipe, materials, folder, 1, torch.device("cpu"), "fp32")

    def test_leaves_the_teacher_as_it_is(
        self, recipe: Recipe, sample: tuple[Tensor, Tensor], tmp_path: Path, teacher: Model
    ) -> None:
        before = loop.fingerprint(teacher.state_dict().values())
        self.fit(recipe, sample, tmp_path, teacher)
        assert loop.fingerprint(teacher.state_dict().values()) == before
        assert not teacher.training
        assert all(parameter.grad is None for parameter in teacher.parameters())

    def test_step_has_the_teachers_loss_of_the_same_batch(self, recipe: Recipe, teacher: Model) -> None:
        model = build("hybrid", recipe.config).eval()
        images, targets = torch.randn(4, 1, 28, 28), torch.eye(10)[:4]
        with torch.no_grad():
            expected = distillation_loss(model(images), teacher(images), targets, 1.0, 3.0)
        assert torch.allclose(loop.forward_backward(model, images, targets, "fp32", recipe, teacher), expected)

    def test_goes_on_with_its_own_teacher_alone(
        self, recipe: Recipe, sample: tuple[Tensor, Tensor], tmp_path: Path, teacher: Model
    ) -> None:
        model = self.fit(recipe, sample, tmp_path, teacher)
        assert torch.equal(self.fit(recipe, sample, tmp_path, teacher).head.weight, model.head.weight)  # type: ignore[union-attr,arg-type]
        other = build("wide_resnet", {"depth": 10, "widen": 1}).eval()
        with pytest.raises(UserError, match="belongs to another"):
            self.fit(recipe, sample, tmp_path, other)


class TestTeachersByKind:
    """Of a batch of eight: two that a webcam sees, two as they are, four photographs."""

    RECIPE = Recipe(
        model="hybrid", batch_size=8, distill_weight=0.5, webcam_share=0.5, photo_share=0.25, cutout_share=0.25
    )

    @pytest.fixture
    def paths(self, tiny_hybrid: LoadedModel, tmp_path: Path) -> list[Path]:
        """Three checkpoints of different weights."""
        for index in range(3):
            torch.manual_seed(index)
            model = build("hybrid", tiny_hybrid.info.config).eval()
            checkpoint.save(replace(tiny_hybrid, model=model), tmp_path / f"{index}.pth")
        return [tmp_path / f"{index}.pth" for index in range(3)]

    def test_each_picture_is_taught_by_those_of_its_kind(self, paths: list[Path]) -> None:
        teacher = load_teacher(paths[0], paths[1:], self.RECIPE, INPUT)
        assert teacher is not None
        assert not teacher.training
        images = torch.randn(8, 1, 28, 28)
        plain, first, second = (checkpoint.load(path).model(images) for path in paths)
        expected = (first + second) / 2
        expected[2:4] = plain[2:4]
        assert torch.allclose(teacher(images), expected, atol=1e-5)

    def test_place_is_where_the_batches_have_the_pictures_as_they_are(self, sample: tuple[Tensor, Tensor]) -> None:
        recipe = replace(self.RECIPE, crop_padding=0, erase_probability=0.0)
        originals = to_input(torch.cat((sample[0], sample[0].flip(-1))), INPUT).flatten(1)
        images, _ = next(shuffled_batches(Split(*sample), recipe, 0, 0, INPUT))
        as_they_are = [(originals == image.flatten()).all(dim=1).any().item() for image in images]
        assert [index for index, found in enumerate(as_they_are) if found] == list(range(8))[plain_place(recipe)]

    def test_without_a_teacher_for_the_others_is_refused(self, paths: list[Path]) -> None:
        with pytest.raises(UserError, match="--webcam-teachers need one for the other pictures"):
            load_teacher(None, paths, replace(self.RECIPE, distill_weight=0.0), INPUT)

    def test_with_nothing_to_teach_is_refused(self, paths: list[Path], recipe: Recipe) -> None:
        with pytest.raises(UserError, match="no picture of this recipe is seen by a webcam"):
            load_teacher(paths[0], paths[1:], recipe, INPUT)

    def test_in_several_processes_is_refused(self, paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
        """Each of them has a slice of the batch, where the place is another one."""
        monkeypatch.setattr(distributed, "count", lambda: 2)
        with pytest.raises(UserError, match="teach one process only"):
            load_teacher(paths[0], paths[1:], self.RECIPE, INPUT)

    def test_of_another_input_is_refused(self, paths: list[Path], tiny_hybrid: LoadedModel) -> None:
        other = replace(tiny_hybrid, input=replace(INPUT, mean=0.5))
        checkpoint.save(other, paths[2])
        with pytest.raises(UserError, match=r"--webcam-teachers .*2\.pth was trained on another input"):
            load_teacher(paths[0], paths[1:], self.RECIPE, INPUT)


class TestLoadTeacher:
    @pytest.fixture
    def path(self, tiny_hybrid: LoadedModel, tmp_path: Path) -> Path:
        checkpoint.save(tiny_hybrid, tmp_path / "teacher.pth")
        return tmp_path / "teacher.pth"

    def test_gives_the_checkpoints_model_in_eval_mode(
        self, path: Path, recipe: Recipe, tiny_hybrid: LoadedModel
    ) -> None:
        teacher = load_teacher(path, (), recipe, tiny_hybrid.input)
        assert teacher is not None
        assert not teacher.training
        assert loop.fingerprint(teacher.state_dict().values()) == loop.fingerprint(
            tiny_hybrid.model.state_dict().values()
        )

    def test_recipe_that_wants_none_gets_none(self, recipe: Recipe) -> None:
        assert load_teacher(None, (), replace(recipe, distill_weight=0.0), INPUT) is None

    def test_missing_teacher_is_named(self, recipe: Recipe) -> None:
        with pytest.raises(UserError, match="--teacher"):
            load_teacher(None, (), recipe, INPUT)

    def test_teacher_that_nobody_listens_to_is_named(self, path: Path, recipe: Recipe) -> None:
        with pytest.raises(UserError, match="--distill-weight"):
            load_teacher(path, (), replace(recipe, distill_weight=0.0), INPUT)

    def test_teacher_of_another_input_is_refused(self, path: Path, recipe: Recipe) -> None:
        with pytest.raises(UserError, match="another input"):
            load_teacher(path, (), recipe, InputDescription(size=28, mean=0.5, std=0.5))
