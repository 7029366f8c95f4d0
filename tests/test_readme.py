"""What the documents promise is what the project has: commands, options, keys, links, files."""

import importlib.util
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from fashioncam.errors import QT_PACKAGES
from fashioncam.models import MODELS
from fashioncam.ui.shortcuts import BINDINGS
from training import train
from training.recipes import RECIPES

ROOT = Path(__file__).parent.parent
NAMES = (
    "README.md",
    "fashioncam/README.md",
    "fashioncam/KEYS.md",
    "CONTRIBUTING.md",
    "training/README.md",
    "training/LOG.md",
    "benchmarks/README.md",
    "weights/MODELCARD.md",
)
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in NAMES}
README, GUIDE, TRAINING = TEXTS["README.md"], TEXTS["fashioncam/README.md"], TEXTS["training/README.md"]


def anchors(text: str) -> set[str]:
    """The anchors that GitHub makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


LINKS = sorted(
    (name, link) for name, text in TEXTS.items() for link in set(re.findall(r"\]\((?!https?:)([^)\s]+)\)", text))
)


@pytest.mark.parametrize(("name", "link"), LINKS)
def test_links_point_to_files_and_headings(name, link):
    path, _, anchor = link.partition("#")
    target = (ROOT / name).parent / path if path else ROOT / name
    assert target.exists()
    if anchor:
        assert anchor in anchors(target.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_text_is_wrapped_at_120_columns(name):
    prose = re.sub(r"^```.*?^```", "", TEXTS[name], flags=re.DOTALL | re.MULTILINE)
    assert [line for line in prose.splitlines() if len(line) > 120 and not line.startswith(("|", "!["))] == []


def test_readme_fits_on_two_screens():
    assert len(README.splitlines()) <= 150


def test_ci_finds_the_packages_and_the_test_command():
    """As .ci/run looks for them."""
    first = next(line for line in README.splitlines() if "python -m pytest" in line)
    assert first.startswith("python3 -m venv .venv && ")
    assert first.endswith(" -m pytest -n auto")
    packages = re.findall(r"^sudo apt install (.+)$", README, re.MULTILINE)
    assert packages == [QT_PACKAGES, "xvfb xdotool"]


def test_files_that_are_installed_exist():
    assert {name for text in TEXTS.values() for name in re.findall(r"-r (requirements-\w+\.txt)", text)} == {
        path.name for path in ROOT.glob("requirements-*.txt")
    }


def test_keys_are_the_programs():
    spec = importlib.util.spec_from_file_location("make_keys", ROOT / "assets" / "make_keys.py")
    make_keys = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_keys)
    assert TEXTS["fashioncam/KEYS.md"] == make_keys.key_page(), "run: python assets/make_keys.py"
    assert all(f"| {binding.text} |" in TEXTS["fashioncam/KEYS.md"] for binding in BINDINGS)


@pytest.fixture(scope="module")
def help_text():
    command = [sys.executable, "-m", "fashioncam", "--help"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_every_option_of_the_program_is_explained_and_exists(help_text):
    options = set(re.findall(r"--[a-z][a-z-]+", help_text))
    explained = set(re.findall(r"`(--[a-z][a-z-]+)`", GUIDE))
    assert explained == options - {"--help", "--no-display-input", "--no-display-fps"}


def test_models_of_the_guide_exist():
    row = next(line for line in GUIDE.splitlines() if line.startswith("| `--model`"))
    assert set(re.findall(r"`([a-z]\w+)`", row)) == set(MODELS)


def modules_named():
    """(document, module) of each `python -m package.module` of the project."""
    for name, text in TEXTS.items():
        for module in set(re.findall(r"-m\s+((?:training|benchmarks)\.\w+)", text)):
            if name != "training/LOG.md":
                yield name, module


@pytest.mark.parametrize(("name", "module"), sorted(modules_named()))
def test_commands_exist(name, module):
    assert (ROOT / f"{module.replace('.', '/')}.py").is_file()


def test_every_command_of_the_workshop_is_listed():
    commands = {path.stem for path in (ROOT / "training").glob("*.py") if "__main__" in path.read_text("utf-8")}
    assert {command for command in commands if f"python -m training.{command}" not in TRAINING} == set()


def test_every_benchmark_makes_a_table_of_the_documents():
    commands = {path.stem for path in (ROOT / "benchmarks").glob("*.py") if "__main__" in path.read_text("utf-8")}
    listed = re.sub(r"\s+", " ", TEXTS["benchmarks/README.md"] + TRAINING)
    assert {command for command in commands if f"python -m benchmarks.{command}" not in listed} == set()


BASH = "\n".join(re.findall(r"^```sh\n(.*?)^```", TRAINING, re.DOTALL | re.MULTILINE)).replace("\\\n", "")
TRAIN_COMMANDS = re.findall(r"^python -m training\.train ([^#\n]+)", BASH, re.MULTILINE)


@pytest.mark.parametrize("command", TRAIN_COMMANDS)
def test_commands_that_train_name_what_their_recipe_needs(command):
    args = train.parse_arguments(shlex.split(command))
    recipe = train.chosen_recipe(args)
    assert bool(recipe.distill_weight) == (args.teacher is not None)
    assert bool(recipe.photo_share) == (args.garments is not None)


def test_every_recipe_is_listed():
    assert {recipe for recipe in RECIPES if f"--recipe {recipe} " not in BASH} == set()


def test_annotated_tree_names_what_exists_and_every_file_of_the_programs_folder():
    tree = re.search(r"```text\n(fashioncam/.*?)```", TEXTS["CONTRIBUTING.md"], re.DOTALL).group(1)
    folder, listed = Path(), set()
    for line in tree.splitlines():
        depth, names = len(line) - len(line.lstrip()), re.split(r"\s{2,}", line.strip())[0].split(", ")
        parent = Path(*folder.parts[: depth // 2])
        folder = parent / names[0] if names[0].endswith("/") else parent
        listed |= {parent / name for name in names}
    assert {str(path) for path in listed if not (ROOT / path).exists()} == set()
    program = {path.relative_to(ROOT) for path in (ROOT / "fashioncam").glob("*.py") if path.name != "__init__.py"}
    assert {str(path) for path in program - listed} == set()


@pytest.mark.parametrize("heading", re.findall(r"^## (.+)$", TEXTS["training/LOG.md"], re.MULTILINE)[:-1])
def test_sections_of_the_log_begin_with_date_and_verdict_then_the_result(heading):
    assert re.match(r"\d{4}-\d\d-\d\d, (kept|rejected|kept in part): ", heading)
    assert f"## {heading}\n\nResult: " in TEXTS["training/LOG.md"]
