from pathlib import Path

import pytest
import torch

from fashioncam.errors import UserError
from fashioncam.pipeline.onnx_session import open_session
from training.engine.segmentation_net import SegmentationNet
from training.engine.segmentation_weights import load_exported, measure_statistics
from training.train_segmenter import Exported

SHIPPED = Path(__file__).parents[3] / "weights" / "segmenter.onnx"


@pytest.fixture
def net():
    net = SegmentationNet()
    load_exported(SHIPPED, net)
    return net.eval()


@pytest.fixture(scope="module")
def pictures():
    """A grey room, and a red item before it."""
    frame_and_expected = torch.full((1, 6, 120, 160), 120.0)
    frame_and_expected[:, :3, 30:90, 50:110] = torch.tensor((40.0, 30.0, 200.0))[:, None, None]
    noise = torch.randn(frame_and_expected.shape, generator=torch.Generator().manual_seed(0))
    return (frame_and_expected + noise).byte()


def likelihood(net, pictures):
    with torch.no_grad():
        return net(pictures.float()).sigmoid()[0, 0]


def test_network_answers_as_the_file_it_comes_from(net, pictures):
    (wanted,) = open_session(SHIPPED.read_bytes()).run(None, {"pictures": pictures.numpy()})
    assert (wanted > 127).sum() > 500
    with torch.no_grad():
        found = Exported(net)(pictures)
    assert (found.int() - torch.from_numpy(wanted).int()).abs().max() <= 1  # of 255, by rounding


def test_new_statistics_change_no_answer_and_are_those_of_the_batch(net, pictures):
    before = likelihood(net, pictures)
    measure_statistics(net, [pictures.float()])
    assert (likelihood(net, pictures) - before).abs().max() < 1e-3
    net.train()  # norms by the statistics of this batch, which are the measured ones
    assert (likelihood(net, pictures) - before).abs().max() < 0.02


def test_file_of_something_else_is_said_in_one_line(tmp_path):
    (tmp_path / "net.onnx").write_bytes(b"none")
    for path in (tmp_path / "net.onnx", tmp_path / "missing.onnx", SHIPPED.with_name("hybrid.onnx")):
        with pytest.raises(UserError, match="not an exported segmentation network") as raised:
            load_exported(path, SegmentationNet())
        assert "\n" not in str(raised.value)
