"""The evaluation as a page: pictures as PNG in a folder, and one HTML file that holds them all."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from matplotlib.figure import Figure
from torch import Tensor

from . import plots
from .data import Split

if TYPE_CHECKING:
    from .evaluate import Comparison, Evaluation

TEMPLATE = Path(__file__).with_name("report.html.j2")


def write_report(
    out: Path,
    evaluations: Sequence[Evaluation],
    all_probabilities: Sequence[Tensor],
    test: Split,
    comparison: Comparison | None,
) -> None:
    """Write report.html and its pictures to the folder.

    Args:
        all_probabilities: N x classes calibrated ones of each evaluated checkpoint.
        test: the N pictures and labels.
    """
    pictures = []
    for number, (found, probabilities) in enumerate(zip(evaluations, all_probabilities, strict=True)):
        prefix = "" if number == 0 else "other-"
        figures = drawn(found, probabilities, test)
        pictures.append({name: write_png(figure, out / f"{prefix}{name}.png") for name, figure in figures.items()})
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    page = environment.from_string(TEMPLATE.read_text()).render(
        evaluations=list(zip(evaluations, pictures, strict=True)), comparison=comparison
    )
    (out / "report.html").write_text(page)


def drawn(found: Evaluation, probabilities: Tensor, test: Split) -> dict[str, Figure]:
    """File name without its ending -> figure."""
    labels = [entry.label for entry in found.classes]
    confidence, named = probabilities.max(dim=1)
    # p to the power T, made to sum to 1 again, undoes the temperature.
    before, _ = (probabilities.clamp(min=1e-12).log() * found.temperature).softmax(dim=1).max(dim=1)
    right = named == test.labels
    shirt = named == labels.index("Shirt") if "Shirt" in labels else named == 0
    curves = {
        "as trained": (before, right),
        "after temperature scaling": (confidence, right),
        'named "Shirt"': (confidence[shirt], right[shirt]),
    }
    return {
        "confusion": plots.confusion(found.confusion, labels, normalised=False),
        "confusion-normalised": plots.confusion(found.confusion, labels, normalised=True),
        "roc": plots.roc(probabilities, test.labels, labels, [entry.auc for entry in found.classes]),
        "reliability": plots.reliability(curves),
        "mistakes": plots.most_confident_mistakes(test.images, test.labels, probabilities, labels),
    }


def write_png(figure: Figure, path: Path) -> str:
    """Write the figure; returns it as a data URL too."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    path.write_bytes(buffer.getvalue())
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
