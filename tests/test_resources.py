import tomllib
from pathlib import Path

import pytest

from fashioncam import resources
from fashioncam.models import MODELS

ROOT = Path(__file__).parent.parent
NAME = Path("weights/some.pth")
OURS, FOREIGN = '[project]\nname = "fashioncam"\n', '[project]\nname = "another"\n'


@pytest.fixture
def places(tmp_path, monkeypatch):
    """The folder that the user works in, and the folder of the program's own files."""
    user, root = tmp_path / "user", tmp_path / "program"
    for folder in (user, root):
        (folder / "weights").mkdir(parents=True)
    monkeypatch.setattr(resources, "ROOT", root)
    monkeypatch.chdir(user)
    return user, root


def test_the_programs_own_file_is_found_from_any_folder(places):
    _user, root = places
    (root / NAME).touch()
    assert resources.named_or_own(NAME) == root / NAME


def test_the_users_file_comes_first(places):
    for folder in places:
        (folder / NAME).touch()
    assert resources.named_or_own(NAME) == NAME


def test_default_is_the_programs_own_whatever_lies_around(places):
    for folder in places:
        (folder / NAME).touch()
    assert resources.own(NAME) == places[1] / NAME


def test_name_that_is_too_long_is_survived(places):
    assert resources.named_or_own(Path("x" * 300)) == Path("x" * 300)


def test_what_is_nowhere_comes_back_unchanged(places):
    assert resources.named_or_own(NAME) == NAME


def test_absolute_path_is_taken_as_it_is(places, tmp_path):
    assert resources.named_or_own(tmp_path / NAME) == tmp_path / NAME


def test_own_weights_are_listed_by_name(places):
    user, root = places
    assert resources.own_weights() == ()
    for path in (root / "weights/b.pth", root / "weights/a.pth", user / "weights/mine.pth"):
        path.touch()
    assert resources.own_weights() == (root / "weights/a.pth", root / "weights/b.pth")


@pytest.mark.parametrize(
    ("project", "is_checkout"), [(OURS, True), (FOREIGN, False), (None, False)], ids=["checkout", "foreign", "wheel"]
)
def test_files_around_the_package_are_the_programs_in_its_checkout_only(tmp_path, project, is_checkout):
    """Around an installed package lies site-packages, whose weights/ may be any other package's."""
    if project is not None:
        (tmp_path / "pyproject.toml").write_text(project)
    assert resources.root_for(tmp_path / "fashioncam") == (tmp_path if is_checkout else tmp_path / "fashioncam")


def test_this_checkout_is_found():
    assert ROOT == resources.ROOT
    assert {path.stem for path in resources.own_weights()} >= set(MODELS) - {"wide_resnet"}


def test_wheel_holds_the_files_where_the_program_looks():
    targets = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    carried = targets["force-include"]
    hybrid = resources.weights_of("hybrid")
    for path in (resources.DEMO_CLIP, resources.SEGMENTER, hybrid, hybrid.with_suffix(".onnx")):
        assert carried[path.as_posix()] == f"fashioncam/{path.as_posix()}"
        assert (ROOT / path).is_file()
