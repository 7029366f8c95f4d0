"""Show a checkpoint's heat maps on pictures that nothing was trained on, and measure whether to trust them.

    python -m training.explain weights/hybrid.pth                      # the validation split of Fashion-MNIST
    python -m training.explain weights/hybrid.pth --garments GARMENTS  # photographs of the owners left out

Writes a folder: explanation.html to read (it holds its pictures), explanation.json, and each picture as PNG.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from fashioncam.checkpoint import LoadedModel
from fashioncam.models.base import to_input
from training.base.output_files import make_folder
from training.data import fashion_mnist
from training.engine.class_maps import class_maps
from training.engine.prediction import predict
from training.reports import explanation_plots, saliency_metrics
from training.reports.pages import write_json, write_page, write_pictures

from .command import add_data, at_least, exit_code

SEED = 0
SHOWN_RANDOMISED = 6
MODEL, RANDOM, SILHOUETTE = "the model's map", "random map", "silhouette"
OCCLUSION = "occlusion map"  # what can be reached: made of 49 answers of the model instead of one
LOWER_IS_BETTER = {"deletion"}
BY_DEFINITION = {("energy_inside", SILHOUETTE)}  # the silhouette lies on the garment: nothing can beat it


@dataclass(frozen=True, slots=True)
class Duel:
    """The model's map against another kind on the same pictures.

    Attributes:
        advantage: mean of what the model's is better by, in the figure's own unit.
        margin: half the 95 % interval of that mean, from the spread over the pictures.
        won: share of pictures on which the model's is better, 0..1; equals count half.
    """

    figure: str
    against: str
    advantage: float
    margin: float
    won: float

    @property
    def outcome(self) -> str:
        """Is "better", "worse", or "open" where the interval holds 0."""
        if abs(self.advantage) <= self.margin:
            return "open"
        return "better" if self.advantage > 0 else "worse"


@dataclass(frozen=True, slots=True)
class Trust:
    """What the figures say of a checkpoint's maps, each made for the class that the model names.

    Attributes:
        pictures, right: how many were scored, and how many of them are named right.
        of_photographs: whether they are photographs of garments and not of Fashion-MNIST.
        means: kind of map -> figure -> mean over the pictures; areas and energy 0..1, correlations -1..1.
        curves: kind of map -> "deletion" or "insertion" -> mean probability of the class after each step.
        duels: the model's map against a random one and the silhouette, figure by figure.
        randomised: layer -> Spearman's correlation with the trained model's map once that layer and all after it are
            shuffled, mean over the pictures; from the last layer to the first.
        silhouette_correlation: the same between the trained model's map and the silhouette.
    """

    weights: str
    model: str
    pictures: int
    right: int
    of_photographs: bool
    means: dict[str, dict[str, float]]
    curves: dict[str, dict[str, list[float]]]
    duels: list[Duel]
    randomised: dict[str, float]
    silhouette_correlation: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.explain", description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=Path, help="checkpoint to look into")
    parser.add_argument(
        "--out", type=Path, help="folder of the report; default: reports/NAME-explained, or -explained-garments"
    )
    add_data(parser)
    parser.add_argument(
        "--garments", type=Path, help="folder of garment cutouts with train.csv, to explain these; default: none"
    )
    parser.add_argument("--pictures", type=at_least(1), default=20, help="scored of each class; default: %(default)s")
    args = parser.parse_args(arguments)
    return exit_code("training.explain", lambda: run(args))


def run(args: argparse.Namespace) -> str:
    """Measure and write the report; returns a line of figures."""
    loaded = fashion_mnist.load_classifier(args.weights)
    out = args.out or Path("reports") / f"{args.weights.stem}-explained{'-garments' if args.garments else ''}"
    make_folder(out, "--out")
    split = chosen_split(args, loaded)
    logits = predict(loaded.model, split.images, loaded.input)
    scored = torch.cat([(split.labels == index).nonzero()[: args.pictures, 0] for index in split.labels.unique()])
    images, named = split.images[scored], logits[scored].argmax(dim=1)
    found, cascade = measure(args.weights, loaded, images, named, split.labels[scored], args.garments is not None)
    figures = {
        "curves": explanation_plots.curves(found.curves),
        "randomised": explanation_plots.cascade(images, cascade, SHOWN_RANDOMISED),
        **explanation_plots.galleries(loaded, split, logits),
    }
    pictures = write_pictures(figures, out)
    write_json(asdict(found), out / "explanation.json")
    galleries = {loaded.classes[index]: f"class-{index}" for index in split.labels.unique().tolist()}
    score = score_of(found.duels)
    page = out / "explanation.html"
    write_page("explanation.html.j2", page, found=found, score=score, pictures=pictures, galleries=galleries)
    said = " and ".join(
        f"{won} of {count} with {'a' if rival == RANDOM else 'the'} {rival}" for rival, (won, count) in score.items()
    )
    return f"{args.weights}: of their comparisons the maps win {said}; {page}"


def score_of(duels: Sequence[Duel]) -> dict[str, tuple[int, int]]:
    """By rival: comparisons that the model's maps win, and all."""
    won = Counter(duel.against for duel in duels if duel.outcome == "better")
    return {rival: (won[rival], count) for rival, count in Counter(duel.against for duel in duels).items()}


def chosen_split(args: argparse.Namespace, loaded: LoadedModel) -> fashion_mnist.Split:
    """The pictures to explain; UserError where they are not there or not as expected."""
    if args.garments is None:
        return fashion_mnist.load(args.data).validation
    # They need OpenCV and ONNX Runtime, which the data set does not.
    from training.data.cutouts import left_out
    from training.synthesis.webcam_pictures import with_own_masks

    return with_own_masks(left_out(args.garments), loaded.input)


def measure(
    path: Path, loaded: LoadedModel, images: Tensor, named: Tensor, labels: Tensor, of_photographs: bool = False
) -> tuple[Trust, list[saliency_metrics.Randomised]]:
    """All figures of N pictures, and what the weight randomisation left of their maps.

    Args:
        images: N x 1 x H x W uint8, garment on 0.
        named: N int64, the class that the model names, which its map is about.
        labels: N int64, what they are.
    """
    generator = torch.Generator().manual_seed(SEED)
    drops = saliency_metrics.occlusion_drops(loaded, images, named)
    kinds = kinds_of_map(loaded, images, named, drops, generator)
    scores = {
        kind: saliency_metrics.score(loaded, images, named, maps, drops, generator) for kind, maps in kinds.items()
    }
    cascade = list(saliency_metrics.cascading_randomisation(loaded, images, named, SEED))
    silhouettes = F.adaptive_avg_pool2d(kinds[SILHOUETTE], cascade[0].maps.shape[-1])
    alike = [saliency_metrics.rank_correlation(a, b) for a, b in zip(cascade[0].maps, silhouettes, strict=True)]
    found = Trust(
        weights=str(path),
        model=loaded.info.model_name,
        pictures=len(images),
        right=int((named == labels).sum()),
        of_photographs=of_photographs,
        means={kind: {name: v.mean().item() for name, v in s.figures().items()} for kind, s in scores.items()},
        curves={
            kind: {"deletion": s.deletion.mean(dim=0).tolist(), "insertion": s.insertion.mean(dim=0).tolist()}
            for kind, s in scores.items()
        },
        duels=duels({kind: s.figures() for kind, s in scores.items()}),
        randomised={step.layer: step.correlation.mean().item() for step in cascade[1:]},
        silhouette_correlation=sum(alike) / len(alike),
    )
    return found, cascade


def kinds_of_map(
    loaded: LoadedModel, images: Tensor, named: Tensor, drops: Tensor, generator: torch.Generator
) -> dict[str, Tensor]:
    """The model's maps, what they must beat, and what can be reached, each N x H x W, not below 0.

    The random maps have the grid of the model's and are enlarged as they are, so that smoothness alone wins nothing.
    """
    size = images.shape[-1]
    maps = class_maps(loaded.model, to_input(images, loaded.input), named)
    return {
        MODEL: saliency_metrics.enlarged(maps, size),
        RANDOM: saliency_metrics.enlarged(torch.rand(maps.shape, generator=generator), size),
        SILHOUETTE: (images[:, 0] > 0).float(),
        OCCLUSION: saliency_metrics.enlarged(drops.clamp(min=0), size),
    }


def duels(figures: Mapping[str, Mapping[str, Tensor]]) -> list[Duel]:
    """Of kind of map -> figure -> N values, the model's against each rival, picture by picture."""
    found = []
    for figure, own in figures[MODEL].items():
        for rival in (RANDOM, SILHOUETTE):
            if (figure, rival) in BY_DEFINITION:
                continue
            ahead = figures[rival][figure] - own if figure in LOWER_IS_BETTER else own - figures[rival][figure]
            margin = 1.96 * ahead.std(correction=0).item() / len(ahead) ** 0.5
            won = ((ahead > 0).float() + 0.5 * (ahead == 0).float()).mean().item()
            found.append(Duel(figure, rival, ahead.mean().item(), margin, won))
    return found


if __name__ == "__main__":
    sys.exit(main())
