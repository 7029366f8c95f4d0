"""The training loop: epochs over tensors in memory, a moving average of the weights, resume after a kill."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel

from fashioncam.errors import UserError
from fashioncam.messages import InputDescription
from fashioncam.models import build
from fashioncam.models.base import Model, to_input

from . import metrics
from .background_evidence import background_evidence
from .batches import photo_counts, shuffled_batches, with_photos
from .data import NOT_A_GARMENT, Split, WebcamPictures
from .distillation import distillation_loss
from .muon import Muon
from .recipes import Recipe
from .run_log import RunLog, progress


def fit(
    recipe: Recipe,
    train: Split,
    validation: Split,
    description: InputDescription,
    folder: Path,
    seed: int,
    device: torch.device,
    precision: str,
    photos: WebcamPictures | None = None,
    initial: Mapping[str, Tensor] | None = None,
    teacher: Model | None = None,
) -> Model:
    """Train by the recipe and return the model whose weights are kept, on the CPU, in eval mode.

    Each epoch ends with its state in `folder`/state.pt. Called again with the same recipe and seed it
    goes on from there; what an epoch draws at random depends on seed and epoch alone, so an
    interrupted run ends as an uninterrupted one does.

    Args:
        photos: garments as a webcam shows them, where the recipe asks for them.
        initial: weights to begin with; None begins with random ones.
        teacher: to learn from, in eval mode, where the recipe's `distill_weight` is above 0.

    Raises:
        UserError: `folder` holds the state of another recipe, seed or teacher, or a batch is more than the data.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    train, validation = train.to(device), validation.to(device)
    model = build(recipe.model, recipe.config)
    if recipe.background_weight and not model.has_class_maps:
        raise UserError(f"background_weight needs a model with class maps, which {recipe.model} has not; set it to 0")
    if initial is not None:
        model.load_state_dict(initial)
    model = model.to(device).to(memory_format=torch.channels_last)
    photos = None if photos is None else photos.to(device)
    steps = len(train) // (recipe.batch_size - sum(photo_counts(recipe)))
    if steps == 0:
        raise UserError(f"batch_size {recipe.batch_size} is more than the {len(train)} training pictures")
    optimizers = make_optimizers(model, recipe)
    schedules = [LambdaLR(optimizer, one_cycle(steps * recipe.epochs, recipe.warmup)) for optimizer in optimizers]
    average = AveragedModel(model, avg_fn=moving_average(recipe.ema_decay), use_buffers=True)

    parts: dict[str, Any] = {"model": model, "average": average}
    parts |= {f"optimizer{index}": optimizer for index, optimizer in enumerate(optimizers)}
    parts |= {f"schedule{index}": schedule for index, schedule in enumerate(schedules)}
    identity = {"recipe": asdict(recipe), "seed": seed, "initial": fingerprint(initial)}
    if teacher is not None:
        identity["teacher"] = fingerprint(teacher.state_dict())
        teacher = teacher.to(device).to(memory_format=torch.channels_last)
    first_epoch = restore(folder / "state.pt", identity, parts)
    log = RunLog(folder, first_epoch)
    for epoch in range(first_epoch, recipe.epochs):
        started = time.monotonic()
        model.train()
        losses = []
        batches = shuffled_batches(train, recipe, seed, epoch, description)
        if photos is not None:
            batches = with_photos(batches, photos, recipe, seed, epoch, description)
        for images, targets in progress(batches, f"epoch {epoch + 1}/{recipe.epochs}", steps):
            losses.append(train_step(model, optimizers, images, targets, precision, recipe, teacher))
            for schedule in schedules:
                schedule.step()
            average.update_parameters(model)
        kept = average.module if recipe.ema_decay else model
        figures: dict[str, float] = {
            "train_loss": torch.stack(losses).mean().item(),
            **validation_figures(kept, validation, description, precision),
            **(photo_figures(kept, photos.validation, description, precision) if photos else {}),
            "learning_rate": optimizers[0].param_groups[0]["lr"],
            "seconds": time.monotonic() - started,
        }
        log.write(epoch, **figures)
        store(folder / "state.pt", identity, epoch + 1, parts)
        print(
            f"epoch {epoch + 1:3d}/{recipe.epochs}  loss {figures['train_loss']:.4f}"
            f"  validation {100 * figures['validation_accuracy']:.2f} %  {figures['seconds']:.0f} s",
            flush=True,
        )
    log.close()
    if recipe.ema_decay:
        model.load_state_dict(average.module.state_dict())
    return model.cpu().to(memory_format=torch.contiguous_format).eval()


def validation_figures(
    model: nn.Module, validation: Split, description: InputDescription, precision: str
) -> dict[str, float]:
    """Loss and accuracy on the validation split."""
    logits, labels = predict(model, validation.images, description, precision), validation.labels.cpu()
    return {
        "validation_loss": F.cross_entropy(logits, labels).item(),
        "validation_accuracy": metrics.accuracy(logits, labels),
    }


def photo_figures(
    model: nn.Module, validation: Split, description: InputDescription, precision: str
) -> dict[str, float]:
    """Accuracy on photographs, mean over the classes; and how sure the model is of garments and of other things."""
    images = validation.images.to(next(model.parameters()).device)
    probabilities = predict(model, images, description, precision).softmax(dim=1)
    labels = validation.labels
    garments = labels != NOT_A_GARMENT
    sureness = probabilities.amax(dim=1)
    return {
        "photo_accuracy": metrics.macro_accuracy(probabilities[garments], labels[garments]),
        "garment_sureness": sureness[garments].mean().item(),
        "other_sureness": sureness[~garments].mean().item(),
    }


def moving_average(decay: float) -> Callable[[Tensor, Tensor, Tensor | int], Tensor]:
    """Exponential moving average that starts quickly, so that early epochs are not judged by their initial weights."""

    def average(averaged: Tensor, current: Tensor, count: Tensor | int) -> Tensor:
        keep = min(decay, (1 + int(count)) / (10 + int(count)))
        return torch.lerp(current, averaged, keep) if current.is_floating_point() else current

    return average


def make_optimizers(model: nn.Module, recipe: Recipe) -> list[Optimizer]:
    """AdamW (arXiv:1711.05101), which decays matrices and kernels, not gains and biases.

    With `muon`, matrices and kernels that have 16 rows and columns or more are left to Muon.
    """
    large = [p for p in model.parameters() if recipe.muon and min(p.shape[0], p[0].numel()) >= 16]
    others = [p for p in model.parameters() if not any(p is one for one in large)]
    groups = [
        {"params": [p for p in others if p.ndim > 1], "weight_decay": recipe.weight_decay},
        {"params": [p for p in others if p.ndim <= 1], "weight_decay": 0.0},
    ]
    optimizers: list[Optimizer] = [AdamW(groups, lr=recipe.learning_rate)]
    if large:
        optimizers.append(Muon(large, lr=recipe.learning_rate, weight_decay=recipe.weight_decay))
    return optimizers


def one_cycle(steps: int, warmup: float) -> Callable[[int], float]:
    """The learning rate's share of its peak at each step: up along a line, down to 0 along a cosine."""

    def share(step: int) -> float:
        if step < warmup * steps:
            return (step + 1) / (warmup * steps + 1)
        return 0.5 + 0.5 * math.cos(math.pi * min(1.0, (step / steps - warmup) / (1 - warmup)))

    return share


def train_step(
    model: Model,
    optimizers: list[Optimizer],
    images: Tensor,
    targets: Tensor,
    precision: str,
    recipe: Recipe,
    teacher: nn.Module | None = None,
) -> Tensor:
    """One step of gradient descent on the cross-entropy, mixed with what the teacher says; returns the loss."""
    with torch.autocast(images.device.type, torch.bfloat16, enabled=precision == "bf16"):
        features = model.forward_features(images)
        logits = model.forward_head(features)
        with torch.no_grad():
            taught = None if teacher is None else teacher(images).float()
    if taught is None:
        loss = F.cross_entropy(logits.float(), targets)
    else:
        weight, temperature = recipe.distill_weight, recipe.distill_temperature
        loss = distillation_loss(logits.float(), taught, targets, weight, temperature)
    if recipe.background_weight:
        loss = loss + recipe.background_weight * background_evidence(model.class_maps(features).float(), images)
    model.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimizer in optimizers:
        optimizer.step()
    return loss.detach()


@torch.inference_mode()
def predict(model: nn.Module, images: Tensor, description: InputDescription, precision: str = "fp32") -> Tensor:
    """Logits of N x 1 x 28 x 28 uint8 pictures, N x classes float32 on the CPU."""
    model.eval()
    with torch.autocast(images.device.type, torch.bfloat16, enabled=precision == "bf16"):
        return torch.cat([model(to_input(batch, description)).float().cpu() for batch in images.split(1000)])


def fingerprint(weights: Mapping[str, Tensor] | None) -> str | None:
    """SHA-256 of weights."""
    if weights is None:
        return None
    return hashlib.sha256(b"".join(tensor.cpu().numpy().tobytes() for tensor in weights.values())).hexdigest()


def restore(path: Path, identity: dict[str, Any], parts: dict[str, Any]) -> int:
    """Load an interrupted run's state into `parts`; returns the epoch to go on with, 0 for a new run."""
    if not path.exists():
        return 0
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # noqa: BLE001 - a damaged file fails in a dozen ways
        raise UserError(f"{path} is damaged; delete it to start the run again") from None
    if state["identity"] != identity:
        raise UserError(
            f"{path} belongs to another recipe or seed, teacher or initial weights; "
            "delete its folder or give another --run"
        )
    for name, part in parts.items():
        part.load_state_dict(state[name])
    epoch: int = state["epoch"]
    return epoch


def store(path: Path, identity: dict[str, Any], epoch: int, parts: dict[str, Any]) -> None:
    """Write the state after `epoch` epochs; a kill leaves the old file or the new one, never half of one."""
    state = {"identity": identity, "epoch": epoch, **{name: part.state_dict() for name, part in parts.items()}}
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)
