"""Threads, files and cameras around the pure pipeline. No Qt."""
