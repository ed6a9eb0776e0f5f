"""A table in the terminal; paragraphs where it is too narrow for one, lines with tabs where rich is not installed."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Sequence
from typing import Final

WIDE: Final = 200
"""Columns where no terminal says how many there are."""
_LONGEST: Final = 12
"""Characters from which a word may be broken, in every column but the first."""
_FRAME: Final = 3
"""What a column takes beside its cells; the table takes one more."""


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
    console = Console(width=None if sys.stdout.isatty() else WIDE)
    names = max((len(cells[0]) for cells in rows), default=0)
    if console.width < needed(heads, rows):
        print("\n".join(line for cells in rows for line in paragraph(heads, cells, console.width)))
        return
    table = Table()
    for place, head in enumerate(heads):
        table.add_column(head, overflow="fold", min_width=names if place == 0 else None)
    for cells in rows:
        table.add_row(*map(Text, cells))
    console.print(table)


def needed(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Return the columns a table needs so that no word is broken that is not long, and no name at all."""
    names, *others = zip(heads, *rows, strict=True)
    words = [max(min(len(word), _LONGEST) for cell in cells for word in (cell.split() or [""])) for cells in others]
    return max(map(len, names)) + sum(words) + _FRAME * len(heads) + 1


def paragraph(heads: Sequence[str], cells: Sequence[str], width: int) -> list[str]:
    """Spell a row as its name and, below, what it says under each head."""
    said = ", ".join(f"{head} {cell}" for head, cell in zip(heads[1:], cells[1:], strict=True) if cell)
    indent = "  "
    return [cells[0], *textwrap.wrap(said, max(width, 20), initial_indent=indent, subsequent_indent=indent)]
