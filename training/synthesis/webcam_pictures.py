"""Garments as the program itself sees them: held up to a simulated webcam, found by its segmenter, made its input.

A garment that goes through the real segmentation and the real `garment_input` arrives as in use: with a ragged or
partly missing outline, a piece of arm or shadow that was taken for cloth, the camera's light and noise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from fashioncam import resources
from fashioncam.atomic_write import atomic_write
from fashioncam.errors import UserError
from fashioncam.messages import Image, InputDescription, Segment
from fashioncam.pipeline.garment_input import garment_input
from fashioncam.pipeline.scene.background_model import shrink
from fashioncam.pipeline.segmentation.item_mask import found_item, to_segment
from fashioncam.pipeline.segmentation.learned import LearnedSegmenter
from fashioncam.pipeline.segmentation.segmenter import Segmenter
from training.augmentation.webcam import cover_of
from training.base.output_files import make_folder
from training.base.processes import on_all_cores
from training.data.cutouts import EDGE_PX, Entry, held_out_entries, load_cutouts, oversampled, own_segment, read_picture
from training.data.fashion_mnist import NOT_A_GARMENT, FashionMnist, Split, WebcamPictures, fingerprint
from training.synthesis.drawn.objects import draw_object
from training.synthesis.drawn.rooms import draw_rooms
from training.synthesis.rendered.bags import render_bag
from training.synthesis.rendered.clothes import Coat, Pullover, Shirt
from training.synthesis.rendered.dresses import Dress, Top
from training.synthesis.rendered.flat_garment import render_flat
from training.synthesis.rendered.objects import render_object
from training.synthesis.rendered.sandals import Sandal
from training.synthesis.rendered.shoes import Boot, Sneaker, render_shoes

from .composites import DRAWN_ITEM, NO_ITEM, Bank, compose

Draw: TypeAlias = Callable[[np.random.Generator, np.ndarray], Image]

# 4:3, 16:9 and portrait. Items are 32 to 192 pixels long: enough for an input of 28.
SIZES_HW = ((144, 192), (144, 192), (108, 192), (192, 144))
BATCH = 4  # composites; so few stay in the processor's cache
FOUND_MASK_IOU = 0.6  # with less of a garment found, its label would be a guess
TOLERANCE_LEVELS = 6  # what the learned background allows for noise
OTHERS_SHARE = 0.3  # at most so many pictures of other objects per garment
TRAIN_COUNT, VALIDATION_COUNT = 32_000, 2_000
TRAIN, VALIDATION = range(2)
FOLDER = Path("runs/webcam-pictures")
VERSION = 9  # of what makes them; saved pictures of another version are made again
# Of Fashion-MNIST's own pictures, by class: photographs of bags are missing, those of shoes few.
BORROWED = {5: 60, 7: 60, 8: 400, 9: 160}
# What is drawn or rendered to be held up: its label, and how many to train on and to validate on.
SYNTHETIC: dict[Draw, tuple[int, int, int]] = {
    render_bag: (8, 500, 60),
    partial(render_shoes, Boot): (9, 400, 40),
    partial(render_shoes, Sneaker): (7, 300, 40),
    partial(render_shoes, Sandal): (5, 300, 40),
    partial(render_flat, Coat): (4, 250, 30),
    partial(render_flat, Pullover): (2, 250, 30),
    partial(render_flat, Shirt): (6, 250, 30),
    partial(render_flat, Dress): (3, 250, 30),
    partial(render_flat, Top): (0, 150, 20),
    render_object: (NOT_A_GARMENT, 500, 100),
    draw_object: (NOT_A_GARMENT, 1_000, 200),
}
CUTOUT_OBJECTS = 900  # the first of the other objects are also among the cutouts that are varied without being held up
CHUNK, SYNTHETIC_CHUNK = 250, 50
ROOMS = 40  # drawn for each chunk


def load_or_make(garments: Path, dataset: FashionMnist, seed: int, folder: Path = FOLDER) -> WebcamPictures:
    """The pictures from a folder of cutouts (see `training.data.cutouts`); saved in `folder` and read from there again.

    Whatever the number of processes, the same seed makes the same pictures.

    Raises:
        UserError: the folder of cutouts is not as expected, or `folder` cannot be written or holds a damaged file.
    """
    train, validation = load_cutouts(garments)
    garments_digest = fingerprint(tensor for part in (train, validation) for tensor in (part.images, part.labels))
    segmenter_digest = hashlib.sha256(resources.own(resources.SEGMENTER).read_bytes()).hexdigest()
    counts = TRAIN_COUNT, VALIDATION_COUNT
    made_of = VERSION, garments_digest[:12], segmenter_digest[:8], dataset.input.size, seed, *counts
    file = folder / f"webcam-{'-'.join(map(str, made_of))}.pt"
    photographs = with_own_masks(held_out_entries(garments), dataset.input)
    train = oversampled(train)
    if not file.exists():
        make_folder(folder, "`cd` before the command")
        splits = make_all(train, oversampled(validation), dataset, seed)
        with atomic_write(file) as unfinished:
            torch.save([(split.images, split.labels) for split in splits], unfinished)
    try:
        made, validation_made, items = (Split(*pair) for pair in torch.load(file, weights_only=True))
    except Exception:  # noqa: BLE001 - a damaged file fails in a dozen ways
        raise UserError(f"{file} is damaged; delete it to make the pictures again") from None
    some = (items.labels != NOT_A_GARMENT) | ((items.labels == NOT_A_GARMENT).cumsum(dim=0) <= CUTOUT_OBJECTS)
    cutouts = joined(train, Split(items.images[some], items.labels[some]))
    return WebcamPictures(made, validation_made, cutouts, photographs)


def make_all(train: Split, validation: Split, dataset: FashionMnist, seed: int) -> tuple[Split, Split, Split]:
    """Inputs to train on, to validate on, and the synthetic cutouts among the first, from cutouts of photographs."""
    items, validation_items = (synthetic_cutouts(part, seed) for part in (TRAIN, VALIDATION))
    held_up = joined(train, items, borrowed(dataset.train, torch.Generator().manual_seed(seed)))
    made = make(held_up, dataset.input, TRAIN_COUNT, 2 * seed)
    validation_made = make(joined(validation, validation_items), dataset.input, VALIDATION_COUNT, 2 * seed + 1)
    return made, validation_made, items


def make(cutouts: Split, description: InputDescription, count: int, seed: int) -> Split:
    """`count` inputs, made on all cores."""
    chunks = -(-count // CHUNK)
    jobs = [(cutouts, description, seed * 100_003 + number) for number in range(chunks)]
    made = on_all_cores(make_chunk, jobs, "webcam pictures")
    whole = joined(*made)
    return Split(whole.images[:count], whole.labels[:count])


def synthetic_cutouts(part: int, seed: int) -> Split:
    """The cutouts of `SYNTHETIC` to train or to validate on, made on all cores."""
    jobs, labels = [], []
    for kind, (draw, (label, *counts)) in enumerate(SYNTHETIC.items()):
        labels += [label] * counts[part]
        for first in range(0, counts[part], SYNTHETIC_CHUNK):
            jobs.append((draw, min(SYNTHETIC_CHUNK, counts[part] - first), (seed, part, kind, first)))
    pictures = np.concatenate(on_all_cores(make_cutouts, jobs, "synthetic garments"))
    return Split(torch.from_numpy(pictures).permute(0, 3, 1, 2).contiguous(), torch.tensor(labels))


def make_cutouts(draw: Draw, count: int, seed: tuple[int, ...]) -> Image:
    """So many drawn or rendered cutouts: count x 128 x 128 x 4 uint8."""
    rng = np.random.default_rng(seed)
    rooms = draw_rooms(rng, ROOMS)
    return np.stack([draw(rng, rooms) for _ in range(count)])


def make_chunk(cutouts: Split, description: InputDescription, seed: int) -> Split:
    """`CHUNK` inputs before rooms of their own: garments with their labels, other objects with `NOT_A_GARMENT`."""
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    rooms = draw_rooms(rng, ROOMS)
    seen = islice(seen_items(cutouts, torch.from_numpy(rooms).permute(0, 3, 1, 2), description, generator), CHUNK)
    images, labels = zip(*seen, strict=True)
    return Split(torch.from_numpy(np.stack(images))[:, None], torch.tensor(labels))


def seen_items(
    cutouts: Split, rooms: Tensor, description: InputDescription, generator: torch.Generator
) -> Iterator[tuple[Image, int]]:
    """Inputs, size x size uint8, and their labels, without end."""
    segmenter = LearnedSegmenter(resources.own(resources.SEGMENTER).read_bytes())
    bank = Bank(cutouts.images, rooms)
    garments, others = 0, 0
    while True:
        size_hw = SIZES_HW[int(torch.randint(len(SIZES_HW), (), generator=generator))]
        batch = compose(bank, BATCH, size_hw, generator)
        frames, backgrounds = as_pictures(batch.frame), as_pictures(batch.expected)
        for index, place in enumerate(batch.cutout.tolist()):
            label = label_of(place, cutouts.labels)
            if label is None or (label == NOT_A_GARMENT and others >= OTHERS_SHARE * garments):
                continue
            segment = found_segment(frames[index], backgrounds[index], segmenter)
            if segment is None:
                continue
            if place != NO_ITEM and mask_iou(segment, batch.item[index, 0].numpy() > 0.5) < FOUND_MASK_IOU:
                continue
            garments, others = garments + (label >= 0), others + (label == NOT_A_GARMENT)
            yield garment_input(frames[index], segment, description), label


def with_own_masks(entries: Sequence[Entry], description: InputDescription) -> Split:
    """The inputs of garments, made with the masks that they came with; UserError if one cannot be read."""
    images = []
    for entry in entries:
        try:
            picture = read_picture(entry.path)
        except (OSError, ValueError) as error:
            raise UserError(f"{entry.path}: {error}") from None
        images.append(garment_input(np.ascontiguousarray(picture[..., :3]), own_segment(picture), description))
    labels = torch.tensor([entry.class_index for entry in entries])
    return Split(torch.from_numpy(np.stack(images))[:, None], labels)


def label_of(place: int, labels: Tensor) -> int | None:
    """The label of a composite's item, by its `cutout`; None if it is ambiguous."""
    if place >= 0:
        return int(labels[place])
    return NOT_A_GARMENT if place in (NO_ITEM, DRAWN_ITEM) else None


def found_segment(frame_bgr: Image, background_bgr: Image, segmenter: Segmenter) -> Segment | None:
    """The item that the program finds in a frame, given the background in the same light, both h x w x 3 uint8."""
    small_bgr, expected_bgr = shrink(frame_bgr), shrink(background_bgr)
    tolerance = np.full(small_bgr.shape[:2], TOLERANCE_LEVELS, np.uint8)
    likelihood = segmenter.likelihood(small_bgr, expected_bgr, tolerance)
    item, _ = found_item(likelihood, small_bgr, expected_bgr, tolerance)
    height, width = frame_bgr.shape[:2]
    return None if item is None else to_segment(item, (width, height))


def mask_iou(segment: Segment, item: np.ndarray) -> float:
    """Intersection over union of a segment and the item's true mask, H x W bool."""
    x, y, w, h = segment.box
    found = segment.mask > 0
    both = np.count_nonzero(found & item[y : y + h, x : x + w])
    return both / (np.count_nonzero(found) + np.count_nonzero(item) - both)


def as_pictures(batch: Tensor) -> Image:
    """N x C x h x w uint8 -> N x h x w x C."""
    return np.ascontiguousarray(batch.permute(0, 2, 3, 1).numpy())


def joined(*parts: Split) -> Split:
    """The pictures of all parts, one after the other."""
    return Split(torch.cat([part.images for part in parts]), torch.cat([part.labels for part in parts]))


def borrowed(fashion: Split, generator: torch.Generator) -> Split:
    """Some of Fashion-MNIST's own pictures as cutouts."""
    chosen = [(fashion.labels == label).nonzero().flatten()[:number] for label, number in BORROWED.items()]
    places = torch.cat(chosen)
    return as_cutouts(Split(fashion.images[places], fashion.labels[places]), generator)


def as_cutouts(split: Split, generator: torch.Generator) -> Split:
    """Fashion-MNIST's pictures as cutouts in random colours, for classes of which there are few photographs."""
    size = (EDGE_PX, EDGE_PX)
    alpha = ((F.interpolate(cover_of(split.images), size, mode="bicubic") - 0.5) * 4 + 0.5).clamp(0, 1)
    grey = F.interpolate(255.0 - split.images.float(), size, mode="bicubic").clamp(0, 255)
    tint = torch.rand(len(split), 3, 1, 1, generator=generator) * 0.6 + 0.7
    pictures = torch.cat(((grey * tint).clamp(0, 255) * alpha, 255 * alpha), dim=1)
    return Split(pictures.byte(), split.labels)
