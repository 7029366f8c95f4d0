import json
import os
import sys
import threading

import pytest

from fashioncam import learning_protocol, resources
from fashioncam.learning_protocol import Error, Progress, Result
from fashioncam.messages import LearningProgress
from fashioncam.runtime import learner as learner_module
from fashioncam.runtime.learner import COMMAND, Learner

HYBRID = resources.own(resources.weights_of("hybrid"))
RESULT = Result("NEW", 3, 3, 1, 0.931, 0.938, is_held_back=False)
TALKS = f"""
import json, sys, warnings
print('{json.dumps({"event": "progress", "percent": 40})}')
print("a library is deprecated")
warnings.warn("a library is deprecated")
print(json.dumps(dict(json.loads('{learning_protocol.encode(RESULT)}'), weights=sys.argv[sys.argv.index("--out") + 1])))
assert sys.argv[1].endswith("captures") and sys.argv[-1] == "--json-lines"
"""
REFUSES = f"import sys; print('{learning_protocol.encode(Error('no captures in it'))}'); sys.exit(2)"
CRASHES = "import warnings; warnings.warn('careful'); {}['a key']"
DIES = "raise SystemExit(3)"
WRITES = f"""
import pathlib, sys, time
out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
out.write_bytes(b"weights"), out.with_suffix(".onnx").write_bytes(b"twin")
print('{learning_protocol.encode(Progress(90))}', flush=True)
time.sleep(60)
"""
WAITS = f"import time; print('{learning_protocol.encode(Progress(7))}', flush=True); time.sleep(60)"
TELLS_ITS_PRIORITY = """
import json, os, time
before = os.getpriority(os.PRIO_PROCESS, os.getppid())
while os.getpriority(os.PRIO_PROCESS, 0) == before:
    time.sleep(0.01)
print(json.dumps({"event": "error", "text": str(os.getpriority(os.PRIO_PROCESS, 0) - before)}))
"""


@pytest.fixture
def make(tmp_path):
    """Makes learners that run a few lines of Python; all of them have ended after the test."""
    made = []

    def make(code="", tell=lambda text: None, **more):
        options = {"command": (sys.executable, "-c", code)} | more
        made.append(Learner(tmp_path / "captures", tmp_path, tell, **options))
        return made[-1]

    yield make
    for learner in made:
        learner.stop()


def learn(make, code="", **more):
    """Run it to its end; returns its progress, and what was told."""
    told, ended = [], threading.Event()

    def tell(text):
        told.append(text)
        ended.set()

    learner = make(code, tell, **more)
    learner.start(HYBRID)
    assert ended.wait(60)
    return learner.learning, told


def test_new_weights_are_there_at_the_end(make, tmp_path):
    """What a library prints meanwhile does not matter."""
    learning, told = learn(make, TALKS)
    assert (learning.is_running, learning.percent) == (False, 100)
    assert (learning.weights.parent, learning.weights.suffix) == (tmp_path, ".pth")
    assert learning.text.startswith("3 of 3 filed garments named rightly, before learning 1; of")
    assert len(told) == 1


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (REFUSES, "no captures in it"),
        (CRASHES, "Learning has ended with exit code 1: "),
        (CRASHES, "KeyError: 'a key'"),
        (DIES, "Learning has ended with exit code 3: no message"),
    ],
    ids=["user error", "crash", "last line of a crash", "silent"],
)
def test_failure_is_told_in_one_line(make, code, text):
    learning, told = learn(make, code)
    assert not learning.is_running
    assert learning.weights is None
    assert text in learning.text
    assert "\n" not in learning.text
    assert told == [learning.text]


def test_program_without_the_workshop_says_so(make, tmp_path):
    learning, _told = learn(make, TALKS, checkout=tmp_path)
    assert "start fashioncam from a checkout" in learning.text


def test_program_without_torch_says_how_to_install_it(make, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    learning, _told = learn(make, TALKS)
    assert learning.text == 'Learning needs torch, which is not installed: python -m pip install "fashioncam[torch]"'


def test_command_of_the_workshop_understands_the_program(make, monkeypatch):
    """It is found from any folder, takes the arguments, and answers; there is nothing to learn from."""
    monkeypatch.setattr(learner_module, "NICENESS", 0)  # on a busy machine it would wait for all others
    learning, _told = learn(make, command=COMMAND)
    assert "captures: no such folder" in learning.text


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="POSIX only")
def test_learning_lets_the_live_picture_go_first(make):
    learning, _told = learn(make, TELLS_ITS_PRIORITY)
    assert learning.text == str(min(learner_module.NICENESS, 19 - os.getpriority(os.PRIO_PROCESS, 0)))


def begun(make, code, percent):
    """A learner that has come so far and goes on."""
    learner, pause = make(code), threading.Event()
    learner.start(HYBRID)
    for _ in range(2000):
        if learner.learning.percent == percent:
            return learner
        pause.wait(0.01)
    raise AssertionError(f"never came so far: {learner.learning}")


def test_it_can_be_cancelled_and_started_again(make):
    learner = begun(make, WAITS, 7)
    learner.start(HYBRID)  # it is going on already
    assert learner.learning == LearningProgress(is_running=True, percent=7)
    learner.stop()
    assert learner.learning == LearningProgress(is_running=False, text="Cancelled")
    learner.start(HYBRID)
    assert learner.learning.is_running


def test_cancelled_when_all_was_written_it_leaves_nothing(make, tmp_path):
    learner = begun(make, WRITES, 90)
    assert list(tmp_path.glob("*.pth"))
    learner.stop()
    assert learner.learning == LearningProgress(is_running=False, text="Cancelled")
    assert list(tmp_path.glob("learned*")) == []


def test_earlier_models_stay(make, tmp_path):
    (tmp_path / "learned-20260101-120000.pth").write_bytes(b"in use")
    learning, _told = learn(make, TALKS)
    assert learning.weights.name != "learned-20260101-120000.pth"
    assert (tmp_path / "learned-20260101-120000.pth").read_bytes() == b"in use"


def test_cancelled_before_the_process_is_there(make):
    learner = make(WAITS)
    learner.start(HYBRID)
    learner.stop()
    assert learner.learning == LearningProgress(is_running=False, text="Cancelled")
