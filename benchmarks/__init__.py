"""What README and MODELCARD quote: one command a file, each prints a table. Compare rows of one run only."""
