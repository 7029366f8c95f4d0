"""Write a checkpoint as an ONNX file that the program runs without torch, and compare the two.

    python -m training.export weights/hybrid.pth

The program takes the file beside a checkpoint, `weights/hybrid.onnx`, if it was made from that very checkpoint.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import warnings
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from fashioncam import checkpoint
from fashioncam.atomic_write import atomic_write
from fashioncam.checkpoint import LoadedModel
from fashioncam.errors import UserError
from fashioncam.models.base import to_input
from training.base.output_files import make_place_for, spare_segmenter
from training.data import fashion_mnist
from training.engine.class_maps import LogitsAndMaps

from .command import add_data, command

if TYPE_CHECKING:
    import onnx_ir as ir

TOLERANCE = 1e-4
COMPARED = 100  # pictures
LARGE = 1000  # weights in a tensor; smaller ones are not worth a node


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("weights", type=Path, help="the checkpoint")
    parser.add_argument("--onnx", type=Path, help="file to write; default: beside the checkpoint, named as it is")
    add_data(parser)


def run(args: argparse.Namespace) -> str:
    """Export and compare; returns the file and the largest difference in a line."""
    loaded = checkpoint.load(args.weights)
    out = args.onnx or args.weights.with_suffix(".onnx")
    make_place_for(out, "--onnx")
    spare_segmenter(out, "--onnx")
    if out.resolve() == args.weights.resolve():
        raise UserError(f"{out} is the checkpoint itself; give another file with --onnx")
    images = fashion_mnist.load(args.data).validation.images[:COMPARED]
    with atomic_write(out) as unproven:
        export_checkpoint(loaded, args.weights, unproven)
        apart = largest_difference(loaded, unproven, images)
        if not apart <= TOLERANCE:  # NaN is not
            raise UserError(f"{args.weights} and its export differ by {apart:.1e}: not exact, so {out} was not written")
    return f"{out}: {out.stat().st_size} bytes, within {apart:.1e} of torch on {len(images)} pictures"


def save_with_twin(loaded: LoadedModel, weights: Path, half: bool = False) -> None:
    """Save a checkpoint, and beside it the ONNX twin that the program runs without torch.

    A line on stderr says so where the packages that write ONNX are missing.
    """
    checkpoint.save(loaded, weights, half)
    twin = weights.with_suffix(".onnx")
    try:
        require_exporter()
    except UserError as error:
        print(f"{twin} is not written: {error}; then: python -m training.export {weights}", file=sys.stderr)
    else:
        export_checkpoint(checkpoint.load(weights), weights, twin)


def export_checkpoint(loaded: LoadedModel, weights: Path, out: Path) -> None:
    """Write `loaded`, which was read from `weights`, as ONNX, with its description and the digest of `weights`."""
    from fashioncam.pipeline.recognition.onnx_recogniser import METADATA_KEY  # training needs no ONNX Runtime

    about = asdict(loaded.description) | {"checkpoint_sha256": hashlib.sha256(weights.read_bytes()).hexdigest()}
    example = torch.zeros(2, 1, loaded.input.size, loaded.input.size)
    shapes = {"images": {0: torch.export.Dim("pictures", min=1, max=4096)}}
    names = ["logits", "class_maps"]
    write_onnx(LogitsAndMaps(loaded.model), example, shapes, names, out, {METADATA_KEY: json.dumps(about)})


def require_exporter() -> None:
    """UserError without the packages that write ONNX."""
    if find_spec("onnx") is None or find_spec("onnxscript") is None:
        raise UserError("writing ONNX needs onnx and onnxscript: python -m pip install onnx onnxscript")


def write_onnx(
    module: nn.Module,
    example: Tensor,
    dynamic_shapes: dict[str, Any],
    output_names: list[str],
    out: Path,
    metadata: dict[str, str],
) -> None:
    """Write a module of one input as ONNX; the input is named as the module's argument. The write is atomic.

    Raises:
        UserError: the packages that write ONNX are missing.
    """
    require_exporter()
    out.parent.mkdir(parents=True, exist_ok=True)
    # The exporter's own libraries deprecate each other.
    with atomic_write(out) as unfinished, warnings.catch_warnings(action="ignore"):
        program = torch.onnx.export(
            module.eval(),
            (example,),
            input_names=list(dynamic_shapes),
            output_names=output_names,
            dynamic_shapes=dynamic_shapes,
            dynamo=True,
            verbose=False,
        )
        assert program is not None  # it is only with another of the exporter's options
        for part in (program.model, program.model.graph, *program.model.graph):  # paths of this machine
            part.metadata_props.clear()
            part.doc_string = None
        program.model.metadata_props.update(metadata)
        store_in_half(program.model.graph)
        program.save(str(unfinished))


def store_in_half(graph: ir.Graph) -> None:
    """Store large weights in half precision where that loses nothing: those of a checkpoint stored that way.

    ONNX Runtime casts them once, when it opens the file.
    """
    import onnx_ir as ir

    for name, value in list(graph.initializers.items()):
        assert value.const_value is not None  # initializers have one
        weights = value.const_value.numpy()
        with np.errstate(over="ignore"):
            half = weights.astype(np.float16)
        if weights.dtype == np.float32 and weights.size >= LARGE and np.array_equal(half, weights):
            stored = ir.Value(name=f"{name}.half", const_value=ir.tensor(half, name=f"{name}.half"))
            cast = ir.node("Cast", [stored], {"to": ir.DataType.FLOAT})
            value.replace_all_uses_with(cast.outputs[0])
            del graph.initializers[name]
            graph.register_initializer(stored)
            graph.insert_before(graph[0], cast)


@torch.no_grad()
def largest_difference(loaded: LoadedModel, exported: Path, images: Tensor) -> float:
    """Between torch's outputs and ONNX Runtime's, over N x 1 x h x w uint8 pictures; NaN where one of them is."""
    from fashioncam.pipeline.onnx_session import open_session

    session = open_session(exported.read_bytes())
    normalised = to_input(images, loaded.input)
    expected = LogitsAndMaps(loaded.model)(normalised)
    found = session.run(None, {"images": normalised.numpy()})
    apart = [(torch.from_numpy(a) - b).abs().max() for a, b in zip(found, expected, strict=True)]
    return torch.stack(apart).max().item()


main = command("training.export", __doc__, add_options, run)

if __name__ == "__main__":
    sys.exit(main())
