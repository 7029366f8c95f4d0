"""How every network that ONNX Runtime runs is opened."""

from __future__ import annotations

import onnxruntime


def open_session(model: bytes) -> onnxruntime.InferenceSession:
    """A session for an ONNX file's content, on one thread; raises one of ONNX Runtime's many errors for others."""
    options = onnxruntime.SessionOptions()
    # Each takes a few milliseconds at most; a second thread would take a core from the camera and the window.
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
