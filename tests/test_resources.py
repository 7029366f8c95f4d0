import tomllib
from pathlib import Path

import pytest

from fashioncam import resources
from fashioncam.models import MODELS

ROOT = Path(__file__).parent.parent
NAME = Path("weights/some.pth")


@pytest.fixture
def places(tmp_path, monkeypatch):
    """The user's folder, the package's folder in a wheel, and the folder beside the package in a checkout."""
    user, package = tmp_path / "user", tmp_path / "site" / "fashioncam"
    for folder in (user, package, package.parent):
        (folder / "weights").mkdir(parents=True)
    monkeypatch.setattr(resources, "PACKAGE", package)
    monkeypatch.chdir(user)
    return {"user": user, "wheel": package, "checkout": package.parent}


@pytest.mark.parametrize("place", ["wheel", "checkout"])
def test_the_programs_own_file_is_found_from_any_folder(places, place):
    (places[place] / NAME).touch()
    assert resources.named_or_own(NAME) == places[place] / NAME


def test_the_users_file_comes_first(places):
    for folder in places.values():
        (folder / NAME).touch()
    assert resources.named_or_own(NAME) == NAME


def test_default_is_the_programs_own_whatever_lies_around(places):
    for folder in places.values():
        (folder / NAME).touch()
    assert resources.own(NAME) == places["wheel"] / NAME


def test_name_that_is_too_long_is_survived(places):
    assert resources.named_or_own(Path("x" * 300)) == Path("x" * 300)


def test_what_is_nowhere_comes_back_unchanged(places):
    assert resources.named_or_own(NAME) == NAME


def test_absolute_path_is_taken_as_it_is(places, tmp_path):
    assert resources.named_or_own(tmp_path / NAME) == tmp_path / NAME


def test_wheel_holds_the_files_where_the_program_looks():
    targets = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    carried = targets["force-include"]
    hybrid = resources.weights_of("hybrid")
    for path in (resources.DEMO_CLIP, resources.SEGMENTER, hybrid, hybrid.with_suffix(".onnx")):
        assert carried[path.as_posix()] == f"fashioncam/{path.as_posix()}"
        assert (ROOT / path).is_file()


def test_own_weights_are_those_of_the_wheel_and_of_the_checkout(places):
    assert resources.own_weights() == ()
    wheel, checkout = places["wheel"], places["checkout"]
    for path in (wheel / "weights/b.pth", checkout / "weights/b.pth", checkout / "weights/a.pth"):
        path.touch()
    (places["user"] / "weights/mine.pth").touch()
    assert resources.own_weights() == (checkout / "weights/a.pth", wheel / "weights/b.pth")


def test_checkout_has_weights_of_all_models_but_those_to_be_trained_first():
    assert {path.stem for path in resources.own_weights()} >= set(MODELS) - {"wide_resnet"}
