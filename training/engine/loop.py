"""The training loop: epochs over tensors in memory, a moving average of the weights, resume after a kill."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel

from fashioncam.errors import UserError
from fashioncam.messages import InputDescription
from fashioncam.models import build
from fashioncam.models.base import Model
from training.base import metrics
from training.base.processes import progress
from training.data.fashion_mnist import Split, WebcamPictures, fingerprint

from . import distributed
from .batches import plain_place, shuffled_batches, with_photos
from .class_maps import LogitsAndMaps, background_evidence
from .cuda_graph import CapturedStep, Step
from .distillation import distillation_loss
from .optimization import backpropagate, make_optimizers, moving_average, one_cycle
from .prediction import composite_figures, predict
from .recipe import Recipe
from .run_log import RunLog, rows_before
from .run_state import restore, store

STORING_INTERVAL_S = 20.0  # on a GPU an epoch takes a second, and writing the state another


@dataclass(frozen=True, slots=True)
class Materials:
    """What a run learns from.

    Attributes:
        input: how a model is given the pictures.
        photos: garments as a webcam shows them, where the recipe asks for them.
        initial: weights to begin with; None begins with random ones.
        teacher: to learn from, in eval mode, where the recipe's `distill_weight` is above 0.
    """

    train: Split
    validation: Split
    input: InputDescription
    photos: WebcamPictures | None = None
    initial: Mapping[str, Tensor] | None = None
    teacher: nn.Module | None = None

    def to(self, device: torch.device) -> Materials:
        photos, teacher = self.photos, self.teacher
        return replace(
            self,
            train=self.train.to(device),
            validation=self.validation.to(device),
            photos=photos and photos.to(device),
            teacher=teacher and teacher.to(device).to(memory_format=torch.channels_last),
        )


@dataclass(frozen=True, slots=True)
class TrainingState:
    """What changes in a run: a model and what moves its weights.

    Attributes:
        in_step: the model as it is called in training, where several processes train together.
        average: the moving average of its weights.
    """

    model: Model
    in_step: nn.Module
    average: AveragedModel
    optimizers: list[Optimizer]
    schedules: list[LambdaLR]

    def parts(self) -> dict[str, Any]:
        """What the state file holds, by name."""
        parts: dict[str, Any] = {"model": self.model, "average": self.average}
        parts |= {f"optimizer{index}": optimizer for index, optimizer in enumerate(self.optimizers)}
        return parts | {f"schedule{index}": schedule for index, schedule in enumerate(self.schedules)}


def fit(recipe: Recipe, materials: Materials, folder: Path, seed: int, device: torch.device, precision: str) -> Model:
    """Train by the recipe and return the model, on the CPU, in eval mode: with the averaged weights, or the last ones.

    The run's state is saved as `folder`/state.pt between epochs, at most every `STORING_INTERVAL_S`. Called again with
    the same arguments it goes on from there. What an epoch draws at random depends on seed and epoch alone, so an
    interrupted run ends as an uninterrupted one does. Processes that torchrun has started train together.

    Raises:
        UserError: `folder` holds the state of a run that `identity_of` tells apart.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    materials = materials.to(device)
    identity = identity_of(recipe, seed, precision, materials)
    steps = len(materials.train) // plain_place(recipe).stop
    state = new_state(recipe, materials.initial, steps, device)
    first_epoch = restore(folder / "state.pt", identity, state.parts())
    step = make_step(state, precision, recipe, materials.teacher)
    distributed.from_leader(lambda: rows_before(folder / "log.csv", first_epoch))  # a damaged log ends all processes
    log = RunLog(folder, first_epoch) if distributed.is_leader() else None
    result = state.average.module if recipe.ema_decay else state.model
    stored = time.perf_counter()
    for epoch in range(first_epoch, recipe.epochs):
        started = time.perf_counter()
        batches = epoch_batches(materials, recipe, seed, epoch)
        bar = progress(batches, f"epoch {epoch + 1}/{recipe.epochs}", steps)
        train_loss = train_epoch(state, bar, step)
        if log is not None:
            figures = {"train_loss": train_loss, **held_out_figures(result, materials, precision)}
            figures["learning_rate"] = float(state.optimizers[0].param_groups[0]["lr"])
            figures["seconds"] = time.perf_counter() - started
            log.write(epoch, **figures)
            if epoch + 1 == recipe.epochs or time.perf_counter() - stored >= STORING_INTERVAL_S:
                store(folder / "state.pt", identity, epoch + 1, state.parts())
                stored = time.perf_counter()
            print(
                f"epoch {epoch + 1:3d}/{recipe.epochs}  loss {train_loss:.4f}"
                f"  validation {100 * figures['validation_accuracy']:.2f} %  {figures['seconds']:.0f} s",
                flush=True,
            )
    if log is not None:
        log.close()
    model = build(recipe.model, recipe.config)
    model.load_state_dict(result.state_dict())
    return model.eval()


def identity_of(recipe: Recipe, seed: int, precision: str, materials: Materials) -> dict[str, Any]:
    """What a state file must share with the run that goes on from it."""
    identity = {"recipe": asdict(recipe), "seed": seed, "precision": precision, "initial": None}
    identity["device"] = materials.train.images.device.type  # each draws other numbers at random
    if materials.initial is not None:
        identity["initial"] = fingerprint(materials.initial.values())
    if materials.teacher is not None:
        identity["teacher"] = fingerprint(materials.teacher.state_dict().values())
    if materials.photos is not None:
        splits = materials.photos.train, materials.photos.cutouts
        identity["photos"] = fingerprint(tensor for split in splits for tensor in (split.images, split.labels))
    return identity


def refuse_unfit(recipe: Recipe, pictures: int) -> None:
    """UserError if the recipe cannot be run with so many training pictures in so many processes."""
    own = plain_place(recipe).stop
    if own < 1:
        raise UserError("photo_share and cutout_share leave no picture of Fashion-MNIST in a batch; lower one of them")
    if pictures < own:
        raise UserError(f"batch_size {recipe.batch_size} is more than the {pictures} training pictures")
    if recipe.batch_size < distributed.count():
        raise UserError(f"batch_size {recipe.batch_size} is less than one picture for each of the processes")


def new_state(recipe: Recipe, initial: Mapping[str, Tensor] | None, steps: int, device: torch.device) -> TrainingState:
    """A model with the initial or random weights, its optimisers and schedules, with `steps` an epoch."""
    model = build(recipe.model, recipe.config)
    if initial is not None:
        model.load_state_dict(initial)
    model = distributed.with_synced_batchnorm(model, device)
    # channels_last is quicker, on CPUs too.
    model = model.to(device).to(memory_format=torch.channels_last)
    optimizers = make_optimizers(model, recipe)
    return TrainingState(
        model=model,
        in_step=distributed.in_step(LogitsAndMaps(model) if recipe.background_weight else model, device),
        average=moving_average(model, recipe.ema_decay),
        optimizers=optimizers,
        schedules=[LambdaLR(optimizer, one_cycle(steps * recipe.epochs, recipe.warmup)) for optimizer in optimizers],
    )


def epoch_batches(materials: Materials, recipe: Recipe, seed: int, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """The batches of an epoch; if several processes train together, this one's share of them."""
    batches = shuffled_batches(materials.train, recipe, seed, epoch, materials.input)
    if materials.photos is not None:
        batches = with_photos(batches, materials.photos, recipe, seed, epoch, materials.input)
    return distributed.own_slices(batches)


def make_step(state: TrainingState, precision: str, recipe: Recipe, teacher: nn.Module | None) -> Step:
    """A function that gives the model its gradient for a batch; on a single NVIDIA GPU a captured CUDA graph."""

    def step(images: Tensor, targets: Tensor) -> Tensor:
        return forward_backward(state.in_step, images, targets, precision, recipe, teacher)

    on_one_gpu = next(state.model.parameters()).is_cuda and distributed.count() == 1
    return CapturedStep(step) if on_one_gpu else step


def train_epoch(state: TrainingState, batches: Iterable[tuple[Tensor, Tensor]], step: Step) -> float:
    """One step for each batch; returns the mean loss."""
    state.in_step.train()
    losses = []
    for images, targets in batches:
        losses.append(step(images, targets))
        for optimizer, schedule in zip(state.optimizers, state.schedules, strict=True):
            optimizer.step()
            schedule.step()
        state.average.update_parameters(state.model)
    return distributed.mean(torch.stack(losses)).mean().item()


def held_out_figures(model: nn.Module, materials: Materials, precision: str) -> dict[str, float]:
    """Of the validation split, and of photographs as a webcam shows them where there are any."""
    images, labels = materials.validation.images, materials.validation.labels.cpu()
    logits = predict(model, images, materials.input, precision)
    figures = {
        "validation_loss": F.cross_entropy(logits, labels).item(),
        "validation_accuracy": metrics.accuracy(logits, labels),
    }
    if materials.photos is not None:
        figures |= composite_figures(model, materials.photos.validation, materials.input, precision)
    return figures


def forward_backward(
    model: nn.Module,
    images: Tensor,
    targets: Tensor,
    precision: str,
    recipe: Recipe,
    teacher: nn.Module | None = None,
) -> Tensor:
    """Give the model the gradient of the cross-entropy, mixed with what the teacher says; returns the loss.

    Args:
        model: `LogitsAndMaps` where the recipe has a `background_weight`.
        images, targets: a batch, or one process's slice of it, see `distributed`.
    """
    with torch.autocast(images.device.type, torch.bfloat16, enabled=precision == "bf16"):
        logits, maps = model(images) if recipe.background_weight else (model(images), None)
        with torch.no_grad():
            taught = None if teacher is None else teacher(images).float()
    if taught is None:
        loss = F.cross_entropy(logits.float(), targets)
    else:
        weight, temperature = recipe.distill_weight, recipe.distill_temperature
        loss = distillation_loss(logits.float(), taught, targets, weight, temperature)
    loss = distributed.weighted(loss, len(images), recipe.batch_size)
    if maps is not None:
        evidence, places = background_evidence(maps.float(), images)
        loss = loss + recipe.background_weight * evidence / distributed.mean(places).clamp(min=1)
    backpropagate(loss, model)
    return loss.detach()
