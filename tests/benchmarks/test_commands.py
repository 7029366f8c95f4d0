"""Every benchmark can be imported, and its docstring names its command."""

import importlib
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
MODULES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", MODULES)
def test_docstring_names_the_command(name, monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")  # benchmarks.window sets it on import
    module = importlib.import_module(f"benchmarks.{name}")
    if hasattr(module, "main"):
        question, _, rest = module.__doc__.partition("\n\n")
        assert "?" in question
        assert f"    python -m benchmarks.{name}" in rest
