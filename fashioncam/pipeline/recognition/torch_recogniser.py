"""A model in torch: for weights without a twin, for GPUs, and for the grad-cam package's heat maps."""

from __future__ import annotations

import torch

from fashioncam.checkpoint import LoadedModel
from fashioncam.messages import FloatArray
from fashioncam.models.base import Model
from fashioncam.pipeline.explanation.methods import OWN_METHODS, Explain, Network, Pass, own_explainer
from fashioncam.settings import CAM_METHODS

from .recogniser import Recogniser


def torch_recogniser(loaded: LoadedModel, method: str = "gradcam") -> Recogniser:
    """The recogniser of a loaded model, on the device that the model is on; `method` is a key of `CAM_METHODS`."""
    network = as_network(loaded.model, with_maps=method == "gradcam")
    if method in OWN_METHODS:
        explain = own_explainer(method, network, loaded.description)
    else:
        explain = package_cam(loaded.model, method)
    return Recogniser(loaded.description, network, explain, "torch")


def as_network(model: Model, with_maps: bool) -> Network:
    """The model as a function of arrays; class maps are 0 x 0 where nobody needs them."""
    device = next(model.parameters()).device

    @torch.no_grad()
    def network(images: FloatArray) -> tuple[FloatArray, FloatArray]:
        features = model.forward_features(torch.from_numpy(images).to(device))
        logits = model.forward_head(features)
        maps = model.class_maps(features) if with_maps else logits.new_zeros((*logits.shape, 0, 0))
        return logits.cpu().numpy(), maps.cpu().numpy()

    return network


def package_cam(model: Model, method: str) -> Explain:
    """One of the grad-cam package's methods, on the layer that the model explains itself by.

    The package stretches each map to 0..1 and runs the model again, some methods many times.
    """
    import pytorch_grad_cam  # imports matplotlib and scikit-learn
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    device = next(model.parameters()).device
    cam = getattr(pytorch_grad_cam, CAM_METHODS[method])(
        model, target_layers=[model.target_layer], reshape_transform=model.as_maps
    )

    def explain(one_pass: Pass, class_index: int) -> FloatArray:
        images = torch.from_numpy(one_pass.images).to(device)
        return cam(images, [ClassifierOutputTarget(class_index)])[0].astype("float32")

    return explain
