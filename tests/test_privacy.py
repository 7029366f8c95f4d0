"""ONNX Runtime leaves no device ID behind and sends nothing: its telemetry is off before it is loaded."""

import os
import subprocess
import sys

PROGRAM = """
from fashioncam import resources
from fashioncam.pipeline.segmentation.learned import LearnedSegmenter

LearnedSegmenter(resources.own(resources.SEGMENTER).read_bytes())
"""


def test_onnx_runtime_writes_nothing_into_the_home_folder(tmp_path):
    homes = dict.fromkeys(("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME"), str(tmp_path))
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"} | homes
    subprocess.run([sys.executable, "-c", PROGRAM], env=environment, check=True)
    assert list(tmp_path.rglob("*")) == []
