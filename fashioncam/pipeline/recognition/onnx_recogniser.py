"""A model in ONNX Runtime: the twin that `training.export` writes beside a checkpoint. It needs no torch."""

from __future__ import annotations

import hashlib
import json

import numpy as np

from fashioncam.description import ModelDescription
from fashioncam.messages import FloatArray, InputDescription
from fashioncam.pipeline.explanation.methods import Network, own_explainer
from fashioncam.pipeline.onnx_session import open_session

from .recogniser import Recogniser

METADATA_KEY = "fashioncam"


def onnx_recogniser(twin: bytes, checkpoint: bytes, method: str = "gradcam") -> Recogniser:
    """The recogniser in an ONNX file.

    Args:
        twin: the ONNX file's content. Input: `images`, N x 1 x size x size float32, normalised. Outputs: `logits`,
            N x classes, and `class_maps`, N x classes x h x w.
        checkpoint: content of the file that the twin has to be made from.
        method: how heat maps are made, one of `OWN_METHODS`.

    Raises:
        ValueError: it is no such file; the text says why.
    """
    try:
        session = open_session(twin)
        about = json.loads(session.get_modelmeta().custom_metadata_map[METADATA_KEY])
        made_from = about.pop("checkpoint_sha256")
        values = about | {"input": InputDescription(**about["input"]), "classes": tuple(about["classes"])}
        description = ModelDescription(**values)

        def network(images: FloatArray) -> tuple[FloatArray, FloatArray]:
            logits, class_maps = session.run(["logits", "class_maps"], {"images": images})
            return logits, class_maps

        check_outputs(network, description)
    except Exception as error:  # noqa: BLE001 - ONNX Runtime raises a dozen classes without a common one
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise ValueError(f"is not a sound model ({reason[:200]})") from None
    if made_from != hashlib.sha256(checkpoint).hexdigest():
        raise ValueError("was made from another checkpoint")
    return Recogniser(description, network, own_explainer(method, network, description), "onnxruntime")


def check_outputs(network: Network, description: ModelDescription) -> None:
    """ValueError where the outputs for two blank pictures are not as described, or not finite."""
    size, classes = description.input.size, len(description.classes)
    logits, class_maps = network(np.zeros((2, 1, size, size), np.float32))
    if logits.shape != (2, classes) or class_maps.shape[:2] != (2, classes) or class_maps.ndim != 4:
        raise ValueError(f"logits {logits.shape} and class maps {class_maps.shape} for 2 pictures, {classes} classes")
    if not (np.isfinite(logits).all() and np.isfinite(class_maps).all()):
        raise ValueError("its answer is not finite")
