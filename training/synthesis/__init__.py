"""Simulated webcam pictures: rooms, people and things, and garments composed with them."""
