"""Who may import whom, kept by walking all imports: the program, the workshop, benchmarks and assets."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Files directly in fashioncam/ that import nothing else of the project.
BASE = {
    *("errors", "interrupts", "settings", "resources", "atomic_write"),
    *("description", "messages", "view", "commands", "learning_protocol"),
}
# Packages of training/, each may import those before it; "commands" are its files.
WORKSHOP = ["base", "data", "augmentation", "synthesis", "engine", "reports", "commands"]
# layer -> layers that it may import
MAY_IMPORT = {
    "base": {"base"},
    "models": {"base", "models"},
    "checkpoint": {"base", "models"},
    "pipeline": {"base", "models", "checkpoint", "pipeline"},
    "runtime": {"base", "models", "checkpoint", "pipeline", "runtime"},
    "ui": {"base", "ui"},
    "app": {"base", "runtime", "ui", "app"},
    "cli": {"base", "models", "runtime", "ui", "app", "cli"},
    "__main__": {"cli"},
    **{
        f"training.{name}": {"base", "models", "checkpoint", "pipeline"}
        | {f"training.{lower}" for lower in WORKSHOP[: index + 1]}
        for index, name in enumerate(WORKSHOP)
    },
}
EVERYTHING = set(MAY_IMPORT)
MAY_IMPORT["benchmarks"] = EVERYTHING | {"benchmarks"}
MAY_IMPORT["assets"] = EVERYTHING | {"assets", "benchmarks"}
FORBIDDEN_LIBRARIES = {
    "pipeline": {"PySide6", "threading", "time", "pathlib", "os"},
    "runtime": {"PySide6"},
    "ui": {"cv2", "torch"},
    "models": {"PySide6", "cv2"},
    "checkpoint": {"PySide6", "cv2"},
    "base": {"PySide6", "cv2", "torch"},
    "cli": {"PySide6", "cv2", "torch"},
    "__main__": {"PySide6", "cv2", "torch"},
    **{f"training.{name}": {"PySide6"} for name in WORKSHOP},
}
MODULES = sorted(
    path for folder in ("fashioncam", "training", "benchmarks", "assets") for path in (ROOT / folder).rglob("*.py")
)


def module_name(path: Path) -> str:
    """Dotted name, e.g. fashioncam.ui.theme; of a package's __init__.py the package's."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {module_name(path) for path in MODULES}
PACKAGES = {module_name(path) for path in MODULES if path.name == "__init__.py"}


def layer_of(module: str) -> str | None:
    """Layer of a dotted module name; None for a package that only holds others, and for foreign modules."""
    top, *rest = module.split(".")
    if top in ("benchmarks", "assets"):
        return top
    if top not in ("fashioncam", "training") or not rest:
        return None
    if top == "training":
        return f"training.{rest[0]}" if rest[0] in WORKSHOP else "training.commands"
    return "base" if rest[0] in BASE else rest[0]


def imported_modules(path: Path):
    """Dotted names of all modules that a file imports, anywhere in it."""
    name = module_name(path)
    package = name.split(".") if name in PACKAGES else name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *(node.module.split(".") if node.module else [])])
            submodules = [f"{stem}.{alias.name}" for alias in node.names if f"{stem}.{alias.name}" in NAMES]
            yield from submodules or [stem]


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_imports_go_one_way(path):
    layer = layer_of(module_name(path))
    for name in imported_modules(path):
        if layer is not None and (wanted := layer_of(name)) is not None:
            assert wanted in MAY_IMPORT[layer], f"{path}: {layer} imports {name}"
        top = name.split(".")[0]
        assert top not in FORBIDDEN_LIBRARIES.get(layer, set()), f"{path}: {layer} imports {top}"


def test_every_layer_is_known():
    assert {layer_of(module_name(path)) for path in MODULES} - {None} == set(MAY_IMPORT)


def test_no_module_imports_itself_in_a_circle():
    imports = {module_name(path): NAMES.intersection(imported_modules(path)) for path in MODULES}
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join([*above[above.index(name) :], name])
        if name not in done:
            for wanted in sorted(imports[name]):
                visit(wanted, (*above, name))
            done.add(name)

    for name in sorted(NAMES):
        visit(name, ())
