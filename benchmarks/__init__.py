"""What README and MODELCARD quote: commands that print tables, and their parts. Compare rows of one run only."""
