"""A training step as one CUDA graph: the GPU need not wait for Python to start its thousand small kernels."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Step = Callable[[Tensor, Tensor], Tensor]  # a batch's pictures and targets -> the loss; gradients lie in the model


class CapturedStep:
    """Does what `step` does: calls it a few times, then captures one call and replays it.

    A step must start the same kernels in the same memory each time: batches of one shape, and nothing that Python
    decides by what the GPU has computed. Optimisers step outside of it
    (docs.pytorch.org/docs/stable/notes/cuda.html, "CUDA Graphs").
    """

    WARMUP = 3  # calls, in which libraries choose their kernels

    def __init__(self, step: Step) -> None:
        self._step = step
        self._calls = 0
        self._stream = torch.cuda.Stream()
        self._graph = torch.cuda.CUDAGraph()

    def __call__(self, images: Tensor, targets: Tensor) -> Tensor:
        self._calls += 1
        if self._calls <= self.WARMUP:
            return self._called(images, targets)
        if self._calls == self.WARMUP + 1:
            self._images, self._targets = images.clone(), targets.clone()
            with torch.cuda.graph(self._graph):
                self._loss = self._step(self._images, self._targets)
        self._images.copy_(images)
        self._targets.copy_(targets)
        self._graph.replay()
        return self._loss.clone()

    def _called(self, images: Tensor, targets: Tensor) -> Tensor:
        """Call the step on a stream of its own, since autograd's work on the default one cannot be captured."""
        self._stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._stream):
            loss = self._step(images, targets)
        torch.cuda.current_stream().wait_stream(self._stream)
        return loss
