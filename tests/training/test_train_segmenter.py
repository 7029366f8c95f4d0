from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from PIL import Image

from fashioncam.errors import UserError
from fashioncam.pipeline.segmentation.learned import LearnedSegmenter
from training import train_segmenter
from training.data.cutouts import EDGE_PX, load_cutouts, oversampled
from training.data.fashion_mnist import Split
from training.engine.segmentation_net import SegmentationNet
from training.synthesis.drawn import rooms
from training.train_segmenter import Exported, Photographs, export, main, segmentation_loss


@pytest.fixture
def small(monkeypatch):
    """Two batches an epoch, one for validation, of small pictures in this process."""
    monkeypatch.setattr(train_segmenter, "STEPS_PER_EPOCH", 4)
    monkeypatch.setattr(train_segmenter, "VALIDATION_BATCHES", 1)
    monkeypatch.setattr(train_segmenter, "VALIDATION_BATCH", 8)
    monkeypatch.setattr(train_segmenter, "on_all_cores", lambda function, jobs, what: [function(*job) for job in jobs])
    monkeypatch.setattr(rooms, "ROOM_WH", (60, 45))
    monkeypatch.setattr(train_segmenter, "SIZES_HW", ((32, 40),))


def trained(garments, run, epochs, batch_size=4, device="cpu", **more):
    numbers = {"rooms": 20, "epochs": epochs, "batch_size": batch_size, "seed": 3}
    return train_segmenter.fit(garments, **numbers, folder=run, device=torch.device(device), **more).state_dict()


def test_rooms_come_in_chunks_and_differ(garments, small, monkeypatch):
    monkeypatch.setattr(train_segmenter, "ROOMS_CHUNK", 7)
    train, validation = train_segmenter.banks(garments, 20, 0)
    rooms = torch.cat((validation.rooms, train.rooms))
    assert rooms.shape == (20, 3, 45, 60)
    assert len(rooms.unique(dim=0)) == 20


def test_run_of_another_batch_size_is_not_gone_on_with(garments, tmp_path, small):
    trained(garments, tmp_path, epochs=1)
    with pytest.raises(UserError, match="belongs to another"):
        trained(garments, tmp_path, epochs=1, batch_size=8)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")
def test_network_comes_back_from_the_gpu(garments, tmp_path, small):
    weights = trained(garments, tmp_path, epochs=2, device="cuda")
    assert all(not weight.is_cuda and weight.isfinite().all() for weight in weights.values())


def test_owners_are_split_not_pictures(garments):
    train, validation = load_cutouts(garments)
    assert (len(train.images), len(validation.images)) == (9, 3)
    assert train.images.shape[1:] == (4, EDGE_PX, EDGE_PX)
    assert train.images.dtype == torch.uint8


def test_rare_classes_come_more_often():
    classes = torch.tensor([0] * 6 + [5] * 3 + [7])
    repeated = oversampled(Split(torch.arange(10), classes))
    assert repeated.images.tolist() == [0, 1, 2, 3, 4, 5, 6, 6, 7, 7, 8, 8, 9, 9, 9, 9, 9, 9]
    assert repeated.labels.tolist() == [0] * 6 + [5] * 6 + [7] * 6


def test_colours_come_times_alpha_in_the_cameras_order(garments):
    train, _ = load_cutouts(garments)
    assert train.images[0, :, 0, 0].tolist() == [0, 0, 0, 0]
    assert train.images[0, :, 64, 64].tolist() == [90, 200, 0, 255]


def test_killed_and_resumed_run_ends_as_an_uninterrupted_one(garments, tmp_path, small, monkeypatch):
    whole = trained(garments, tmp_path / "whole", epochs=2)

    calls = []

    def killed(net, bank):
        calls.append(net)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return dict.fromkeys(("iou", "found", "false_alarm"), 0.0)

    with monkeypatch.context() as patched:
        patched.setattr(train_segmenter, "validate", killed)
        with pytest.raises(KeyboardInterrupt):
            trained(garments, tmp_path / "parts", epochs=2)
    resumed = trained(garments, tmp_path / "parts", epochs=2)
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


@pytest.fixture
def photographs(tmp_path):
    """Folders of twenty people, hands and things each."""
    inside = {"people": np.s_[10:60, 5:30], "hands": np.s_[20:60, 20:30], "things": np.s_[5:55, 5:45]}
    for folder, part in inside.items():
        (tmp_path / folder).mkdir()
        for index in range(20):
            rgba = np.zeros((60, 50, 4), np.uint8)
            rgba[part] = (200, 9 * index, 90, 255)
            Image.fromarray(rgba).save(tmp_path / folder / f"{index}.png")
    return Photographs(*([tmp_path / folder] for folder in inside))


def test_people_and_hands_are_held_out_too(garments, photographs, small):
    train, validation = train_segmenter.banks(garments, 20, 0, photographs)
    assert train.people is not None
    assert validation.people is not None
    for part in ("people", "hands", "heads"):
        assert len(getattr(train.people, part)) + len(getattr(validation.people, part)) == 20
    without = train_segmenter.banks(garments, 20, 0)
    assert sum(len(bank.cutouts) for bank in (train, validation)) == 20 + sum(len(bank.cutouts) for bank in without)


def test_run_from_an_exported_network_with_people_resumes(garments, photographs, tmp_path, small, monkeypatch):
    export(SegmentationNet().eval(), tmp_path / "initial.onnx")
    more = {"photographs": photographs, "initial": tmp_path / "initial.onnx"}
    whole = trained(garments, tmp_path / "whole", epochs=2, **more)
    with monkeypatch.context() as patched:
        patched.setattr(train_segmenter, "store", stopping_after_one(train_segmenter.store))
        with pytest.raises(KeyboardInterrupt):
            trained(garments, tmp_path / "parts", epochs=2, **more)
    resumed = trained(garments, tmp_path / "parts", epochs=2, **more)
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    with pytest.raises(UserError, match="belongs to another"):
        trained(garments, tmp_path / "parts", epochs=2)


def stopping_after_one(store):
    """`store`, as if the process were killed when the first epoch's state is written."""

    def stored(*arguments):
        store(*arguments)
        raise KeyboardInterrupt

    return stored


def test_people_without_hands_are_refused(tmp_path, capsys):
    assert main(["--garments", str(tmp_path), "--people", str(tmp_path)]) == 2
    assert "--hands" in capsys.readouterr().err


def test_initial_network_that_is_none_is_said_in_one_line(garments, tmp_path, capsys):
    (tmp_path / "net.onnx").write_bytes(b"none")
    places = ["--run", str(tmp_path / "run"), "--out", str(tmp_path / "out.onnx")]
    assert main(["--garments", str(garments), "--initial", str(tmp_path / "net.onnx"), *places]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "net.onnx" in error


def test_a_few_steps_lower_the_loss(garments, small):
    train, _ = train_segmenter.banks(garments, 20, 0)
    batch = train_segmenter.compose(train, 16, (32, 40), torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    net = SegmentationNet()
    optimizer = torch.optim.AdamW(net.parameters(), lr=4e-3)
    losses = [train_segmenter.train_step(net, optimizer, batch, "fp32").item() for _ in range(30)]
    assert losses[-1] < 0.75 * losses[0]
    assert all(parameter.grad is not None for parameter in net.parameters())


def test_loss_of_a_perfect_and_of_a_half_right_answer():
    item = torch.zeros(1, 1, 8, 16)
    item[..., :8] = 1
    sure = (item * 2 - 1) * 50
    assert segmentation_loss(sure, item).item() == pytest.approx(0, abs=1e-6)
    # Nothing known: log 2 a pixel, and an IoU of 32 / (64 + 64 - 32).
    assert segmentation_loss(sure * 0, item).item() == pytest.approx(np.log(2) + 1 - 32 / 96, abs=1e-5)


def test_loss_of_an_empty_batch_is_finite():
    assert segmentation_loss(torch.zeros(2, 1, 8, 8), torch.zeros(2, 1, 8, 8)).isfinite()


@pytest.mark.parametrize("size_hw", [(120, 160), (90, 160), (160, 120), (16, 16)], ids=str)
def test_network_takes_any_even_size(size_hw):
    net = SegmentationNet().eval()
    assert net(torch.zeros(2, 6, *size_hw)).shape == (2, 1, *size_hw)


def test_network_stays_small():
    assert sum(parameter.numel() for parameter in SegmentationNet().parameters()) <= 250_000


def test_exported_file_answers_as_the_network_does(tmp_path):
    torch.manual_seed(0)
    net = SegmentationNet().eval()
    export(net, tmp_path / "net.onnx")
    segmenter = LearnedSegmenter((tmp_path / "net.onnx").read_bytes())
    rng = np.random.default_rng(0)
    for size_hw in ((120, 160), (90, 160)):
        frame, expected = rng.integers(0, 256, (2, *size_hw, 3), np.uint8)
        with torch.no_grad():
            pictures = torch.from_numpy(np.concatenate((frame, expected), axis=2)).permute(2, 0, 1)[None]
            wanted = Exported(net)(pictures).numpy()
        found = segmenter.likelihood(frame, expected, np.zeros(size_hw, np.uint8))
        assert np.abs(found.astype(int) - wanted).max() <= 1
    assert str(Path(train_segmenter.__file__).parent).encode() not in (tmp_path / "net.onnx").read_bytes()
    options = onnxruntime.InferenceSession(tmp_path / "net.onnx").get_inputs()
    assert [entry.name for entry in options] == ["pictures"]


def test_folder_that_is_no_garments_is_said_in_one_line(tmp_path, capsys):
    assert main(["--garments", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "train.csv" in error


@pytest.mark.parametrize(
    ("option", "number"), [("--rooms", "0"), ("--epochs", "0"), ("--batch-size", "0"), ("--seed", "-1")]
)
def test_number_that_is_too_small_is_refused(option, number, tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["--garments", str(tmp_path), option, number])
    assert "or more" in capsys.readouterr().err


@pytest.mark.parametrize(("option", "name"), [("--run", "file/run"), ("--out", "file/net.onnx"), ("--out", "")])
def test_place_that_cannot_be_written_is_said_before_the_work(option, name, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setattr(train_segmenter, "fit", lambda *arguments, **named: pytest.fail("worked in vain"))
    places = {"--run": str(tmp_path / "run"), "--out": str(tmp_path / "net.onnx"), option: str(tmp_path / name)}
    assert main(["--garments", "garments", *(text for pair in places.items() for text in pair)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    "row",
    ["1.png", "1.png,0", "1.png,10,7", "1.png,-1,7", f"{'1' * 200_000},0,7"],
    ids=["cut", "no owner", "class 10", "class -1", "endless"],
)
def test_row_that_makes_no_sense_is_said_in_one_line(row, garments, tmp_path, capsys):
    with (garments / "train.csv").open("a") as file:
        file.write(row)
    assert main(["--garments", str(garments), "--run", str(tmp_path / "run"), "--out", str(tmp_path / "net")]) == 2
    error = capsys.readouterr().err
    assert "not a folder of garment cutouts" in error
    assert error.count("\n") == 1


def test_table_of_a_single_owner_is_refused(garments, capsys):
    rows = (garments / "train.csv").read_text().splitlines()
    (garments / "train.csv").write_text("\n".join([rows[0], rows[1], rows[5]]))
    assert main(["--garments", str(garments)]) == 2
    assert "few owners" in capsys.readouterr().err
