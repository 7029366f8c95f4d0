"""Input -> logits -> calibrated probabilities, with the model exported: ONNX Runtime, and no torch."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import numpy as np

from fashioncam.messages import FloatArray, Image, InputDescription
from fashioncam.pipeline.onnx_session import open_session

from .pooling import softmax

METADATA_KEY = "fashioncam"


def made_from(checkpoint: bytes, exported: bytes) -> ExportedRecogniser | None:
    """The recogniser in an ONNX file, if the file was made from that very checkpoint; else None."""
    try:
        recogniser = ExportedRecogniser(exported)
    except ValueError:
        return None
    return recogniser if recogniser.checkpoint_sha256 == hashlib.sha256(checkpoint).hexdigest() else None


@dataclass(frozen=True, slots=True)
class ExportedPass:
    """One pass of an exported model.

    Attributes:
        probabilities: one a class, float32, calibrated.
        class_maps: classes x h x w float32; a map sums to its class's logit without the bias.
        scale: the value shown at full strength.
    """

    probabilities: FloatArray
    class_maps: FloatArray
    scale: float

    def heat_map(self, class_index: int) -> FloatArray:
        """Why this class: h x w float32 in 0..1 over the input."""
        return np.clip(self.class_maps[class_index] / self.scale, 0, 1)


class ExportedRecogniser:
    """A model that `training.export` wrote, with all that its input and output mean.

    Args:
        model: the ONNX file's content. Input: `images` 1 x 1 x size x size float32, normalised; outputs: `logits`
            1 x classes and `class_maps` 1 x classes x h x w.

    Raises:
        ValueError: it is no such file.

    Attributes:
        model_name: as in `fashioncam.models.MODELS`.
        checkpoint_sha256: of the checkpoint that it was made from.
    """

    def __init__(self, model: bytes) -> None:
        try:
            self._session = open_session(model)
            about = json.loads(self._session.get_modelmeta().custom_metadata_map[METADATA_KEY])
            self.model_name: str = about["model"]
            self.checkpoint_sha256: str = about["checkpoint_sha256"]
            self.input = InputDescription(**about["input"])
            self.classes: tuple[str, ...] = tuple(about["classes"])
            self.reject_below: float = about["reject_below"]
            self._temperature: float = about["temperature"]
            self._scale: float = about["class_map_scale"]
            self.classify(np.zeros((self.input.size, self.input.size), np.uint8)).heat_map(len(self.classes) - 1)
        except Exception as error:  # noqa: BLE001 - ONNX Runtime raises a dozen classes without a common one
            raise ValueError(f"no exported model: {error}") from None

    def classify(self, input_grey: Image) -> ExportedPass:
        """Classify a size x size uint8 picture as `garment_input` makes it."""
        images = (input_grey.astype(np.float32) / 255 - np.float32(self.input.mean)) / np.float32(self.input.std)
        logits, class_maps = self._session.run(["logits", "class_maps"], {"images": images[None, None]})
        return ExportedPass(softmax(logits[0] / self._temperature), class_maps[0], self._scale)
