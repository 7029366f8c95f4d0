"""Figures of models, plots, and HTML pages."""
