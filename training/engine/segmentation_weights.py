"""The weights of an exported segmentation network, to train it further.

The export folds most batch norms (arXiv:1502.03167) into the convolutions before them. They are unfolded in two steps:
as norms that change nothing but add the bias, then with statistics measured anew, by which training can go on.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from fashioncam.errors import UserError

NORM_PARTS = ("weight", "bias", "running_mean", "running_var")


def load_exported(path: Path, net: nn.Module) -> None:
    """Load an ONNX file of `training.train_segmenter` into the network, which then answers as the file does.

    Raises:
        UserError: there is no such file, or its network is another one.
    """
    try:
        graph = onnx.load(path).graph
        found = {entry.name: torch.from_numpy(numpy_helper.to_array(entry).copy()) for entry in graph.initializer}
        state = net.state_dict()
        convolutions = {node.input[1]: node for node in graph.node if node.op_type == "Conv"}
        norms = {node.input[0]: node for node in graph.node if node.op_type == "BatchNormalization"}
        for place in [name for name, module in net.named_modules() if isinstance(module, nn.BatchNorm2d)]:
            before = convolutions[f"net.{place[:-1]}0.weight"]  # number 0 of its block, the norm is number 1
            norm = norms.get(before.output[0])
            bias = found[before.input[2]] if len(before.input) > 2 else torch.zeros(len(found[before.input[1]]))
            read = [found[name] for name in norm.input[1:]] if norm else adding(bias)
            found |= {f"net.{place}.{part}": tensor for part, tensor in zip(NORM_PARTS, read, strict=True)}
        net.load_state_dict({name: found.get(f"net.{name}", state[name]) for name in state})
    except Exception as error:  # noqa: BLE001 - a file that is no network fails in a dozen ways
        raise UserError(f"{path}: not an exported segmentation network of this shape: {error}") from None


def adding(bias: Tensor) -> list[Tensor]:
    """A batch norm that only adds this."""
    return [torch.ones_like(bias), bias, torch.zeros_like(bias), torch.ones_like(bias) - nn.BatchNorm2d(1).eps]


@torch.no_grad()
def measure_statistics(net: nn.Module, batches: Iterable[Tensor]) -> None:
    """Give the batch norms the statistics of these batches; gains and biases change so that answers stay the same."""
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    seen: dict[nn.Module, list[Tensor]] = {norm: [] for norm in norms}

    def note(norm: nn.Module, arguments: tuple[Tensor]) -> None:
        values = arguments[0].float()
        seen[norm].append(torch.stack((values.mean(dim=(0, 2, 3)), values.square().mean(dim=(0, 2, 3)))))

    hooks = [norm.register_forward_pre_hook(note) for norm in norms]
    net.eval()
    for batch in batches:
        net(batch)
    for hook in hooks:
        hook.remove()
    for norm in norms:
        mean, square = torch.stack(seen[norm]).mean(dim=0)
        variance = square - mean**2
        assert norm.running_mean is not None
        assert norm.running_var is not None
        slope = norm.weight / (norm.running_var + norm.eps).sqrt()
        norm.bias.add_(slope * (mean - norm.running_mean))
        norm.weight.copy_(slope * (variance + norm.eps).sqrt())
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
