"""A table in the terminal; lines with tabs where rich is not installed."""

from __future__ import annotations

import sys
from collections.abc import Sequence

WIDE = 200
"""Columns where no terminal says how many there are."""


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under heads. Nothing is cut off: a cell that is too long goes on in the next line, and those of the first column, which
    are names that are typed again, stay in one piece."""
    try:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text
    except ImportError:
        for cells in (heads, *rows):
            print("\t".join(cells))
        return
    table = Table()
    longest = max((len(cells[0]) for cells in rows), default=0)
    for place, head in enumerate(heads):
        table.add_column(head, overflow="fold", min_width=longest if place == 0 else None)
    for cells in rows:
        table.add_row(*map(Text, cells))
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)
