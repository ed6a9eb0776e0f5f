"""``polyloop translate``: a document of one wire said in another, with what it cannot say as tables."""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from polyloop.translate import WIRES, Translation, convert, dumps
from polyloop.translate.jsontext import spell
from polyloop.translate.jsonvalue import Json

from .documents import read_documents, write_text

_WIDTH = 48
_SIGNS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "request": {"messages": ("anthropic", "openai-chat", "uitars"), "input": ("openai-responses",)},
    "response": {"content": ("anthropic",), "choices": ("openai-chat", "uitars"), "output": ("openai-responses",)},
}
"""Kind -> key -> the wires whose documents have it always."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "example: polyloop translate --from anthropic --to openai-chat --kind request --losses kept.json request.json\n"
        "         polyloop restore kept.json\n\n"
        "The value goes to standard output, the tables to standard error. Exit code 1: --strict, and something was lost."
    )
    parser.add_argument("--from", dest="source", required=True, metavar="WIRE", help=f"one of {', '.join(WIRES)}")
    parser.add_argument("--to", dest="target", required=True, metavar="WIRE", help="likewise")
    parser.add_argument("--kind", default="request", help="request (default), response, stream or error")
    parser.add_argument("--model", help="name this model in the value")
    parser.add_argument("--jsonl", action="store_true", help="one document a line, one value a line")
    parser.add_argument("--strict", action="store_true", help="exit with 1 at the first document that loses anything")
    parser.add_argument("--losses", metavar="FILE", help="write value, losses, respellings and insertions as JSON")
    parser.add_argument("--quiet", action="store_true", help="no tables")
    parser.add_argument("file", nargs="?", metavar="FILE", help="a JSON document; standard input by default")


def run(arguments: argparse.Namespace) -> int:
    stored: list[str] = []
    for document in read_documents(arguments.file, lines=arguments.jsonl):
        if mistaken := other_wires(document, arguments.kind, arguments.source):
            print(
                f"polyloop: this looks like a {arguments.kind} of {mistaken}, not of {arguments.source}",
                file=sys.stderr,
            )
        translation = convert(
            document,
            kind=arguments.kind,
            source=arguments.source,
            target=arguments.target,
            model=arguments.model,
            strict=arguments.strict,
        )
        print(spell(translation.value).encode("utf-8", "backslashreplace").decode("utf-8"))
        if not arguments.quiet:
            sys.stderr.write(tables(translation, shutil.get_terminal_size().columns if sys.stderr.isatty() else None))
        if arguments.losses:
            stored.append(dumps(translation))
    if arguments.losses:
        write_text(arguments.losses, "\n".join(stored) + "\n")
    return 0


def other_wires(document: Json, kind: str, source: str) -> str:
    """Name the wires whose document this seems to be; the empty text where it may be the source's, or nobody's."""
    if not isinstance(document, dict) or source not in WIRES:
        return ""
    found = [wires for key, wires in _SIGNS.get(kind, {}).items() if key in document]
    return "" if any(source in wires for wires in found) else " or ".join(wire for wires in found for wire in wires)


def tables(translation: Translation, width: int | None = None) -> str:
    """Spell what a translation lost, spelled otherwise and put in, as aligned text with long values cut.

    Where a table is wider than the terminal, each row is a paragraph.
    """
    text = ""
    for title, rows in (("losses", translation.losses), ("respellings", translation.respellings)):
        cells = [(row.kind, row.pointer or "/", cut(row.before), cut(row.after), row.reason) for row in rows]
        text += _table(title, ("kind", "pointer", "before", "after", "reason"), cells, width)
    cells_in = [(insertion.pointer, cut(insertion.text), insertion.reason) for insertion in translation.insertions]
    return text + _table("insertions", ("pointer", "text", "reason"), cells_in, width)


def cut(value: Json) -> str:
    """Spell a value in at most some fifty characters."""
    if value is None:
        return ""
    text = spell(value).encode("ascii", "backslashreplace").decode("ascii")
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 20]}... ({len(text)} characters)"


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], width: int | None) -> str:
    cells = [tuple(heads), *map(tuple, rows)]
    if len(cells) == 1:
        return f"{title}: none\n"
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    if width is not None and max(map(len, lines)) + 2 > width:
        lines = [line for row in cells[1:] for line in _paragraph(heads, row, width)]
    return f"{title}: {len(cells) - 1}\n" + "".join(f"  {line}\n" for line in lines)


def _paragraph(heads: Sequence[str], row: Sequence[str], width: int) -> list[str]:
    """Spell a row as lines: what and where, then what each further column says."""
    named = [
        f"{head}: {cell}" for head, cell in zip(heads, row, strict=True) if cell and head not in ("kind", "pointer")
    ]
    first = " ".join(cell for head, cell in zip(heads, row, strict=True) if head in ("kind", "pointer"))
    room = max(width - 4, 20)
    return [first, *(f"  {line}" for each in named for line in textwrap.wrap(each, room, subsequent_indent="  "))]
