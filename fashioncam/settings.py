"""Everything a user can set, in one place, with its unit and default."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# Name on the command line -> class of the grad-cam package; "gradcam" and "occlusion" are the program's own.
# ScoreCAM and AblationCAM run the model once a channel, too slow for live pictures.
CAM_METHODS = {
    "gradcam": "GradCAM",
    "occlusion": "",
    "gradcam++": "GradCAMPlusPlus",
    "xgradcam": "XGradCAM",
    "hirescam": "HiResCAM",
    "layercam": "LayerCAM",
    "eigengradcam": "EigenGradCAM",
}
DEMO = "demo"
DEFAULT_MODEL = "hybrid"
# What tells the item from the background: a trained network, or statistics of each pixel.
SEGMENTERS = ("learned", "statistical")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one start of the program.

    Attributes:
        model: name in `fashioncam.models.MODELS`; None for the model in the weights, else `DEFAULT_MODEL`.
        weights: checkpoint file; None for the one that comes with the program.
        device: camera index, file, folder or URL, or "demo"; None for the source last chosen in the window. Without
            one, and without a window: the first camera, or the demo clip.
        compute: "auto", "cpu", "cuda" or "mps".
        segmenter: one of `SEGMENTERS`.
        cam_method: key of `CAM_METHODS`.
        headless: run without a window.
        predictions: JSON Lines file, one reading a line; None for none.
        save_video: video file of the annotated picture; None for none.
        display_input: show the model's input.
        display_fps: show the frame rate; None for the last choice in the window, else True.
    """

    model: str | None = None
    weights: Path | None = None
    device: str | None = None
    compute: str = "auto"
    segmenter: str = SEGMENTERS[0]
    cam_method: str = "gradcam"
    headless: bool = False
    predictions: Path | None = None
    save_video: Path | None = None
    display_input: bool = True
    display_fps: bool | None = None
