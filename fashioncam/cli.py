"""The command line: arguments -> Settings -> a window or a headless run -> exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from fashioncam.ui.shortcuts import BINDINGS

from . import __version__
from .errors import QtMissingError, UserError
from .interrupts import interrupts_deferred
from .models import MODELS
from .settings import CAM_METHODS, DEFAULT_MODEL, SEGMENTERS, Settings

EXIT_DONE, EXIT_USER_ERROR, EXIT_INTERRUPTED = 0, 2, 130
DEFAULT = Settings()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit code: 0 done, 2 an error that the user can correct, 130 interrupted."""
    args = vars(parse_arguments(arguments))
    try:
        return print_cameras() if args.pop("list_devices") else start(Settings(**args))
    except UserError as error:
        print(f"fashioncam: {error}", file=sys.stderr)
        return EXIT_USER_ERROR
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def start(settings: Settings) -> int:
    """Open the window, or run without one; returns the exit code."""
    if settings.headless or not has_screen():
        if not settings.headless:
            print("fashioncam: no screen found: running headless (Ctrl+C ends it).", file=sys.stderr)
        with interrupts_deferred():
            from .runtime import headless
        return headless.run(settings)
    try:
        with interrupts_deferred():
            from . import app
    except ImportError as error:  # PySide6 is installed, but not the system libraries it needs
        if error.name and not error.name.startswith(("PySide6", "shiboken6", "fashioncam.app")):
            raise
        raise QtMissingError(str(error)) from None
    return app.run(settings)


def has_screen() -> bool:
    """Whether there is a screen; on Linux, whether Qt has been told of one."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in names)


def print_cameras() -> int:
    from fashioncam.runtime.sources.cameras import enumerated_cameras

    print("\n".join(f"{camera.index}  {camera.name}" for camera in enumerated_cameras()) or "no cameras found")
    return EXIT_DONE


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="fashioncam",
        description="Names the garment you hold up to a webcam, live, and shows why.",
        epilog="Keys: " + "; ".join(f"{', '.join(b.keys)}: {b.text}" for b in BINDINGS),
    )
    add_inputs(parser.add_argument)
    add_outputs(parser.add_argument)
    parser.add_argument("--list-devices", action="store_true", help="list the cameras and end")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser.parse_args(arguments)


def add_inputs(add: Callable[..., object]) -> None:
    """Arguments about the source and the models."""
    add(
        "--model",
        choices=MODELS,
        help=f"architecture (default: the one in --weights, else {DEFAULT_MODEL}; in the window, the last choice)",
    )
    add("--weights", type=Path, help="checkpoint file (default: weights/MODEL.pth of the program)")
    add(
        "--device",
        help="camera index, video file, folder of pictures, stream URL, or 'demo' "
        "(default: in the window, the last choice there; else camera 0, or the demo clip when no camera opens)",
    )
    add(
        "--compute",
        choices=("auto", "cpu", "cuda", "mps"),
        default=DEFAULT.compute,
        help="where the model runs (default: %(default)s: ONNX Runtime on the CPU, else the fastest device of torch)",
    )
    add(
        "--segmenter",
        choices=SEGMENTERS,
        default=DEFAULT.segmenter,
        help="how the item is told from the background: by a small network, or by each pixel's statistics alone "
        "(default: %(default)s)",
    )
    add(
        "--cam-method",
        choices=CAM_METHODS,
        default=DEFAULT.cam_method,
        help="how the heat map is made (default: %(default)s; occlusion covers one patch after another: slower, most "
        "direct; the others are from the grad-cam package: slower, and each frame has its own scale)",
    )


def add_outputs(add: Callable[..., object]) -> None:
    """Arguments about what is shown and saved."""
    add("--headless", action="store_true", help="run without a window (default: off, unless there is no screen)")
    add("--predictions", type=Path, metavar="FILE.jsonl", help="write one JSON object a frame and line (default: off)")
    video = "write the annotated picture to .mp4, .avi or .webm (default: off)"
    add("--save-video", type=Path, metavar="FILE", help=video)
    add(
        "--display-input",
        action=argparse.BooleanOptionalAction,
        default=DEFAULT.display_input,
        help="show the model's input (default: on)",
    )
    add(
        "--display-fps",
        action=argparse.BooleanOptionalAction,
        default=DEFAULT.display_fps,
        help="show the frame rate (default: on; in the window, the last choice there)",
    )
