import sys
import threading
from pathlib import Path

import pytest

from fashioncam.messages import LearningProgress
from fashioncam.runtime.learner import CHECKOUT, Learner

TELLS = "import sys; print('0 %'); print('40 %', flush=True); print('all right', sys.argv[1:])"
FAILS = "import sys; print('5 %'); print('training.finetune: no captures in it', file=sys.stderr); sys.exit(2)"
DIES = "raise SystemExit(3)"
WRITES = """
import pathlib, sys, time
out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
out.write_bytes(b"weights"), out.with_suffix(".onnx").write_bytes(b"twin")
print("90 %", flush=True)
time.sleep(60)
"""
WAITS = "import time; print('7 %', flush=True); time.sleep(60)"


@pytest.fixture
def make(tmp_path):
    """Makes learners that run a few lines of Python; all of them have ended after the test."""
    made = []

    def make(code, tell=lambda text: None, **more):
        command = (sys.executable, "-c", code)
        made.append(Learner(tmp_path / "captures", tmp_path, tell, command, **more))
        return made[-1]

    yield make
    for learner in made:
        learner.stop()


def learn(make, code, **more):
    """Run it to its end; returns how it stands, and what was told."""
    told, ended = [], threading.Event()

    def tell(text):
        told.append(text)
        ended.set()

    learner = make(code, tell, **more)
    learner.start(Path("weights/hybrid.pth"))
    assert ended.wait(20)
    learner._loop.join()
    return learner.learning, told


def test_new_weights_are_there_at_the_end(make, tmp_path):
    learning, told = learn(make, TELLS)
    assert (learning.is_running, learning.percent) == (False, 100)
    assert (learning.weights.parent, learning.weights.suffix) == (tmp_path, ".pth")
    assert learning.text.startswith("all right")
    assert str(tmp_path / "captures") in learning.text
    assert "--percent" in learning.text
    assert len(told) == 1


@pytest.mark.parametrize(
    ("code", "text"), [(FAILS, "no captures in it"), (DIES, "exit code 3")], ids=["user error", "silent"]
)
def test_failure_is_told_in_its_last_line(make, code, text):
    learning, told = learn(make, code)
    assert not learning.is_running
    assert learning.weights is None
    assert learning.text.endswith(text)
    assert told == [learning.text]


def test_program_without_the_workshop_says_so(make, tmp_path):
    learning, _told = learn(make, TELLS, checkout=tmp_path)
    assert "start fashioncam from a checkout" in learning.text


def test_workshop_is_found_from_anywhere():
    assert (CHECKOUT / "training" / "__init__.py").is_file()


def begun(make, code, said):
    """A learner that has said a line and goes on."""
    learner, heard = make(code), threading.Event()
    hear = learner._hear

    def listen(line):
        hear(line)
        if line == said:
            heard.set()

    learner._hear = listen
    learner.start(Path("weights/hybrid.pth"))
    assert heard.wait(20)
    return learner


def test_it_can_be_cancelled_and_started_again(make):
    learner = begun(make, WAITS, "7 %")
    assert learner.learning.percent == 7
    first = learner._loop
    learner.start(Path("weights/hybrid.pth"))  # it is going on already
    assert learner._loop is first
    learner.stop()
    assert learner.learning == LearningProgress(is_running=False, text="Cancelled")
    assert learner._process.returncode != 0
    learner.start(Path("weights/hybrid.pth"))
    assert learner.learning.is_running


def test_cancelled_when_all_was_written_it_leaves_nothing(make, tmp_path):
    learner = begun(make, WRITES, "90 %")
    assert list(tmp_path.glob("*.pth"))
    learner.stop()
    assert learner.learning == LearningProgress(is_running=False, text="Cancelled")
    assert list(tmp_path.glob("learned*")) == []


def test_earlier_models_stay(make, tmp_path):
    (tmp_path / "learned-20260101-120000.pth").write_bytes(b"in use")
    learning, _told = learn(make, TELLS)
    assert learning.weights.name != "learned-20260101-120000.pth"
    assert (tmp_path / "learned-20260101-120000.pth").read_bytes() == b"in use"


def test_cancelled_before_the_process_is_there(make):
    learner = make(WAITS)
    learner.start(Path("weights/hybrid.pth"))
    learner.stop()
    assert not learner.learning.is_running
    assert learner.learning.weights is None
