import csv
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from fashioncam.messages import InputDescription
from training.data import fashion_mnist
from training.data.cutouts import is_held_out
from training.engine.recipe import Recipe


@pytest.fixture
def found(monkeypatch):
    """Makes two splits what `fashion_mnist.load` finds; the test split is empty, as no command but one may read it."""

    def found(train, validation, description):
        unread = fashion_mnist.Split(torch.empty(0), torch.empty(0))
        dataset = fashion_mnist.FashionMnist(train, validation, unread, input=description, digest="digest")
        monkeypatch.setattr(fashion_mnist, "load", lambda folder: dataset)
        return dataset

    return found


@pytest.fixture
def garments(tmp_path):
    """A folder of twelve coloured squares of four owners, as `--garments` expects it."""
    folder = tmp_path / "garments"
    (folder / "train").mkdir(parents=True)
    trained = [str(i) for i in range(40) if not is_held_out(str(i))][:3]
    owners = [*trained, next(str(i) for i in range(40) if is_held_out(str(i)))]
    with (folder / "train.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "class_index", "sender_id"))
        for index in range(12):
            rgba = np.zeros((60, 40, 4), np.uint8)
            rgba[5:55, 5:35] = (20 * index, 200 - 10 * index, 90, 255)
            Image.fromarray(rgba).save(folder / "train" / f"{index}.png")
            writer.writerow((f"{index}.png", 0, owners[index % 4]))
    return folder


@pytest.fixture
def tiny_hybrid(tiny_hybrid):
    """One for Fashion-MNIST's classes."""
    return replace(tiny_hybrid, classes=fashion_mnist.CLASSES)


@pytest.fixture(scope="module")
def tiny(tiny_config):
    """A recipe of one short epoch."""
    return Recipe(model="hybrid", config=tiny_config, epochs=1, batch_size=32)


@pytest.fixture(scope="module")
def dataset(sample):
    """A small data set with figures of its own, so that a copied constant would show."""
    images, labels = sample
    return fashion_mnist.FashionMnist(
        train=fashion_mnist.Split(images[:64], labels[:64]),
        validation=fashion_mnist.Split(images[64:164], labels[64:164]),
        test=fashion_mnist.Split(images[:0], labels[:0]),
        input=InputDescription(size=28, mean=0.31, std=0.37, polarity="negated"),
        digest="digest of this data",
    )
