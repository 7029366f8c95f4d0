"""Why this class: a heat map over the input, from the features of the same forward pass.

The program's own Grad-CAM is `Model.class_map`. For the hybrids it costs nothing and is an exact account of the logit,
but a rough one of the place; occlusion shows the place and costs a pass a patch. The grad-cam package's methods can
take their place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from fashioncam.checkpoint import LoadedModel
from fashioncam.errors import UserError
from fashioncam.messages import FloatArray
from fashioncam.settings import CAM_METHODS

# (normalised input, features, class index) -> heat map, h x w float32 in 0..1
Explain: TypeAlias = Callable[[Tensor, Tensor, int], FloatArray]

CELLS = 7  # patches a side that occlusion covers in turn
# The fall of the logit that is shown at full strength: of 150 pictures' strongest patches, nine in ten stay below 4.2.
FULL_DROP = 4.0


def explainer(loaded: LoadedModel, method: str) -> Explain:
    """The explanation by that key of `CAM_METHODS`; the grad-cam package is imported only where it is needed."""
    own = {"gradcam": grad_cam, "occlusion": occlusion}
    return own[method](loaded) if method in own else package_cam(loaded, method)


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


def occlusion(loaded: LoadedModel) -> Explain:
    """By how much the class's logit falls when a patch is black (arXiv:1311.2901, section 4.2); one scale for all."""
    if loaded.input.size % CELLS:
        raise UserError(f"occlusion needs an input whose edge is a multiple of {CELLS} pixels; take another method")
    black = (0 - loaded.input.mean) / loaded.input.std

    @torch.no_grad()
    def explain(images: Tensor, features: Tensor, class_index: int) -> FloatArray:
        patch = images.shape[-1] // CELLS
        shown = F.max_pool2d(images, patch).flatten() > black + 1e-4  # what is black already loses nothing
        occluded = images.repeat(int(shown.sum()), 1, 1, 1)
        for picture, place in zip(occluded, shown.nonzero().flatten().tolist(), strict=True):
            row, column = place // CELLS * patch, place % CELLS * patch
            picture[:, row : row + patch, column : column + patch] = black
        drops = torch.zeros(CELLS * CELLS, device=images.device)
        if len(occluded):
            whole = loaded.model.forward_head(features)[0, class_index]
            drops[shown] = whole - loaded.model(occluded)[:, class_index]
        return (drops / FULL_DROP).clamp(0, 1).view(CELLS, CELLS).cpu().numpy()

    return explain


def package_cam(loaded: LoadedModel, method: str) -> Explain:
    """One of the grad-cam package's methods, on the layer that the model explains itself by.

    The package stretches each map to 0..1 and runs the model again, some methods many times.
    """
    import pytorch_grad_cam
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    model = loaded.model
    cam = getattr(pytorch_grad_cam, CAM_METHODS[method])(
        model, target_layers=[model.target_layer], reshape_transform=model.as_maps
    )

    def explain(images: Tensor, features: Tensor, class_index: int) -> FloatArray:
        return cam(images, [ClassifierOutputTarget(class_index)])[0].astype(np.float32)

    return explain
