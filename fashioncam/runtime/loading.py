"""From the settings to a segmenter and a recogniser that are ready. May import torch, so call it from a thread."""

from __future__ import annotations

from pathlib import Path

from fashioncam import resources
from fashioncam.errors import UserError, require_torch
from fashioncam.pipeline.explanation.methods import OWN_METHODS
from fashioncam.pipeline.recognition.recogniser import Recogniser
from fashioncam.pipeline.segmentation.segmenter import Segmenter
from fashioncam.pipeline.segmentation.statistical import StatisticalSegmenter
from fashioncam.settings import DEFAULT_MODEL, Settings


def load_segmenter(name: str, path: Path = resources.SEGMENTER) -> Segmenter:
    """The segmenter of that name in `settings.SEGMENTERS`; `path` is the learned one's file.

    Raises:
        UserError: the file is missing or damaged.
    """
    if name == "statistical":
        return StatisticalSegmenter()
    from fashioncam.pipeline.segmentation.learned import LearnedSegmenter

    try:
        return LearnedSegmenter(resources.own(path).read_bytes())
    except (OSError, ValueError):
        raise UserError(
            f"{path}: missing or damaged; install the program again, or give --segmenter statistical"
        ) from None


def load_recogniser(settings: Settings) -> Recogniser:
    """The model: its ONNX twin where that does what is asked for, else the checkpoint in torch.

    Raises:
        UserError: the weights are missing or unsound, the device is not there, or torch is needed and not installed.
    """
    path = weights_path(settings)
    if settings.compute not in ("auto", "cpu"):
        require_torch(f"--compute {settings.compute}")
    elif settings.cam_method not in OWN_METHODS:
        require_torch(f"--cam-method {settings.cam_method}")
    else:
        try:
            return from_twin(path, settings)
        except ValueError as error:
            require_torch(f"{path} ({error})")
    return in_torch(path, settings)


def weights_path(settings: Settings) -> Path:
    """The checkpoint that the settings mean."""
    if settings.weights is None:
        return resources.own(resources.weights_of(settings.model or DEFAULT_MODEL))
    return resources.named_or_own(settings.weights)


def from_twin(path: Path, settings: Settings) -> Recogniser:
    """The ONNX twin beside a checkpoint.

    Raises:
        UserError: there is no such checkpoint, or it holds another model than the settings'.
        ValueError: there is no twin that was made from that very checkpoint.
    """
    from fashioncam.pipeline.recognition.onnx_recogniser import onnx_recogniser

    try:
        checkpoint = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; name other weights") from None
    twin = path.with_suffix(".onnx")
    try:
        recogniser = onnx_recogniser(twin.read_bytes(), checkpoint, settings.cam_method)
    except OSError:
        raise ValueError(f"there is no {twin.name} beside it") from None
    except ValueError as error:
        raise ValueError(f"{twin.name} beside it {error}") from None
    recogniser.description.refuse_other_than(settings.model, path)
    return recogniser


def in_torch(path: Path, settings: Settings) -> Recogniser:
    """Load, move and warm up the model."""
    import numpy as np
    import torch

    from fashioncam import checkpoint
    from fashioncam.models.base import find_device
    from fashioncam.pipeline.recognition.torch_recogniser import torch_recogniser

    # A second thread costs more than it brings for one small picture, and takes a core from camera and window.
    torch.set_num_threads(1)
    loaded = checkpoint.load(path, settings.model)
    # Channels last is the faster layout for small convolutions on one core.
    loaded.model.to(find_device(settings.compute)).to(memory_format=torch.channels_last)
    recogniser = torch_recogniser(loaded, settings.cam_method)
    blank = np.zeros((loaded.input.size, loaded.input.size), np.uint8)
    recogniser.classify(blank).heat_map(0)
    return recogniser
