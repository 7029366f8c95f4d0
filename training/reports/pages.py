"""A report: pictures as PNG in a folder, figures as JSON, and one HTML page that holds the pictures too."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
from matplotlib.figure import Figure


def write_pictures(figures: Mapping[str, Figure], out: Path, prefix: str = "") -> dict[str, str]:
    """Write each figure as PREFIX + its name .png to the folder; returns data URLs by name."""
    urls = {}
    for name, figure in figures.items():
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=110)
        (out / f"{prefix}{name}.png").write_bytes(buffer.getvalue())
        urls[name] = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
    return urls


def write_json(content: Mapping[str, Any], path: Path) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def write_page(template: str, path: Path, **content: Any) -> None:
    """Fill in a template of this folder; a name that `content` lacks is an error."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    environment.filters["percent"] = lambda share, digits=2: f"{100 * share:.{digits}f} %"
    path.write_text(environment.get_template(template).render(content), encoding="utf-8")
