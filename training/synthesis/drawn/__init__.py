"""Rooms, people and objects drawn at random."""
