"""Train the network that finds the item, and export it.

    python -m training.train_segmenter --garments FOLDER

FOLDER holds cutouts of garments (see `training.data.cutouts`); rooms, light, arms and noise are made on the way. With
`--people` and `--hands`, photographs of both come into half of the pictures; with `--things`, other items are held up
too (see `training.data.people_cutouts`). The run's state goes to runs/segmenter-SEED; the same command resumes a killed
run.

`--initial FILE.onnx` goes on from an exported network, with smaller steps.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR

from fashioncam.errors import UserError
from fashioncam.models.base import find_device
from fashioncam.pipeline.segmentation.item_mask import AREA_LIMITS
from training.base.output_files import make_folder, make_place_for
from training.base.processes import on_all_cores, progress
from training.data.cutouts import load_cutouts, oversampled
from training.data.fashion_mnist import fingerprint
from training.data.people_cutouts import load_hands, load_people, load_things
from training.engine.optimization import descend, fastest_precision, moving_average, one_cycle
from training.engine.run_log import RunLog
from training.engine.run_state import restore, store
from training.engine.segmentation_net import WIDTHS, SegmentationNet
from training.engine.segmentation_weights import load_exported, measure_statistics
from training.synthesis import composites, photographed_hands, photographed_people
from training.synthesis.composites import Bank, Composites, compose, mirrored
from training.synthesis.drawn import people
from training.synthesis.drawn.rooms import draw_rooms
from training.synthesis.photographed_people import People

from .command import add_compute, at_least, command
from .export import require_exporter, write_onnx

SIZES_HW = ((120, 160), (120, 160), (90, 160), (160, 120))  # 4:3, 16:9 and portrait, scaled down
STEPS_PER_EPOCH = 100
# From random weights, and from an exported network.
LEARNING_RATE, FURTHER_LEARNING_RATE = 4e-3, 1e-3
EMA_DECAY, FURTHER_EMA_DECAY = 0.9995, 0.999
WARMUP = 0.1  # of the steps
ROOMS_CHUNK = 250  # drawn from a seed of their own, so that the number of cores changes nothing
VALIDATION_BATCHES, VALIDATION_BATCH = 6, 64
STATISTICS_BATCHES = 4
FOUND_MASK_IOU = 0.8


def run(args: argparse.Namespace) -> str:
    """Train and export; returns the file and its size in a line."""
    require_exporter()
    if bool(args.people) != bool(args.hands):
        raise UserError("--people and --hands go together: give both, or neither")
    folder = args.run or Path(f"runs/segmenter-{args.seed}")
    make_folder(folder, "--run")
    make_place_for(args.out, "--out")
    device = find_device(args.compute)
    net = fit(
        args.garments,
        rooms=args.rooms,
        epochs=args.epochs,
        batch_size=args.batch_size,
        seed=args.seed,
        folder=folder,
        device=device,
        photographs=Photographs(args.people, args.hands, args.things),
        initial=args.initial,
    )
    export(net, args.out)
    return f"{args.out}: {args.out.stat().st_size} bytes"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--garments", type=Path, required=True, help="folder of garment cutouts with train.csv")
    parser.add_argument("--people", type=Path, nargs="+", default=(), help="folders of people; default: none")
    parser.add_argument("--hands", type=Path, nargs="+", default=(), help="folders of hands; needs --people")
    parser.add_argument("--things", type=Path, nargs="+", default=(), help="folders of other items; default: none")
    parser.add_argument("--initial", type=Path, help="exported network to begin with; default: random weights")
    parser.add_argument("--rooms", type=at_least(20), default=9000, help="how many to draw; default: %(default)s")
    parser.add_argument(
        "--epochs", type=at_least(1), default=155, help=f"of {STEPS_PER_EPOCH} batches; default: %(default)s"
    )
    parser.add_argument("--batch-size", type=at_least(1), default=192, help="composites; default: %(default)s")
    parser.add_argument("--seed", type=at_least(0), default=0, help="default: %(default)s")
    parser.add_argument("--run", type=Path, help="folder of the run; default: runs/segmenter-SEED")
    parser.add_argument(
        "--out", type=Path, default=Path("weights/segmenter.onnx"), help="file to write; default: %(default)s"
    )
    add_compute(parser)


@dataclass(frozen=True, slots=True)
class Photographs:
    """Folders of photographs besides the garments', see `training.data.people_cutouts`."""

    people: Sequence[Path] = ()
    hands: Sequence[Path] = ()
    things: Sequence[Path] = ()


def fit(
    garments: Path,
    *,
    rooms: int,
    epochs: int,
    batch_size: int,
    seed: int,
    folder: Path,
    device: torch.device,
    photographs: Photographs = Photographs(),
    initial: Path | None = None,
) -> SegmentationNet:
    """Train from `seed`, or go on with an interrupted run; returns the averaged network, on the CPU, in eval mode."""
    torch.manual_seed(seed)
    net = SegmentationNet()
    if initial:
        load_exported(initial, net)
    train, validation = banks(garments, rooms, seed, photographs)
    precision = fastest_precision(device)
    identity = {"epochs": epochs, "seed": seed, "batch": batch_size, "device": device.type, "precision": precision}
    identity |= made_from(train, validation)
    identity |= {"begins_with": fingerprint(net.state_dict().values()) if initial else ""}
    train, net = train.to(device), net.to(device).to(memory_format=torch.channels_last)
    if initial:
        measure_statistics(net, first_batches(train, batch_size, seed))
    average = moving_average(net, FURTHER_EMA_DECAY if initial else EMA_DECAY)
    optimizer = AdamW(net.parameters(), lr=FURTHER_LEARNING_RATE if initial else LEARNING_RATE, weight_decay=0.01)
    schedule = LambdaLR(optimizer, one_cycle(epochs * STEPS_PER_EPOCH, WARMUP))
    parts: dict[str, Any] = {"net": net, "average": average, "optimizer": optimizer, "schedule": schedule}
    first_epoch = restore(folder / "state.pt", identity, parts)
    log = RunLog(folder, first_epoch)
    for epoch in range(first_epoch, epochs):
        started = time.perf_counter()
        net.train()
        generator = torch.Generator(device).manual_seed(seed * 100_003 + epoch)
        losses = []
        bar = progress(range(STEPS_PER_EPOCH // 2), f"epoch {epoch + 1}/{epochs}")
        for step in bar:
            batch = compose(train, batch_size, SIZES_HW[step % len(SIZES_HW)], generator)
            for view in (batch, mirrored(batch)):  # making a batch is slow: each serves twice
                losses.append(train_step(net, optimizer, view, precision))
                schedule.step()
                average.update_parameters(net)
        figures = {"train_loss": torch.stack(losses).mean().item(), **validate(average.module, validation)}
        figures["seconds"] = time.perf_counter() - started
        log.write(epoch, **figures)
        store(folder / "state.pt", identity, epoch + 1, parts)
        print(f"epoch {epoch + 1}/{epochs} " + " ".join(f"{k} {v:.4f}" for k, v in figures.items()), flush=True)
    log.close()
    net.load_state_dict(average.module.state_dict())
    return net.cpu().to(memory_format=torch.contiguous_format).eval()


def made_from(train: Bank, validation: Bank) -> dict[str, Any]:
    """What the composites and the network are made from, as part of a run's identity."""
    named = {**vars(composites), **vars(people), **vars(photographed_people), **vars(photographed_hands)}
    shares = {name: value for name, value in named.items() if name.endswith("_SHARE")}
    return {"pictures": fingerprint((*train.tensors(), *validation.tensors())), "widths": WIDTHS, **shares}


def first_batches(bank: Bank, batch_size: int, seed: int) -> Iterator[Tensor]:
    """What a network sees before it is trained further, N x 6 x h x w."""
    generator = torch.Generator(bank.rooms.device).manual_seed(seed)
    for index in range(STATISTICS_BATCHES):
        yield pictures(compose(bank, batch_size, SIZES_HW[index % len(SIZES_HW)], generator))


def banks(garments: Path, rooms: int, seed: int, photographs: Photographs = Photographs()) -> tuple[Bank, Bank]:
    """What composites are made from: other garments, of other owners, other people and rooms for validation."""
    cutouts = [oversampled(part).images for part in load_cutouts(garments)]
    people: list[People | None] = [None, None]
    if photographs.things:
        things, held_out = load_things(photographs.things)
        cutouts = [torch.cat(pair) for pair in zip(cutouts, (things[~held_out], things[held_out]), strict=True)]
    if photographs.people:
        persons, heads, held_out = load_people(photographs.people)
        hands, hand_held_out = load_hands(photographs.hands)
        for index, (part, hand_part) in enumerate(((~held_out, ~hand_held_out), (held_out, hand_held_out))):
            people[index] = People(persons[part], heads[part], hands[hand_part])
    jobs = [((seed, first), min(ROOMS_CHUNK, rooms - first)) for first in range(0, rooms, ROOMS_CHUNK)]
    drawn = torch.from_numpy(np.concatenate(on_all_cores(rooms_from, jobs, "rooms")))
    share = max(1, rooms // 10)
    return Bank(cutouts[0], drawn[share:], people[0]), Bank(cutouts[1], drawn[:share], people[1])


def rooms_from(seed: tuple[int, ...], count: int) -> NDArray[np.uint8]:
    """`draw_rooms` with a generator of its own, for a process: count x 3 x 180 x 240 uint8."""
    return np.ascontiguousarray(np.moveaxis(draw_rooms(np.random.default_rng(seed), count), 3, 1))


def train_step(net: SegmentationNet, optimizer: AdamW, batch: Composites, precision: str) -> Tensor:
    """One step of gradient descent, in "bf16" or "fp32"; returns the loss."""
    with torch.autocast(batch.item.device.type, torch.bfloat16, enabled=precision == "bf16"):
        logits = net(pictures(batch).contiguous(memory_format=torch.channels_last))
    loss = segmentation_loss(logits.float(), batch.item)
    descend(loss, net, [optimizer])
    return loss.detach()


def pictures(batch: Composites) -> Tensor:
    """What the network sees of N composites: N x 6 x h x w, frame and expected background, 0..255."""
    return torch.cat((batch.frame, batch.expected), dim=1).float()


def segmentation_loss(logits: Tensor, item: Tensor) -> Tensor:
    """Cross-entropy a pixel plus, where there is an item, one minus its soft IoU (of boxes: arXiv:1608.01471)."""
    cross_entropy = F.binary_cross_entropy_with_logits(logits, item)
    likely = logits.sigmoid()
    both = (likely * item).sum(dim=(1, 2, 3))
    either = (likely + item - likely * item).sum(dim=(1, 2, 3))
    present = item.sum(dim=(1, 2, 3)) > 30
    return cross_entropy + ((1 - both / either.clamp(min=1)) * present).sum() / present.sum().clamp(min=1)


@torch.inference_mode()
def validate(net: nn.Module, bank: Bank) -> dict[str, float]:
    """Mean IoU of the mask, the share of items found well, and the share of false alarms on empty pictures.

    The bank is on the CPU, so that the composites are the same wherever the network is.
    """
    net.eval()
    device = next(net.parameters()).device
    generator = torch.Generator().manual_seed(1)
    overlaps, empty = [], []
    for index in range(VALIDATION_BATCHES):
        batch = compose(bank, VALIDATION_BATCH, SIZES_HW[index % len(SIZES_HW)], generator)
        found = net(pictures(batch).to(device)).cpu() > 0
        item = batch.item > 0.5
        either = (found | item).sum(dim=(1, 2, 3))
        present = item.float().mean(dim=(1, 2, 3)) > 0.01
        overlaps.append((((found & item).sum(dim=(1, 2, 3))) / either.clamp(min=1))[present])
        empty.append(found.float().mean(dim=(1, 2, 3))[item.sum(dim=(1, 2, 3)) == 0] > AREA_LIMITS[0])
    overlap, alarms = torch.cat(overlaps), torch.cat(empty)
    return {
        "iou": overlap.mean().item(),
        "found": (overlap > FOUND_MASK_IOU).float().mean().item(),
        "false_alarm": alarms.float().mean().item(),
    }


class Exported(nn.Module):
    """The network as the program calls it: 1 x 6 x h x w uint8 in, h x w uint8 likelihood out."""

    def __init__(self, net: SegmentationNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, pictures: Tensor) -> Tensor:
        likelihood = self.net(pictures.float()).sigmoid()
        return (255 * likelihood[0, 0] + 0.5).to(torch.uint8)


def export(net: SegmentationNet, out: Path) -> None:
    """Write the network as ONNX, for pictures of any even height and width."""
    rows, columns = torch.export.Dim("rows", min=8, max=1024), torch.export.Dim("columns", min=8, max=1024)
    example = torch.zeros(1, 6, 120, 160, dtype=torch.uint8)
    write_onnx(Exported(net), example, {"pictures": {2: 2 * rows, 3: 2 * columns}}, ["likelihood"], out, {})


main = command("training.train_segmenter", __doc__, add_options, run)

if __name__ == "__main__":
    sys.exit(main())
