"""Markdown tables, printed row by row."""

from __future__ import annotations


def print_table_head(*headings: str) -> None:
    print()
    print_cells(*headings)
    print_cells(*("---" for _ in headings))


def print_cells(*cells: object) -> None:
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)
