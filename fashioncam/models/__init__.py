"""The architectures, by name. Adding one is a file beside this and a line in `MODELS`.

A model takes N x 1 x 28 x 28 float32 and returns N x classes logits. It is split in two, so that
the class and its explanation come from one pass: `forward_features` ends where the explanation looks, `forward_head`
turns those features into logits, and `class_maps` turns them into the explanation.
"""

from __future__ import annotations

from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .base import Model

# Module and class as text: the command line needs the names, also where torch is not installed.
MODELS = {
    "hybrid": "hybrid.Hybrid",
    "simplecnn": "simplecnn.SimpleCNN",
    "wide_resnet": "wide_resnet.WideResNet",
}


def build(name: str, config: dict[str, Any]) -> Model:
    """Return a freshly initialised model; KeyError for an unknown name, TypeError for a bad config."""
    return model_class(name)(**config)


def complete_config(name: str, config: dict[str, Any]) -> dict[str, Any]:
    """`config` with every default spelt out, so that stored weights outlive a change of the defaults."""
    arguments = signature(model_class(name)).bind(**config)
    arguments.apply_defaults()
    return dict(arguments.arguments)


def model_class(name: str) -> type[Model]:
    """The class behind a name of `MODELS`; KeyError for an unknown one."""
    module_name, class_name = MODELS[name].split(".")
    return getattr(import_module(f".{module_name}", __name__), class_name)
