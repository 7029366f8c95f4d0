"""The empty scene: its background model, and whether the camera still sees that scene."""
