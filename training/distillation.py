"""Knowledge distillation (arXiv:1503.02531): a small model learns from what a large one says of the same pictures."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor
from torch.nn import functional as F

from fashioncam import checkpoint
from fashioncam.errors import UserError
from fashioncam.messages import InputDescription
from fashioncam.models.base import Model

from .data import CLASSES
from .recipes import Recipe


def distillation_loss(logits: Tensor, taught: Tensor, targets: Tensor, weight: float, temperature: float) -> Tensor:
    """The cross-entropy, and for a share of it the divergence from the teacher; a mean over the batch.

    The divergence is KL(teacher || student) of the probabilities at `temperature`, times its square so that its
    gradient keeps its size whatever the temperature (section 2 of the paper).

    Args:
        logits, taught: the student's and the teacher's of the same pictures, N x classes float32.
        targets: probabilities, N x classes float32.
        weight: the divergence's share, 0..1.
        temperature: above 0; the higher, the more the unlikely classes count.
    """
    softly = (logits / temperature).log_softmax(dim=1)
    wanted = (taught / temperature).log_softmax(dim=1)
    divergence = F.kl_div(softly, wanted, reduction="batchmean", log_target=True)
    return (1 - weight) * F.cross_entropy(logits, targets) + weight * temperature**2 * divergence


def load_teacher(path: Path | None, recipe: Recipe, description: InputDescription) -> Model | None:
    """The teacher that the recipe asks for, in eval mode; None where it asks for none.

    Raises:
        UserError: a teacher without a recipe that wants one or the reverse, or one that is no checkpoint, or one
            that would misread the student's batches: it has other classes, or another input.
    """
    if path is None:
        if recipe.distill_weight:
            raise UserError(f"distill_weight {recipe.distill_weight:g} needs a teacher: name its checkpoint: --teacher")
        return None
    if not recipe.distill_weight:
        raise UserError(f"--teacher {path} has nothing to teach at distill_weight 0; give --distill-weight too")
    loaded = checkpoint.load(path)
    if loaded.input != description or loaded.classes != CLASSES:
        raise UserError(f"--teacher {path} was trained on another input, perhaps of another size, or on other classes")
    return loaded.model
