"""The exported model that comes with the program against the checkpoint that it was made from."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from torch import Tensor

from fashioncam import resources
from fashioncam.pipeline.recognition.onnx_recogniser import ExportedRecogniser
from fashioncam.pipeline.recognition.recogniser import Recogniser
from fashioncam.runtime.loading import exported_twin, in_torch
from fashioncam.settings import Settings

WEIGHTS = resources.own(resources.weights_of("hybrid"))


@pytest.fixture(scope="module")
def exported() -> Recogniser:
    recogniser = exported_twin(WEIGHTS, "hybrid")
    assert recogniser is not None, "weights/hybrid.onnx is not of weights/hybrid.pth: python -m training.export"
    return recogniser


def test_answers_and_explains_as_the_checkpoint_does(exported: Recogniser, sample: tuple[Tensor, Tensor]) -> None:
    in_eager = in_torch(WEIGHTS, Settings())
    assert (exported.input, exported.classes) == (in_eager.input, in_eager.classes)
    assert exported.reject_below == in_eager.reject_below
    for picture in sample[0][::20, 0].numpy():
        ours, theirs = exported.classify(picture), in_eager.classify(picture)
        assert ours.probabilities.dtype == np.float32
        assert np.abs(ours.probabilities - theirs.probabilities).max() < 1e-4
        for index in range(10):
            assert ours.heat_map(index).dtype == np.float32
            assert np.abs(ours.heat_map(index) - theirs.heat_map(index)).max() < 1e-4


def test_needs_no_torch() -> None:
    code = (
        "import sys; from fashioncam.runtime.loading import load_recogniser as load\n"
        "from fashioncam.settings import Settings; load(Settings()); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("content", [b"", b"no network", resources.own(resources.SEGMENTER).read_bytes()])
def test_other_content_is_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError, match="no exported model"):
        ExportedRecogniser(content)
