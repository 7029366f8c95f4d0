"""The hybrid: a convolutional stem sees texture and edges, a small transformer relates the parts.

28x28 -> stem 28x28x32 -> 14x14x64 -> 7x7xdim = 49 tokens -> transformer blocks
-> LayerNorm -> mean over tokens -> linear. Mean and linear head make the class maps exact: see `class_maps`.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .base import Model

GRID = 7  # tokens a side after two poolings of 28 places


class ConvStage(nn.Module):
    """Two 3x3 convolutions, the second one residual; then residual blocks of two, if any (arXiv:1512.03385)."""

    def __init__(self, in_channels: int, out_channels: int, blocks: int = 0) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(out_channels)
        self.blocks = nn.Sequential(*(ResidualBlock(out_channels) for _ in range(blocks)))

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.norm1(self.conv1(x)))
        return self.blocks(F.relu(x + self.norm2(self.conv2(x))))


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside an identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x))))))


class Attention(nn.Module):
    """Multi-head self-attention (arXiv:1706.03762, section 3.2)."""

    def __init__(self, dim: int, heads: int, dim_head: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_qkv = nn.Linear(dim, 3 * heads * dim_head, bias=False)
        self.to_out = nn.Linear(heads * dim_head, dim)

    def forward(self, x: Tensor) -> Tensor:
        n, tokens, _ = x.shape
        qkv = self.to_qkv(x).reshape(n, tokens, 3, self.heads, -1)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        # torch's fused attention is slower for so few tokens on a CPU.
        weights = (q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5).softmax(dim=-1)
        mixed = weights.to(v.dtype) @ v
        return self.to_out(mixed.transpose(1, 2).reshape(n, tokens, -1))


class Block(nn.Module):
    """Pre-norm transformer block (arXiv:2002.04745): attention, then a two-layer perceptron."""

    def __init__(self, dim: int, heads: int, dim_head: int, mlp_dim: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attention = Attention(dim, heads, dim_head)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, mlp_dim), nn.GELU(), nn.Linear(mlp_dim, dim))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Hybrid(Model):
    """CNN stem + transformer.

    Args:
        dim: width of a token, and of the stem's last stage.
        depth: number of transformer blocks.
        heads, dim_head: attention heads and the width of each.
        mlp_dim: hidden width of each block's perceptron.
        widths: channels of the stem's first and second stage.
        blocks: residual blocks in each of the stem's three stages, beyond its two convolutions.
        pos_emb: "learned" adds a learned vector for each of the 49 places; with "none" only the
            convolutions' zero padding tells where a place is.
        classes: number of logits.
    """

    def __init__(
        self,
        dim: int = 128,
        depth: int = 2,
        heads: int = 4,
        dim_head: int = 32,
        mlp_dim: int = 256,
        pos_emb: str = "learned",
        classes: int = 10,
        widths: tuple[int, int] = (32, 64),
        blocks: tuple[int, int, int] = (0, 0, 0),
    ) -> None:
        super().__init__()
        if pos_emb not in ("learned", "none"):
            raise ValueError(f"pos_emb is 'learned' or 'none', not {pos_emb!r}")
        self.stem = nn.Sequential(
            ConvStage(1, widths[0], blocks[0]),
            nn.MaxPool2d(2),
            ConvStage(widths[0], widths[1], blocks[1]),
            nn.MaxPool2d(2),
            ConvStage(widths[1], dim, blocks[2]),
        )
        self.pos_emb = nn.Parameter(torch.zeros(1, GRID * GRID, dim)) if pos_emb == "learned" else None
        self.blocks = nn.Sequential(*(Block(dim, heads, dim_head, mlp_dim) for _ in range(depth)))
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, classes)

    @property
    def target_layer(self) -> nn.Module:
        return self.norm

    def forward_features(self, images: Tensor) -> Tensor:
        """N x 1 x 28 x 28 -> N x 49 x dim tokens after the last LayerNorm."""
        tokens = self.stem(images).flatten(2).transpose(1, 2)
        if self.pos_emb is not None:
            tokens = tokens + self.pos_emb
        return self.norm(self.blocks(tokens))

    def forward_head(self, features: Tensor) -> Tensor:
        return self.head(features.mean(dim=1))

    def class_maps(self, features: Tensor) -> Tensor:
        """Every class's Grad-CAM map before its ReLU: N x classes x 7 x 7.

        The logit is mean(features) . W + b, so its gradient with respect to each token is W / 49
        and Grad-CAM (arXiv:1610.02391, equation 1) reduces to features . W' / 49. A class's map
        therefore sums to its logit without the bias: it is an exact account, not an estimate.
        """
        return self.as_maps(features @ self.head.weight.T / features.shape[1])
