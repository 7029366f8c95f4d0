import subprocess
import sys
from pathlib import Path

import training

COMMANDS = sorted(path.stem for path in Path(training.__file__).parent.glob("*.py") if "__main__" in path.read_text())
PROGRAM = """
import runpy, sys
sys.modules["torch"] = None
for command in sys.argv[1:]:
    try:
        runpy.run_module(f"training.{command}", run_name="__main__")
    except SystemExit as ended:
        assert ended.code == 2
"""


def test_every_command_says_in_one_line_what_to_install():
    done = subprocess.run([sys.executable, "-c", PROGRAM, *COMMANDS], capture_output=True, text=True, check=True)
    said = done.stderr.splitlines()
    assert len(said) == len(COMMANDS) > 10
    assert all("pip install" in line for line in said)
