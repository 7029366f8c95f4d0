"""What every part of the workshop may import: metrics, processes, checks of output files."""
