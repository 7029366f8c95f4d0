"""The segmentation network: the frame and the expected background in, how likely each pixel is item out."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

# Channels at a half, a quarter, an eighth and a sixteenth of the size: multiples of 16, ONNX Runtime's blocks.
WIDTHS = (16, 32, 64, 96)


class SegmentationNet(nn.Module):
    """A U-Net (arXiv:1505.04597) that adds its skips, on pictures a sixteenth of a camera's.

    A stage at full size would double the work: it starts at half size and ends in a pixel shuffle. What it knows of
    the whole picture (an arm reaches the edge, a bump changes every contour) comes through the mean over the
    deepest features.
    """

    def __init__(self) -> None:
        super().__init__()
        half, quarter, eighth, sixteenth = WIDTHS
        self.down = nn.ModuleList(
            [
                conv(6, half, 2),
                nn.Sequential(conv(half, quarter, 2), conv(quarter, quarter)),
                nn.Sequential(conv(quarter, eighth, 2), conv(eighth, eighth)),
                nn.Sequential(conv(eighth, sixteenth, 2), conv(sixteenth, sixteenth)),
            ]
        )
        self.whole = nn.Linear(sixteenth, sixteenth)
        self.narrow = nn.ModuleList(
            [nn.Conv2d(sixteenth, eighth, 1), nn.Conv2d(eighth, quarter, 1), nn.Conv2d(quarter, half, 1)]
        )
        self.up = nn.ModuleList([conv(eighth, eighth, kernel=1), conv(quarter, quarter), conv(half, half)])
        self.head = nn.Conv2d(half, 4, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        """N x 6 x h x w, B G R of frame and expected background, 0..255, h and w even -> logits N x 1 x h x w."""
        features = pictures * (1 / 64) - 2
        skips = []
        for block in self.down:
            features = block(features)
            skips.append(features)
        features = features + self.whole(features.mean(dim=(2, 3)))[:, :, None, None]
        for narrow, block, skip in zip(self.narrow, self.up, skips[-2::-1], strict=True):
            enlarged = F.interpolate(narrow(features), skip.shape[-2:], mode="nearest")
            features = block(skip + enlarged)
        return F.pixel_shuffle(self.head(features), 2)


def conv(channels_in: int, channels_out: int, stride: int = 1, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
    )
