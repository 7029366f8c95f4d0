"""A film without an end."""

from __future__ import annotations

from collections.abc import Callable

from fashioncam.messages import Frame

from .source import FrameSource


class LoopingSource:
    """Plays a source again and again, counting on; the demo clip at a stand."""

    live = False
    frame_count: int | None = None

    def __init__(self, open_source: Callable[[], FrameSource]) -> None:
        self._open_source = open_source
        self._source = open_source()
        self.name, self.device, self.fps = self._source.name, self._source.device, self._source.fps
        self._next_index = 0

    def read(self) -> Frame | None:
        frame = self._source.read()
        if frame is None:
            self._source.close()
            self._source = self._open_source()
            frame = self._source.read()
            assert frame is not None  # a source without any frame raises
        index, self._next_index = self._next_index, self._next_index + 1
        return Frame(index, frame.image_bgr, index / self.fps, frame.grabbed_s)

    def close(self) -> None:
        self._source.close()
