"""Garments and things rendered in 3D."""
