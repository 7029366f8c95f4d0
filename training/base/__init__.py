"""What every part of the workshop may import: metrics, progress, processes, checks of output files."""
