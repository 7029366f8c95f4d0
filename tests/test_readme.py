"""What the README promises is what the program does."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from fashioncam.errors import QT_PACKAGES
from fashioncam.ui.shortcuts import key_table
from training import train

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_key_table_is_the_programs():
    assert key_table() in README


def test_every_option_of_the_command_line_is_explained():
    usage = subprocess.run(
        [sys.executable, "-m", "fashioncam", "--help"], capture_output=True, text=True, check=True
    ).stdout
    options = set(re.findall(r"--[a-z][a-z-]+", usage)) - {"--help", "--no-display-input", "--no-display-fps"}
    assert {option for option in options if option not in README} == set()


COMMANDS = re.findall(r"^python -m training\.train ([^#\n]+)", README.replace("\\\n", ""), re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_that_train_name_what_their_recipe_needs(command):
    args = train.parse_arguments(command.split())
    recipe = train.chosen_recipe(args)
    assert bool(recipe.distill_weight) == (args.teacher is not None)
    assert bool(recipe.photo_share) == (args.garments is not None)


def test_system_libraries_are_those_the_program_names():
    assert f"sudo apt install {QT_PACKAGES}" in README


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!http|#)([^)]+)\)", README))))
def test_linked_files_exist(target):
    assert (ROOT / target).exists()


def test_annotated_tree_names_only_what_exists():
    tree = re.search(r"```text\n(fashioncam/.*?)```", README, re.DOTALL).group(1)
    folder = Path()
    for line in tree.splitlines():
        depth, name = len(line) - len(line.lstrip()), line.split()[0]
        path = Path(*folder.parts[: depth // 2]) / name
        folder = path if name.endswith("/") else Path(*path.parts[:-1])
        assert (ROOT / path).exists(), path
