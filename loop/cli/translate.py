"""``polyloop translate``: a document of one wire said in another, with what it cannot say as tables."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence

from polyloop.translate import WIRES, Translation, convert, dumps
from polyloop.translate.jsontext import spell
from polyloop.translate.jsonvalue import Json

from .documents import read_documents, write_text

_WIDTH = 48


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
            sys.stderr.write(tables(translation))
        if arguments.losses:
            stored.append(dumps(translation))
    if arguments.losses:
        write_text(arguments.losses, "\n".join(stored) + "\n")
    return 0


def tables(translation: Translation) -> str:
    """Spell what a translation lost, spelled otherwise and put in, as aligned text with long values cut."""
    text = ""
    for title, rows in (("losses", translation.losses), ("respellings", translation.respellings)):
        cells = [(row.kind, row.pointer or "/", cut(row.before), cut(row.after), row.reason) for row in rows]
        text += _table(title, ("kind", "pointer", "before", "after", "reason"), cells)
    cells_in = [(insertion.pointer, cut(insertion.text), insertion.reason) for insertion in translation.insertions]
    return text + _table("insertions", ("pointer", "text", "reason"), cells_in)


def cut(value: Json) -> str:
    """Spell a value in at most some fifty characters."""
    if value is None:
        return ""
    text = spell(value).encode("ascii", "backslashreplace").decode("ascii")
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 20]}... ({len(text)} characters)"


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = [tuple(heads), *map(tuple, rows)]
    if len(cells) == 1:
        return f"{title}: none\n"
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return f"{title}: {len(cells) - 1}\n" + "".join(f"  {line}\n" for line in lines)
