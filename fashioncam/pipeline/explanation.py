"""Why this class: a heat map over the input, from the features of the same forward pass.

The program's own Grad-CAM is `Model.class_map`; the grad-cam package's other methods can take its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from torch import Tensor

from fashioncam.checkpoint import LoadedModel
from fashioncam.messages import FloatArray
from fashioncam.settings import CAM_METHODS

# (normalised input, features, class index) -> heat map, h x w float32 in 0..1
Explain: TypeAlias = Callable[[Tensor, Tensor, int], FloatArray]


def explainer(loaded: LoadedModel, method: str) -> Explain:
    """The explanation by that key of `CAM_METHODS`; the grad-cam package is imported only where it is needed."""
    return grad_cam(loaded) if method == "gradcam" else package_cam(loaded, method)


def grad_cam(loaded: LoadedModel) -> Explain:
    """The program's own Grad-CAM.

    All frames share one scale: 1 is the checkpoint's class_map_scale. So a weak reason looks weak, and
    nothing flickers as it does where each frame is stretched to its own maximum.
    """
    scale = loaded.info.figures["class_map_scale"]

    def explain(images: Tensor, features: Tensor, class_index: int) -> FloatArray:
        class_map = loaded.model.class_map(features, class_index)[0].detach().cpu().numpy()
        return np.clip(class_map / scale, 0, 1).astype(np.float32)

    return explain


def package_cam(loaded: LoadedModel, method: str) -> Explain:
    """One of the grad-cam package's methods, on the layer that the model explains itself by.

    The package stretches each map to 0..1 and runs the model again, some methods many times.
    """
    import pytorch_grad_cam
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    model = loaded.model
    cam = getattr(pytorch_grad_cam, CAM_METHODS[method])(
        model, target_layers=[model.explained_layer], reshape_transform=model.as_maps
    )

    def explain(images: Tensor, features: Tensor, class_index: int) -> FloatArray:
        heat: FloatArray = cam(images, [ClassifierOutputTarget(class_index)])[0].astype(np.float32)
        return heat

    return explain
