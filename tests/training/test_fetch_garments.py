import csv
import io
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer

import cv2
import numpy as np
import pytest
from photographs import shirt_photograph
from PIL import Image

from fashioncam.errors import UserError
from training import fetch_garments
from training.data.cutouts import is_held_out, load_cutouts
from training.data.garment_masks import (
    cut_out,
)
from training.fetch_garments import ARCHIVE_NAME, CLASS_OF, list_photographs, main, run

TOP = "clothing-dataset-0123abc"
TRAINED = [str(i) for i in range(40) if not is_held_out(str(i))]
OWNERS = (TRAINED[0], next(str(i) for i in range(40) if is_held_out(str(i))), TRAINED[1])


def jpeg(image_bgr):
    return cv2.imencode(".jpg", image_bgr)[1].tobytes()


def zipped(members):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{TOP}/{name}", content)
    return written.getvalue()


@pytest.fixture(scope="module")
def data_set():
    """A zip laid out as the data set is: three garments, shoes, a wall without garment, what is no picture, a gap."""
    wall = np.random.default_rng(0).normal(180, 5, (120, 90, 3)).astype(np.uint8)
    labels = ("T-Shirt", "Pants", "Shirt", "Shoes", "Dress", "Top", "Hoodie", "Skip")
    rows = "".join(f"id-{i},{OWNERS[i % 3]},{label},False\n" for i, label in enumerate(labels))
    images = [jpeg(shirt_photograph(seed=i)[0]) for i in range(4)] + [jpeg(wall), b"no picture"]
    return zipped(
        {"images.csv": f"image,sender_id,label,kids\n{rows}", "README.md": "clothes"}
        | {f"images/id-{i}.jpg": content for i, content in enumerate(images)}
    )


@pytest.fixture
def archive(data_set, tmp_path):
    path = tmp_path / "have.zip"
    path.write_bytes(data_set)
    return path


@pytest.fixture(autouse=True)
def one_process(monkeypatch):
    monkeypatch.setattr(fetch_garments, "on_all_cores", lambda function, jobs, what: [function(*job) for job in jobs])


@pytest.fixture
def server(data_set, monkeypatch):
    """Serves what is in `answer` from this machine, as GitHub would, and counts."""

    class Server(HTTPServer):
        answer, announced, status, asked = data_set, len(data_set), 200, 0

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked += 1
            self.send_response(self.server.status)
            self.send_header("Content-Length", str(self.server.announced))
            self.end_headers()
            self.wfile.write(self.server.answer)

        def log_message(self, *args):
            pass

    with Server(("127.0.0.1", 0), Handler) as served:
        thread = threading.Thread(target=served.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setattr(fetch_garments, "ARCHIVE_URL", f"http://127.0.0.1:{served.server_port}/archive.zip")
        yield served
        served.shutdown()
        thread.join()


def table(folder):
    with (folder / "train.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_downloaded_garments_are_what_the_training_reads(server, tmp_path, capsys):
    assert main([str(tmp_path / "garments")]) == 0
    rows = table(tmp_path / "garments")
    assert [(row["file"], row["class_index"], row["sender_id"]) for row in rows] == [
        ("0_id-0.webp", "0", OWNERS[0]), ("1_id-1.webp", "1", OWNERS[1]), ("6_id-2.webp", "6", OWNERS[2]),
    ]  # fmt: skip
    train, validation = load_cutouts(tmp_path / "garments")
    assert (train.labels.tolist(), validation.labels.tolist()) == ([0, 6], [1])
    said = capsys.readouterr().out
    assert "3 cutouts of 5 photographs" in said
    assert "class 1 (Pants): 1 of 1" in said
    assert "shoes are left out" in said
    assert sorted(path.name for path in (tmp_path / "garments").iterdir()) == [ARCHIVE_NAME, "train", "train.csv"]


def test_whole_zip_is_not_fetched_again_and_cutouts_are_kept(server, tmp_path):
    run(tmp_path, None)
    kept, lost = tmp_path / "train" / "0_id-0.webp", tmp_path / "train" / "1_id-1.webp"
    kept.write_bytes(b"as it was")
    lost.unlink()
    run(tmp_path, None)
    assert server.asked == 1
    assert kept.read_bytes() == b"as it was"
    assert lost.exists()


def test_interrupted_run_goes_on(archive, tmp_path, monkeypatch):
    calls = []

    def interrupted(image_bgr):
        calls.append(image_bgr)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return cut_out(image_bgr)

    with monkeypatch.context() as patched:
        patched.setattr(fetch_garments, "cut_out", interrupted)
        assert main([str(tmp_path / "garments"), "--zip", str(archive)]) == 130
    assert [path.name for path in (tmp_path / "garments" / "train").iterdir()] == ["0_id-0.webp"]
    assert main([str(tmp_path / "garments"), "--zip", str(archive)]) == 0
    assert len(table(tmp_path / "garments")) == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"status": 404}, "cannot download"),
        ({"answer": b"x" * 40, "announced": 40}, "not a whole zip"),
        ({"answer": zipped({"README.md": "other"})}, "not the clothing data set"),
    ],
    ids=["not found", "no zip", "another zip"],
)
def test_bad_download_is_one_line_and_leaves_nothing(server, tmp_path, capsys, change, message):
    for name, value in ({"announced": len(change.get("answer", server.answer))} | change).items():
        setattr(server, name, value)
    assert main([str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["train"]


def test_connection_lost_in_the_middle_is_no_complete_zip(server, tmp_path, capsys):
    server.answer = server.answer[:2000]
    assert main([str(tmp_path)]) == 2
    assert "training.fetch_garments: " in capsys.readouterr().err
    assert not (tmp_path / ARCHIVE_NAME).exists()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/archive.zip", "file:///nowhere/archive.zip"], ids=["refused", "no file"]
)
def test_no_network_is_one_line(tmp_path, monkeypatch, capsys, url):
    monkeypatch.setattr(fetch_garments, "ARCHIVE_URL", url)
    assert main([str(tmp_path)]) == 2
    assert f"cannot download {url}" in capsys.readouterr().err


def test_no_space_is_one_line(server, tmp_path, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", full)
    assert main([str(tmp_path)]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"README.md": "x"}, "no images.csv"),
        ({"images.csv": "name,kind\na,b\n"}, "not the clothing data set's"),
        ({"images.csv": b"\xff\xfe"}, "not the clothing data set's"),
        ({"images.csv": "image,sender_id,label\nid-0,1,Pants\n"}, "none of the photographs"),
        ({"images.csv": "image,sender_id,label\na,1,Pants\n", "images/a.jpg": b""}, "no garment could be cut out"),
    ],
    ids=["no table", "other columns", "not text", "no photographs", "no cutouts"],
)
def test_wrong_zip_is_a_user_error(tmp_path, members, message):
    (tmp_path / "wrong.zip").write_bytes(zipped(members))
    with pytest.raises(UserError, match=message):
        run(tmp_path / "garments", tmp_path / "wrong.zip")


def test_zip_that_is_not_there_is_a_user_error(tmp_path):
    with pytest.raises(UserError, match="not a whole zip"):
        run(tmp_path / "garments", tmp_path / "nowhere.zip")


def test_zip_with_a_damaged_photograph_is_a_user_error(archive, tmp_path, data_set):
    place = data_set.index(b"images/id-1.jpg") + 500
    archive.write_bytes(data_set[:place] + bytes(200) + data_set[place + 200 :])
    with pytest.raises(UserError, match="damaged"):
        run(tmp_path / "garments", archive)


def test_garments_of_another_source_are_not_overwritten(archive, garments):
    with pytest.raises(UserError, match=r"another source, such as 0\.png"):
        run(garments, archive)
    assert len(table(garments)) == 12


def test_folder_that_is_a_file_is_a_user_error(archive):
    with pytest.raises(UserError, match="give another place"):
        run(archive, archive)


def test_shoes_and_what_has_no_class_are_left_out(archive):
    assert [photograph.source_label for photograph in list_photographs(archive)] == [
        "T-Shirt", "Pants", "Shirt", "Dress", "Top",
    ]  # fmt: skip
    assert not {"Shoes", "Hat", "Skirt", "Shorts", "Not sure"} & set(CLASS_OF)


def test_cutout_on_disk_has_its_colours_in_order(archive, tmp_path):
    run(tmp_path / "garments", archive)
    with Image.open(tmp_path / "garments" / "train" / "0_id-0.webp") as opened:
        rgba = np.asarray(opened)
    assert rgba.shape[2] == 4
    np.testing.assert_allclose(rgba[rgba.shape[0] // 2, rgba.shape[1] // 2], (30, 60, 170, 255), atol=12)
