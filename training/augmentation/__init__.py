"""Augmentations: pure functions on batches of pictures."""
