"""Frame and expected background -> mask and box of the held garment."""
