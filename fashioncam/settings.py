"""Everything a user can set, in one place, with its unit and default."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# Name on the command line -> class of the grad-cam package; "gradcam" and "occlusion" are the program's own. The
# package's methods that run the model once a channel (ScoreCAM, AblationCAM) are too slow for live pictures.
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
# What tells an item from the room: a trained network, or statistics of each pixel alone.
SEGMENTERS = ("learned", "statistical")


@dataclass(frozen=True, slots=True)
class Settings:
    """What one start of the program does.

    Attributes:
        model: name in `fashioncam.models.MODELS`; None takes what the weights hold, else `DEFAULT_MODEL`.
        weights: checkpoint file; None takes the one that comes with the program.
        device: camera index, file, folder or URL, or "demo"; None is what was last chosen in
            the window, else (and always without a window) a camera or the demo clip.
        compute: "auto", "cpu", "cuda" or "mps".
        segmenter: one of `SEGMENTERS`.
        cam_method: key of `CAM_METHODS`.
        headless: run without a window.
        predictions: JSON Lines file to write a reading a line to; None for none.
        save_video: video file to write the annotated picture to; None for none.
        display_input: show the model's input.
        display_fps: show the frame rate; None is as last chosen in the window, else True.
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
