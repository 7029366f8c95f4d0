"""From the settings to a recogniser that is ready to answer. May import torch, so call it from a thread."""

from __future__ import annotations

from pathlib import Path

from fashioncam import resources
from fashioncam.pipeline.recognition.recogniser import Recogniser
from fashioncam.settings import DEFAULT_MODEL, Settings


def load_recogniser(settings: Settings) -> Recogniser:
    """Load the model: exported, if that is there and does what is asked for, else in torch.

    Raises:
        UserError: the weights are missing or unsound, or the device is not there.
    """
    path = weights_path(settings)
    if settings.cam_method == "gradcam" and settings.compute in ("auto", "cpu"):
        exported = exported_twin(path, settings.model)
        if exported is not None:
            return exported
    return in_torch(path, settings)


def weights_path(settings: Settings) -> Path:
    """The checkpoint that the settings mean."""
    if settings.weights is None:
        return resources.own(resources.weights_of(settings.model or DEFAULT_MODEL))
    return resources.named_or_own(settings.weights)


def exported_twin(weights: Path, model_name: str | None) -> Recogniser | None:
    """The ONNX file beside a checkpoint; None where there is none that was made from that very checkpoint.

    It has to hold the model of that name, if one is given.

    A picture takes 1.2 ms with it and 2.8 in torch (`benchmarks.pipeline`); the first answer comes two seconds earlier.
    """
    from fashioncam.pipeline.recognition.onnx_recogniser import made_from

    try:
        recogniser = made_from(weights.read_bytes(), weights.with_suffix(".onnx").read_bytes())
    except OSError:
        return None
    return recogniser if recogniser and model_name in (None, recogniser.model_name) else None


def in_torch(path: Path, settings: Settings) -> Recogniser:
    """Load, move and warm up the model."""
    import numpy as np
    import torch

    from fashioncam import checkpoint
    from fashioncam.models.base import find_device
    from fashioncam.pipeline.explanation.methods import explainer
    from fashioncam.pipeline.recognition.torch_recogniser import TorchRecogniser

    # One picture of 28x28 keeps one core busy for 3 ms; a second thread costs more than it brings
    # and takes a core from the camera and the window.
    torch.set_num_threads(1)
    loaded = checkpoint.load(path, settings.model)
    # Channels last: 3.0 ms a picture instead of 3.7 for the hybrid on one core.
    loaded.model.to(find_device(settings.compute)).to(memory_format=torch.channels_last)
    recogniser = TorchRecogniser(loaded, explainer(loaded, settings.cam_method))
    blank = np.zeros((loaded.input.size, loaded.input.size), np.uint8)
    recogniser.classify(blank).heat_map(0)
    return recogniser
