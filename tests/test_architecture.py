"""Who may import whom: the folders' order, kept by walking the imports."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BASE = {"errors", "interrupts", "messages", "settings", "bundled", "sharpening", "whole_files", "__init__"}
# layer -> layers of the package that it may import
MAY_IMPORT = {
    "base": {"base"},
    "models": {"base", "models"},
    "checkpoint": {"base", "models"},
    "pipeline": {"base", "models", "checkpoint", "pipeline"},
    "runtime": {"base", "models", "checkpoint", "pipeline", "runtime"},
    "ui": {"base", "ui"},
    "app": {"base", "models", "checkpoint", "pipeline", "runtime", "ui", "app"},
    "cli": {"base", "models", "runtime", "ui", "app", "cli"},
    "__main__": {"cli"},
    "training": {"base", "models", "checkpoint", "pipeline", "training"},
}
FORBIDDEN_LIBRARIES = {
    "pipeline": {"PySide6", "threading", "time", "pathlib", "os"},
    "runtime": {"PySide6"},
    "ui": {"cv2", "torch"},
    "training": {"PySide6"},
    "models": {"PySide6", "cv2"},
    "checkpoint": {"PySide6", "cv2"},
    "base": {"PySide6", "cv2", "torch"},
    "cli": {"PySide6", "cv2", "torch"},
    "__main__": {"PySide6", "cv2", "torch"},
}
MODULES = sorted([*(ROOT / "fashioncam").rglob("*.py"), *(ROOT / "training").rglob("*.py")])


def layer_of(module: str) -> str:
    """Layer of a dotted module name, e.g. fashioncam.ui.theme -> ui."""
    parts = module.split(".")
    if parts[0] == "training":
        return "training"
    name = parts[1] if len(parts) > 1 else "__init__"
    return "base" if name in BASE else name


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imported_modules(path: Path):
    """Dotted names of all modules that a file imports, anywhere in it."""
    package = module_name(path).split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = [*base, *(node.module.split(".") if node.module else [])]
            yield ".".join(stem)
            yield from (".".join([*stem, alias.name]) for alias in node.names if stem in (["fashioncam"], package[:1]))


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_imports_go_one_way(path):
    layer = layer_of(module_name(path))
    for name in imported_modules(path):
        top = name.split(".")[0]
        if top in ("fashioncam", "training"):
            wanted = layer_of(name)
            if name == "fashioncam" or wanted not in MAY_IMPORT:  # the package itself: its version
                continue
            assert wanted in MAY_IMPORT[layer], f"{path}: {layer} imports {name}"
        assert top not in FORBIDDEN_LIBRARIES.get(layer, set()), f"{path}: {layer} imports {top}"


def test_every_layer_is_known():
    assert {layer_of(module_name(path)) for path in MODULES} == set(MAY_IMPORT)
