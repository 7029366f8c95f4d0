"""Adapt a model to the garments that were filed in the program's window, without forgetting what it knows.

    python -m training.finetune captures/ --weights weights/hybrid.pth --out weights/mine.pth

Takes one to two and a half minutes on two cores. The model learns from the captures, varied, and from its own former
answers to Fashion-MNIST, so that it forgets little. Its weights then go back a fifth of the way to the old ones, and
further until at most half a point of accuracy on the validation split is lost. A model that was adapted before is
adapted anew from its original with all captures, so deleted ones are forgotten. If the original is gone or changed, the
adapted model is adapted further.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.optim.lr_scheduler import LambdaLR

from fashioncam import checkpoint, resources
from fashioncam.checkpoint import LoadedModel
from fashioncam.errors import UserError
from fashioncam.learning_protocol import Error, Event, Progress, Result, encode
from fashioncam.messages import InputDescription
from fashioncam.models.base import Model, to_input
from training.augmentation import standard
from training.augmentation.webcam import cutouts_through_webcam
from training.base import metrics
from training.base.output_files import make_place_for_weights
from training.base.processes import progress
from training.data import fashion_mnist
from training.data.captures import Captures, load_captures
from training.data.fashion_mnist import FashionMnist, Split
from training.engine.batches import shuffled_batches, targets_of
from training.engine.calibration import map_scale
from training.engine.class_maps import LogitsAndMaps, background_evidence
from training.engine.distillation import distillation_loss
from training.engine.optimization import descend, fastest_precision, make_optimizers, one_cycle
from training.engine.prediction import predict
from training.engine.recipe import Recipe

from .command import add_data, exit_code
from .export import save_with_twin

SEED = 0
STEPS = 200
CAPTURED = 32  # pictures of captures a step, half of them held up otherwise, half the program's own input of them
LABEL_SMOOTHING = 0.1  # of captures: they are few, and one may be filed wrongly
RECIPE = Recipe(
    model="any",
    batch_size=96,
    learning_rate=3e-4,
    warmup=0.1,
    webcam_share=0.7,
    distill_weight=1.0,  # former answers only; Fashion-MNIST's labels are not needed
    distill_temperature=1.0,
)
MAY_FORGET = 0.005  # of the validation split
# Of the way from the old weights to the new ones; the whole way costs accuracy on other owners' garments.
INTERPOLATIONS = (0.8, 0.7, 0.6, 0.5, 0.4, 0.2)
ORIGINAL, NOW = "original_validation_accuracy", "validation_accuracy"  # figures of the checkpoint
READ_PERCENT, TRAINED_PERCENT, CHECKED_PERCENT = 10, 80, 90  # how far it is then

Report = Callable[[int], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    args = parse_arguments(arguments)
    if args.json_lines:
        return run_for_program(args)
    return exit_code("training.finetune", lambda: f"{args.out}: {run(args, lambda percent: None)}")


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.finetune", description=__doc__.splitlines()[0])
    parser.add_argument("captures", type=Path, help="folder that the window files garments in")
    parser.add_argument("--weights", type=Path, required=True, help="checkpoint to adapt")
    parser.add_argument("--out", type=Path, required=True, help="checkpoint to write")
    add_data(parser)
    parser.add_argument("--threads", type=int, choices=range(1, 257), metavar="N", help="default: all cores")
    parser.add_argument(
        "--json-lines",
        action="store_true",
        help="print progress and result for a program, as fashioncam/learning_protocol.py says; default: for people",
    )
    return parser.parse_args(arguments)


def run_for_program(args: argparse.Namespace) -> int:
    """Speak the learning protocol; returns the exit code. What libraries print meanwhile goes to stderr."""
    stdout = sys.stdout

    def tell(event: Event) -> None:
        print(encode(event), file=stdout, flush=True)

    with redirect_stdout(sys.stderr):
        try:
            tell(run(args, lambda percent: tell(Progress(percent))))
        except UserError as error:
            tell(Error(str(error)))
            return 2
    return 0


def run(args: argparse.Namespace, report: Report) -> Result:
    """Adapt, check and save."""
    report(0)
    torch.set_num_threads(args.threads or torch.get_num_threads())
    make_place_for_weights(args.out, "--out")
    weights = original(args.weights)
    if args.out.resolve() == weights.resolve():
        raise UserError(f"--out {args.out} is the model to begin with, and would be lost; name another file")
    old = fashion_mnist.load_classifier(weights)
    captures = load_captures(args.captures, old.classes, old.input)
    dataset = fashion_mnist.load(args.data)
    if old.input != dataset.input:
        raise UserError(f"{weights} was trained on another input than Fashion-MNIST's")
    report(READ_PERCENT)
    model = adapt(old, captures, dataset.train, report)
    before = stated_accuracy(old, dataset) or accuracy(old.model, dataset.validation, old.input)
    share, after = interpolate_weights(model, old, dataset.validation, before - MAY_FORGET)
    report(CHECKED_PERCENT)
    adapted = {
        "from": str(weights.resolve()),
        "from_sha256": sha256(weights),
        "captures": len(captures),
        "share": share,
    }
    save_with_twin(described(model, old, adapted, dataset, {ORIGINAL: before, NOW: after}), args.out)
    report(100)
    was, now = (round(accuracy(one, captures.inputs, old.input) * len(captures)) for one in (old.model, model))
    return Result(str(args.out), len(captures), now, was, after, before, is_held_back=share != INTERPOLATIONS[0])


def original(weights: Path) -> Path:
    """The file that these weights were adapted from if it is still there, unchanged; else the weights themselves."""
    adapted = checkpoint.load(weights).info.recipe.get("adapted")
    if not isinstance(adapted, dict) or not isinstance(adapted.get("from"), str):
        return weights
    path = Path(adapted["from"])
    is_it = resources.exists(path) and path.is_file() and sha256(path) == adapted.get("from_sha256")
    return path if is_it else weights


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def adapt(old: LoadedModel, captures: Captures, train: Split, report: Report) -> Model:
    """A copy of the old model that has learned from the captures, in eval mode.

    It is in eval mode all the while: batches with so many captures would distort the normalisations' statistics.
    """
    precision = fastest_precision(torch.device("cpu"))
    teacher = old.model.to(memory_format=torch.channels_last)
    model = copy.deepcopy(teacher)
    with_maps, background_weight = LogitsAndMaps(model), old.info.recipe.get("background_weight", 0.0)
    optimizers = make_optimizers(model, RECIPE)
    schedules = [LambdaLR(optimizer, one_cycle(STEPS, RECIPE.warmup)) for optimizer in optimizers]
    replayed = shuffled_batches(train, RECIPE, SEED, 0, old.input)
    batches = zip(range(STEPS), replayed, captured_batches(captures, old.input), strict=False)
    for step, (images, targets), (shown, wanted) in progress(batches, "learning", STEPS):
        pictures = torch.cat((images, shown))
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            logits, *maps = with_maps(pictures)
            with torch.no_grad():
                taught = teacher(images).float()
        kept, new = logits.float().split((len(images), len(shown)))
        loss = distillation_loss(kept, taught, targets, RECIPE.distill_weight, RECIPE.distill_temperature)
        loss = loss + F.cross_entropy(new, wanted)
        if background_weight:
            evidence, places = background_evidence(maps[0].float(), pictures)
            loss = loss + background_weight * evidence / places.clamp(min=1)
        descend(loss, model, optimizers)
        for schedule in schedules:
            schedule.step()
        report(READ_PERCENT + (TRAINED_PERCENT - READ_PERCENT) * (step + 1) // STEPS)
    for one in (teacher, model):
        one.to(memory_format=torch.contiguous_format)
    return model


def captured_batches(captures: Captures, description: InputDescription) -> Iterator[tuple[Tensor, Tensor]]:
    """Captures drawn at random, normalised, and their targets, N x classes, without end."""
    generator = torch.Generator().manual_seed(SEED)
    inputs, cutouts = captures.inputs, captures.cutouts
    targets = targets_of(inputs.labels, LABEL_SMOOTHING)
    while True:
        chosen = torch.randint(len(captures), (CAPTURED,), generator=generator)
        up, still = chosen.split(CAPTURED // 2)
        held_up = cutouts_through_webcam(cutouts.images[up], cutouts.labels[up], description.size, generator)
        shifted = standard.random_crop(inputs.images[still], 1, generator)
        images = torch.cat((held_up, shifted))
        images = standard.flip(images, torch.rand(CAPTURED, generator=generator) < 0.5)
        yield to_input(images, description), targets[chosen]


def stated_accuracy(old: LoadedModel, dataset: FashionMnist) -> float | None:
    """Accuracy on this validation split as the checkpoint states it, of its original if it has one; None if unknown."""
    figures = old.info.figures if old.info.data_digest == dataset.digest else {}
    return figures.get(ORIGINAL) or figures.get(NOW)


def accuracy(model: Model, split: Split, description: InputDescription) -> float:
    """Share of the pictures that are named rightly, 0..1."""
    return metrics.accuracy(predict(model, split.images, description), split.labels)


def interpolate_weights(model: Model, old: LoadedModel, validation: Split, least: float) -> tuple[float, float]:
    """Interpolate between the old weights and the model's (arXiv:2109.01903), as far as the accuracy allows.

    Returns:
        How far they are from the old ones to its own, one of `INTERPOLATIONS`, and their accuracy.

    Raises:
        UserError: with all of them it is below `least`.
    """
    first, last = old.model.state_dict(), {name: tensor.clone() for name, tensor in model.state_dict().items()}
    for share in INTERPOLATIONS:
        model.load_state_dict(
            {
                name: torch.lerp(first[name], last[name], share) if last[name].is_floating_point() else last[name]
                for name in last
            }
        )
        after = accuracy(model, validation, old.input)
        if after >= least:
            return share, after
    raise UserError(
        "nothing can be learned without forgetting too much of Fashion-MNIST; begin with another model (--weights)"
    )


def described(
    model: Model,
    old: LoadedModel,
    adapted: dict[str, Any],
    dataset: FashionMnist,
    figures: dict[str, float],
) -> LoadedModel:
    """The adapted model, with those parts of the old description that still hold.

    Temperature and threshold do: the captures are too few to fit them, and the model is held to its former answers.
    Its measured figures do not.
    """
    scale = map_scale(model, to_input(dataset.validation.images[:500], old.input))
    used = "batch_size", "learning_rate", "warmup", "webcam_share", "distill_weight", "distill_temperature"
    settings = {"steps": STEPS, "captured": CAPTURED, "captures_label_smoothing": LABEL_SMOOTHING}
    settings |= {name: getattr(RECIPE, name) for name in used}
    info = replace(
        old.info,
        recipe={**old.info.recipe, "adapted": {**adapted, **settings}},
        seed=SEED,
        data_digest=dataset.digest,
        figures={**figures, "class_map_scale": scale},
    )
    return replace(old, model=model, info=info)


if __name__ == "__main__":
    sys.exit(main())
