"""Garments and other objects rendered in 3D."""
