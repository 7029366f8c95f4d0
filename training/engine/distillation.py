"""Knowledge distillation (arXiv:1503.02531): a small model learns from a large one's answers to the same pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fashioncam import checkpoint
from fashioncam.errors import UserError
from fashioncam.messages import InputDescription
from fashioncam.models.base import Model
from training.data.fashion_mnist import CLASSES

from . import distributed
from .batches import plain_place
from .recipe import Recipe


def distillation_loss(logits: Tensor, taught: Tensor, targets: Tensor, weight: float, temperature: float) -> Tensor:
    """The cross-entropy, and for a share of it the divergence from the teacher; a mean over the batch.

    The divergence is KL(teacher || student) of the probabilities at `temperature`, times its square so that its
    gradient keeps its size whatever the temperature (section 2 of the paper). Pictures of other objects learn from
    their uniform target alone, since a teacher may name them.

    Args:
        logits, taught: the student's and the teacher's of the same pictures, N x classes float32.
        targets: probabilities, N x classes float32.
        weight: the divergence's share, 0..1.
        temperature: above 0; the higher, the more the unlikely classes count.
    """
    softly = (logits / temperature).log_softmax(dim=1)
    wanted = (taught / temperature).log_softmax(dim=1)
    divergence = F.kl_div(softly, wanted, reduction="none", log_target=True).sum(dim=1)
    share = weight * (targets.amax(dim=1) > targets.amin(dim=1))
    return (
        (1 - share) * F.cross_entropy(logits, targets, reduction="none") + share * temperature**2 * divergence
    ).mean()


class TeachersByKind(nn.Module):
    """One teacher for Fashion-MNIST's own pictures, others for those that a webcam sees, in the same batch.

    A teacher is good at one of the two; a student can learn both (several teachers: arXiv:1503.02531, section 5).

    Args:
        plain: the first.
        webcam: the others; they teach the mean of their logits.
        place: where in each batch Fashion-MNIST's own pictures lie, `batches.plain_place`.
    """

    def __init__(self, plain: Model, webcam: Sequence[Model], place: slice) -> None:
        super().__init__()
        self.plain, self.webcam, self.place = plain, nn.ModuleList(webcam), place

    def forward(self, images: Tensor) -> Tensor:
        """A whole batch, N x 1 x S x S float32 -> N x classes logits."""
        first, last = self.place.start, self.place.stop
        seen = torch.cat((images[:first], images[last:]))
        logits = torch.stack([teacher(seen) for teacher in self.webcam]).mean(dim=0)
        return torch.cat((logits[:first], self.plain(images[first:last]), logits[first:]))


def load_teacher(
    path: Path | None, webcam_paths: Sequence[Path], recipe: Recipe, description: InputDescription
) -> nn.Module | None:
    """The teacher that the recipe asks for, in eval mode; None where it asks for none.

    Args:
        path: its checkpoint.
        webcam_paths: checkpoints of others, which teach in its place what a webcam sees.

    Raises:
        UserError: the recipe wants no teacher but one is named, or the reverse; or a teacher is no checkpoint, or has
            other classes or another input than the student.
    """
    if path is None:
        if recipe.distill_weight:
            raise UserError(f"distill_weight {recipe.distill_weight:g} needs a teacher: name its checkpoint: --teacher")
        if webcam_paths:
            raise UserError("--webcam-teachers need one for the other pictures too: name its checkpoint: --teacher")
        return None
    if not recipe.distill_weight:
        raise UserError(f"--teacher {path} has nothing to teach at distill_weight 0; give --distill-weight too")
    teacher = fitting_model(path, "--teacher", description)
    if not webcam_paths:
        return teacher
    place = plain_place(recipe)
    if place == slice(0, recipe.batch_size):
        raise UserError("--webcam-teachers have nothing to teach: no picture of this recipe is seen by a webcam")
    if distributed.count() > 1:
        raise UserError("--webcam-teachers teach one process only; start it without torchrun")
    others = [fitting_model(other, "--webcam-teachers", description) for other in webcam_paths]
    return TeachersByKind(teacher, others, place).eval()


def fitting_model(path: Path, option: str, description: InputDescription) -> Model:
    """A checkpoint's model; UserError if it is none, or has another input or other classes."""
    loaded = checkpoint.load(path)
    if loaded.input != description or loaded.classes != CLASSES:
        raise UserError(f"{option} {path} was trained on another input, perhaps of another size, or on other classes")
    return loaded.model
