"""Simulated webcam pictures: rooms, people and objects, and garments composed with them."""
