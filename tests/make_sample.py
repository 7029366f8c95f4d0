"""Make fashion_mnist_sample.npz: 400 pictures of Fashion-MNIST's validation split, 40 a class.

    python -m tests.make_sample

Fashion-MNIST is by Zalando SE, MIT licence (github.com/zalandoresearch/fashion-mnist).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.data import fashion_mnist

PER_CLASS = 40


def main() -> None:
    validation = fashion_mnist.load().validation
    labels = validation.labels.numpy()
    first_of_each = [np.flatnonzero(labels == index)[:PER_CLASS] for index in range(len(fashion_mnist.CLASSES))]
    chosen = np.sort(np.concatenate(first_of_each))  # in the split's order, so that any part is mixed
    np.savez_compressed(
        Path(__file__).with_name("fashion_mnist_sample.npz"),
        images=validation.images.numpy()[chosen, 0],
        labels=labels[chosen].astype(np.uint8),
    )


if __name__ == "__main__":
    main()
