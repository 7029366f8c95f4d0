"""Rooms, people and things drawn at random."""
