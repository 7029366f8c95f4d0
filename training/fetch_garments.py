"""Download photographs of garments (CC0) and cut the garments out, for --garments of the other commands.

    python -m training.fetch_garments FOLDER

The photographs are github.com/alexeygrigorev/clothing-dataset. Shoes are left out: the set does not say which are
sandals, sneakers and ankle boots; Fashion-MNIST's own shoes and rendered ones stand in. A killed run goes on: a zip
that is whole is not fetched again, cutouts are not made again; photographs that were refused are tried again.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import signal
import sys
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from multiprocessing import parent_process
from pathlib import Path, PurePosixPath
from urllib.request import urlopen
from zipfile import BadZipFile, ZipFile

import cv2
import numpy as np
from PIL import Image
from tqdm import tqdm

from fashioncam.atomic_write import atomic_write
from fashioncam.errors import UserError
from training.base.output_files import make_folder
from training.base.processes import on_all_cores
from training.data.garment_masks import cut_out

from .command import command

ARCHIVE_URL = "https://github.com/alexeygrigorev/clothing-dataset/archive/08b50460cf229fd852bb6c11564e0959f52578ca.zip"
ARCHIVE_NAME = "clothing-dataset.zip"
TIMEOUT_S = 60  # without a byte
# Fashion-MNIST's class of each label; the labels that are missing have none (shorts, hats), or not one (shoes).
CLASS_OF = {
    "T-Shirt": 0, "Top": 0, "Undershirt": 0, "Pants": 1, "Longsleeve": 2, "Hoodie": 2, "Dress": 3,
    "Blazer": 4, "Outwear": 4, "Shirt": 6, "Blouse": 6,
}  # fmt: skip
CHUNK = 8  # photographs that a process takes at a time: to open the zip takes time as well
QUALITY = 90  # of WebP


@dataclass(frozen=True, slots=True)
class Photograph:
    """A photograph in the zip: its place there, the file of its cutout, its class, its owner and its own label."""

    member: str
    file: str
    class_index: int
    sender_id: str
    source_label: str


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="where train/, train.csv and the zip go; new, or of an earlier run")
    parser.add_argument("--zip", type=Path, help=f"the data set, if you have it already; default: {ARCHIVE_URL}")


def run(folder: Path, archive: Path | None) -> str:
    """Fetch unless there is an `archive`, cut out, write the table; returns what there is now, in lines.

    Raises:
        UserError: no network or no space; the zip or the folder is not what it should be.
    """
    make_folder(folder / "train", "FOLDER")
    archive = archive or fetched(folder / ARCHIVE_NAME)
    photographs = list_photographs(archive)
    refuse_other_garments(folder / "train.csv", photographs)
    cut_out_all(archive, folder / "train", photographs)
    kept = [photograph for photograph in photographs if (folder / "train" / photograph.file).exists()]
    if not kept:
        raise UserError(f"{archive}: no garment could be cut out of its {len(photographs)} photographs")
    write_table(folder / "train.csv", kept)
    return summary(folder, photographs, kept)


def fetched(archive: Path) -> Path:
    """`archive`, downloaded unless it is there; it has its name only when it is whole."""
    if archive.exists():
        return archive
    try:
        with atomic_write(archive) as part:  # GitHub makes each zip anew, so that no download goes on in its middle
            with urlopen(ARCHIVE_URL, timeout=TIMEOUT_S) as response, part.open("wb") as file:
                size = int(response.headers.get("Content-Length") or 0) or None  # GitHub does not always say
                bar = tqdm.wrapattr(file, "write", total=size, desc="download", leave=False, disable=None)
                with bar as counted:
                    shutil.copyfileobj(response, counted)
            list_photographs(part)
    except (OSError, HTTPException) as error:
        reason = " ".join(str(getattr(error, "reason", None) or error).split())
        raise UserError(f"cannot download {ARCHIVE_URL} ({reason}); try again, or give the file with --zip") from None
    return archive


def list_photographs(archive: Path) -> list[Photograph]:
    """The photographs of garments that have a class, in the order of the data set's own table.

    Raises:
        UserError: the file is no whole zip, or not of this data set.
    """
    try:
        with ZipFile(archive) as opened:
            members = set(opened.namelist())
            table = next((name for name in sorted(members) if PurePosixPath(name).name == "images.csv"), None)
            if table is None:
                raise UserError(f"{archive}: no images.csv in it; this is not the clothing data set")
            rows = list(csv.DictReader(opened.read(table).decode().splitlines()))
        top = PurePosixPath(table).parent
        listed = [as_photograph(row, top) for row in rows if row["label"] in CLASS_OF]
    except (OSError, BadZipFile, zlib.error, EOFError) as error:
        raise UserError(f"{archive}: not a whole zip ({error}); get it again") from None
    except (KeyError, ValueError) as error:
        raise UserError(f"{archive}: its images.csv is not the clothing data set's ({error})") from None
    photographs = [photograph for photograph in listed if photograph.member in members]
    if not photographs:
        raise UserError(f"{archive}: none of the photographs in its images.csv is there; get it again")
    return photographs


def as_photograph(row: dict[str, str], top: PurePosixPath) -> Photograph:
    """A row of images.csv, whose folder in the zip is `top`."""
    member, class_index = top / "images" / f"{row['image']}.jpg", CLASS_OF[row["label"]]
    return Photograph(str(member), f"{class_index}_{member.stem}.webp", class_index, row["sender_id"], row["label"])


def refuse_other_garments(table: Path, photographs: Sequence[Photograph]) -> None:
    """UserError if the folder's table has garments that are not of the data set: they would be lost."""
    if not table.exists():
        return
    ours = {photograph.file for photograph in photographs}
    try:
        with table.open(newline="", encoding="utf-8") as file:
            foreign = [row["file"] for row in csv.DictReader(file) if row["file"] not in ours]
    except (OSError, KeyError, ValueError) as error:
        raise UserError(f"{table}: not a table of garments ({error}); give another FOLDER") from None
    if foreign:
        raise UserError(f"{table}: has garments of another source, such as {foreign[0]}; give another FOLDER")


def cut_out_all(archive: Path, folder: Path, photographs: Sequence[Photograph]) -> None:
    """Cut out on all cores what `folder` does not have yet."""
    missing = [photograph for photograph in photographs if not (folder / photograph.file).exists()]
    chunks = [missing[start : start + CHUNK] for start in range(0, len(missing), CHUNK)]
    on_all_cores(cut_out_some, [(archive, folder, chunk) for chunk in chunks], "cutouts")


def cut_out_some(archive: Path, folder: Path, photographs: Sequence[Photograph]) -> None:
    """Write the cutouts of those photographs whose mask is plausible."""
    if parent_process() is not None:  # one core a process; Ctrl+C is for the command, which lets chunks end
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        cv2.setNumThreads(1)
    try:
        with ZipFile(archive) as opened:
            for photograph in photographs:
                encoded = np.frombuffer(opened.read(photograph.member), np.uint8)
                # Turned as its camera says; None if it is no picture.
                image_bgr = cv2.imdecode(encoded, cv2.IMREAD_COLOR) if encoded.size else None
                cutout = None if image_bgr is None else cut_out(image_bgr)
                if cutout is not None:
                    write_cutout(folder / photograph.file, cutout)
    except (BadZipFile, zlib.error, EOFError) as error:
        raise UserError(f"{archive}: damaged ({error}); delete it and get it again") from None
    except OSError as error:
        raise UserError(f"{folder}: {error}; make room there, or give another FOLDER") from None


def write_cutout(path: Path, cutout_bgra: np.ndarray) -> None:
    """Write h x w x 4 uint8 as WebP; never half of it."""
    with atomic_write(path) as unfinished:
        Image.fromarray(cv2.cvtColor(cutout_bgra, cv2.COLOR_BGRA2RGBA)).save(unfinished, "WEBP", quality=QUALITY)


def write_table(table: Path, kept: Sequence[Photograph]) -> None:
    """Write train.csv as `training.data.cutouts` reads it; UserError if there is no room for it."""
    try:
        with atomic_write(table) as unfinished, unfinished.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("file", "class_index", "sender_id", "source_label"))
            writer.writerows((row.file, row.class_index, row.sender_id, row.source_label) for row in kept)
    except OSError as error:
        raise UserError(f"{table}: {error.strerror}; make room there, or give another FOLDER") from None


def summary(folder: Path, photographs: Sequence[Photograph], kept: Sequence[Photograph]) -> str:
    """How many photographs of each class became cutouts."""
    seen, good = (Counter(photograph.class_index for photograph in part) for part in (photographs, kept))
    labels = {index: "/".join(label for label, own in CLASS_OF.items() if own == index) for index in sorted(seen)}
    counts = "\n".join(f"  class {index} ({labels[index]}): {good[index]} of {seen[index]}" for index in labels)
    return (
        f"{folder}: {len(kept)} cutouts of {len(photographs)} photographs; the other masks are not plausible\n"
        f"{counts}\n  shoes are left out, since sandals, sneakers and ankle boots are not told apart"
    )


main = command("training.fetch_garments", __doc__, add_options, lambda args: run(args.folder, args.zip))

if __name__ == "__main__":
    sys.exit(main())
