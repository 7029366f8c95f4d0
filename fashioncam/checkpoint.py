"""The file format of weights/*.pth: save, load safely, validate.

A file is a dict written by `torch.save`. It is read with `weights_only=True`, which admits tensors and
plain values and never runs code from the file.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fashioncam.models.base import Model

from . import resources
from .atomic_write import atomic_write
from .description import ModelDescription
from .errors import UserError
from .messages import InputDescription
from .models import MODELS, build

FORMAT_VERSION = 1
LAYER_COUNTS = {"depth", "blocks"}  # arguments of models


@dataclass(frozen=True, slots=True)
class CheckpointInfo:
    """Where the weights come from.

    Attributes:
        model_name, config: what `fashioncam.models.build` was called with.
        recipe: the training recipe, field by field.
        seed: of the run.
        data_digest: SHA-256 of the data set.
        figures: measured figures by name; "class_map_scale" is always there, the rest as the
            training measured them.
    """

    model_name: str
    config: Mapping[str, Any]
    recipe: Mapping[str, Any]
    seed: int
    data_digest: str
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model ready for use, with the description of its input and output.

    Attributes:
        model: in eval mode, float32; N x 1 x H x W in, N x len(classes) logits out.
        input: how its input is made.
        classes: labels in the order of the logits.
        temperature: divide logits by it before the softmax.
        reject_below: with a probability below it, the answer is "uncertain".
        info: where the weights come from.
    """

    model: Model
    input: InputDescription
    classes: tuple[str, ...]
    temperature: float
    reject_below: float
    info: CheckpointInfo

    @property
    def description(self) -> ModelDescription:
        """The description that its twin carries too; KeyError or ValueError if it contradicts itself."""
        return ModelDescription(
            model=self.info.model_name,
            input=self.input,
            classes=self.classes,
            temperature=self.temperature,
            reject_below=self.reject_below,
            class_map_scale=self.info.figures["class_map_scale"],
        )


def save(loaded: LoadedModel, path: Path, half: bool = False) -> None:
    """Write a checkpoint; an existing file is replaced only when the new one is complete.

    Args:
        half: store floating-point weights in half precision; they are float32 again when loaded.

    Raises:
        UserError: the description is unsound, or a weight is not finite or too large for half precision.
    """
    try:
        check_description(loaded)
    except KeyError as error:
        raise UserError(f"not saved: {error} is missing") from None
    except ValueError as error:
        raise UserError(f"not saved: {error}") from None
    weights = {
        name: tensor.detach().cpu().to(torch.float16 if half and tensor.is_floating_point() else tensor.dtype)
        for name, tensor in loaded.model.state_dict().items()
    }
    if broken := not_finite(weights):
        raise UserError(f"not saved: {broken} is not finite" + (" in half precision" if half else ""))
    content = {
        "format_version": FORMAT_VERSION,
        "model": loaded.info.model_name,
        "config": dict(loaded.info.config),
        "state_dict": weights,
        "classes": list(loaded.classes),
        "input": asdict(loaded.input),
        "temperature": loaded.temperature,
        "reject_below": loaded.reject_below,
        "recipe": dict(loaded.info.recipe),
        "seed": loaded.info.seed,
        "data_digest": loaded.info.data_digest,
        "figures": dict(loaded.info.figures),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as unfinished:
        torch.save(content, unfinished)


def load(path: Path, model_name: str | None = None) -> LoadedModel:
    """Read and validate a checkpoint.

    Args:
        path: the file.
        model_name: the architecture that the file has to hold; None takes what it holds.

    Raises:
        UserError: there is no such file, or it is not a sound checkpoint of that model.
    """
    content = read_dict(path)
    version, stored_name = content.get("format_version"), content.get("model")
    if not isinstance(version, int) or version != FORMAT_VERSION:
        raise UserError(f"{path}: not in checkpoint format {FORMAT_VERSION}, which this program reads")
    if not isinstance(stored_name, str) or stored_name not in MODELS:
        raise UserError(f"{path}: holds no model that is known here ({', '.join(MODELS)})")
    try:
        with warnings.catch_warnings(action="ignore"):  # torch warns about files that are refused anyway
            loaded = from_dict(stored_name, content)
            check(loaded)
    except KeyError as error:
        raise UserError(f"{path}: {error} is missing; take another file or train again") from None
    except (TypeError, ValueError, AttributeError, IndexError, RuntimeError, OverflowError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: not a sound {stored_name} checkpoint: {reason[:200]}") from None
    loaded.description.refuse_other_than(model_name, path)
    return loaded


def from_dict(model_name: str, content: Mapping[str, Any]) -> LoadedModel:
    """The model in a dict as `save` writes it; KeyError, TypeError, ValueError or RuntimeError for any other dict."""
    return LoadedModel(
        model=rebuild(model_name, content["config"], content["state_dict"]),
        input=InputDescription(**content["input"]),
        classes=tuple(content["classes"]),
        temperature=float(content["temperature"]),
        reject_below=float(content["reject_below"]),
        info=CheckpointInfo(
            model_name=model_name,
            config=content["config"],
            recipe=dict(content["recipe"]),
            seed=int(content["seed"]),
            data_digest=str(content["data_digest"]),
            figures={name: float(value) for name, value in content["figures"].items()},
        ),
    )


def read_dict(path: Path) -> dict[str, Any]:
    """The dict in a file written by `torch.save`, without running code from it."""
    if not resources.exists(path) or path.is_dir():
        raise UserError(f"{path}: no such file; name other weights")
    try:
        with warnings.catch_warnings(action="ignore"):  # torch warns about files that are refused anyway
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # noqa: BLE001 - damaged and hostile files fail in a dozen ways
        raise UserError(f"{path}: damaged, unsafe or not a checkpoint; take another file") from None
    if not isinstance(content, dict):
        raise UserError(f"{path}: holds a {type(content).__name__}, not a checkpoint; take another file")
    return content


def rebuild(name: str, config: dict[str, Any], weights: dict[str, Tensor]) -> Model:
    """The model with these weights as float32, in eval mode; ValueError or RuntimeError when they do not fit."""
    # No width can be larger than the largest tensor, and no depth larger than the number of tensors.
    widest = max([len(weights), *(size for tensor in weights.values() for size in tensor.shape)])
    for key, value in config.items():
        numbers = value if isinstance(value, list | tuple) else [value]
        largest = len(weights) if key in LAYER_COUNTS else widest
        if any(isinstance(number, int) and not 0 <= number <= largest for number in numbers):
            raise ValueError(f"config {key}={value} does not fit the weights")
    # On the meta device: no memory and no initial values until the weights come.
    with torch.device("meta"):
        model = build(name, config)
    single = {key: value.float() if value.is_floating_point() else value for key, value in weights.items()}
    if broken := not_finite(single):
        raise ValueError(f"{broken} is not finite")
    model.load_state_dict(single, assign=True)
    return model.eval()


def not_finite(weights: Mapping[str, Tensor]) -> str | None:
    """Name of the first tensor with NaN or infinity in it."""
    return next((name for name, tensor in weights.items() if not bool(tensor.isfinite().all())), None)


def check(loaded: LoadedModel) -> None:
    """Raise ValueError or KeyError where the description contradicts itself or the model."""
    check_description(loaded)
    size = loaded.input.size
    with torch.inference_mode():
        logits = loaded.model(torch.zeros(1, 1, size, size))
    if logits.shape != (1, len(loaded.classes)) or not bool(logits.isfinite().all()):
        raise ValueError(f"{logits.shape[-1]} logits for {len(loaded.classes)} classes, or not finite")


def check_description(loaded: LoadedModel) -> None:
    """Raise ValueError or KeyError where the description contradicts itself."""
    _ = loaded.description  # checks itself
    if not all(math.isfinite(figure) for figure in loaded.info.figures.values()):
        raise ValueError("one of its figures is not finite")
