"""Names the garment held up to a webcam, live, and shows why."""

__version__ = "0.1.0"
