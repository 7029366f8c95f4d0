"""Why this class: a heat map over the input, by the program's own two methods.

Grad-CAM costs nothing: the class maps come with the logits. For the hybrids it is an exact account of the logit, but a
rough one of the place. Occlusion shows the place, and costs a pass for each patch. Both have one scale for all frames:
a weak reason looks weak, and nothing flickers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from fashioncam.description import ModelDescription
from fashioncam.errors import UserError
from fashioncam.messages import FloatArray

# Keys of `settings.CAM_METHODS`; the others are the grad-cam package's, and need torch.
OWN_METHODS = ("gradcam", "occlusion")

CELLS = 7  # patches a side that occlusion covers in turn
# The fall of the logit that is shown at full strength: nine in ten pictures' strongest patches stay below it.
FULL_DROP = 4.0

# N x 1 x size x size float32, normalised -> logits N x classes, class maps N x classes x h x w, both float32
Network: TypeAlias = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, slots=True)
class Pass:
    """One input's pass through a network.

    Attributes:
        images: the normalised input, 1 x 1 x size x size float32.
        logits: one a class, float32.
        class_maps: classes x h x w float32.
    """

    images: FloatArray
    logits: FloatArray
    class_maps: FloatArray


# class index -> heat map, h x w float32 in 0..1; the same of a pass
HeatMaps: TypeAlias = Callable[[int], FloatArray]
Explain: TypeAlias = Callable[[Pass, int], FloatArray]


def own_explainer(method: str, network: Network, description: ModelDescription) -> Explain:
    """The explanation by that name in `OWN_METHODS`."""
    return occlusion(network, description) if method == "occlusion" else grad_cam(description.class_map_scale)


def grad_cam(scale: float) -> Explain:
    """Grad-CAM (arXiv:1610.02391) from the class maps; `scale` is the value that is shown as 1."""

    def explain(one_pass: Pass, class_index: int) -> FloatArray:
        return np.clip(one_pass.class_maps[class_index] / scale, 0, 1)

    return explain


def occlusion(network: Network, description: ModelDescription) -> Explain:
    """By how much the class's logit falls when a patch is black (arXiv:1311.2901, section 4.2).

    Raises:
        UserError: the input is not made of whole patches.
    """
    size = description.input.size
    if size % CELLS:
        raise UserError(f"occlusion needs an input whose edge is a multiple of {CELLS} pixels; take another method")
    patch = size // CELLS
    black = (0 - description.input.mean) / description.input.std

    def explain(one_pass: Pass, class_index: int) -> FloatArray:
        heat = np.zeros((CELLS, CELLS), np.float32)
        brightest = one_pass.images.reshape(CELLS, patch, CELLS, patch).max(axis=(1, 3))
        rows, columns = np.nonzero(brightest > black + 1e-4)  # what is black already loses nothing
        if len(rows):
            covered = np.repeat(one_pass.images, len(rows), axis=0)
            by_patch = covered.reshape(-1, CELLS, patch, CELLS, patch)
            by_patch[np.arange(len(rows)), rows, :, columns, :] = black
            drops = one_pass.logits[class_index] - network(covered)[0][:, class_index]
            heat[rows, columns] = np.clip(drops / FULL_DROP, 0, 1)
        return heat

    return explain
