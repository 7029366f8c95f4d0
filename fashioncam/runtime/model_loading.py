"""From the settings to a recogniser that is ready to answer. Imports torch, so call it from a thread."""

from __future__ import annotations

from fashioncam import bundled
from fashioncam.pipeline import Recogniser
from fashioncam.settings import Settings


def load_recogniser(settings: Settings) -> Recogniser:
    """Load, move and warm up the model.

    Raises:
        UserError: the weights are missing or unsound, or the device is not there.
    """
    import numpy as np
    import torch

    from fashioncam import checkpoint
    from fashioncam.models.base import find_device
    from fashioncam.pipeline.classifier import TorchRecogniser
    from fashioncam.pipeline.explanation import explainer

    # One picture of 28x28 keeps one core busy for 3 ms; a second thread costs more than it brings
    # and takes a core from the camera and the window.
    torch.set_num_threads(1)
    if settings.weights is None:
        path = bundled.own(bundled.weights_of(settings.model))
    else:
        path = bundled.named_or_own(settings.weights)
    loaded = checkpoint.load(path, settings.model)
    # Channels last: 3.0 ms a picture instead of 3.7 for the hybrid on one core.
    loaded.model.to(find_device(settings.compute)).to(memory_format=torch.channels_last)
    recogniser = TorchRecogniser(loaded, explainer(loaded, settings.cam_method))
    blank = np.zeros((loaded.input.size, loaded.input.size), np.uint8)
    recogniser.classify(blank).heat_map(0)
    return recogniser
