"""Names the garment held up to a webcam, live, and shows why."""

import os

__version__ = "0.1.0"

# ONNX Runtime writes a device ID into the home folder and sends telemetry, unless this is set before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
