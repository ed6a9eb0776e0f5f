"""The project's ruler: ``python -m benchmarks.corpus`` puts recorded traffic through polyloop and prints what came of it.

For each wire and kind: documents, exact through the codec, exact through the hub, problems (exceptions, and what was inexact); the
residue by why it is kept and by field (`benchmarks.tallies.residue_of`). For each pair and kind: lossless, respelled only, only added
to (defaults), restored exactly, the share of the conversation's leaves that the value alone gives back, and of those that have a
place by docs/losses.md, rows without a reason, problems. Hand-written hazards are also told one by one (`hazards`). Exits 1 when there
was any problem, 2 when there is no traffic to read.

    python -m benchmarks.corpus --cover                          a small subset that shows every key path
    python -m benchmarks.corpus --wire openai-chat --kind request
    python -m benchmarks.corpus --pair anthropic:openai-chat --losses
    python -m benchmarks.corpus --cases                          hand-written hazards, the same thing said on several wires
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from polyloop.translate.testing import corpus
from polyloop.translate.wires import WIRES, wire_of

from . import hazards
from .leaves import published_keys, published_words
from .residue_reasons import REASONS
from .tallies import READ, Conversion, Exactness, share

KINDS: Final = ("request", "response", "event", "error")
CONVERTED: Final = ("request", "response")
_SHOWN: Final = 5
"""Problems shown for each row of a table; all are counted."""
_ROWS: Final = 60
"""Fields and reasons shown for each pair and kind."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the arguments ask for, print the tables, and return the exit code."""
    asked = _parser().parse_args(arguments)
    found = corpus.find_cases() if asked.cases else corpus.find(cover=asked.cover)
    if found is None:
        print(f"no recorded traffic: set {corpus.VARIABLE} to a folder that holds it", file=sys.stderr)
        return 2
    wires = [asked.wire] if asked.wire else list(corpus.FILES)
    kinds = [asked.kind] if asked.kind else None
    problems = 0
    if not asked.pair:
        problems += exactness(found, wires, kinds or list(KINDS))
    if not asked.exact:
        wanted = _pairs(asked.pair, wires)
        problems += pairs(found, wanted, kinds or list(CONVERTED), rows=asked.losses)
        if isinstance(found, corpus.Cases):
            _print_hazards(found, wanted, kinds or list(CONVERTED))
    return 1 if problems else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__.partition("\n")[0])
    parser.add_argument("--wire", choices=list(corpus.FILES), help="one wire's traffic only")
    parser.add_argument("--kind", choices=[*KINDS, "stream"], help="one kind of document only")
    parser.add_argument(
        "--pair", type=_pair, metavar="A:B", help="translate from A to B only, and skip the exactness tables"
    )
    parser.add_argument(
        "--cover", action="store_true", help="a small subset that shows every key path, type and feature"
    )
    parser.add_argument(
        "--cases", action="store_true", help="the hand-written hazard cases instead of recorded traffic"
    )
    parser.add_argument("--exact", action="store_true", help="the exactness tables only")
    parser.add_argument("--losses", action="store_true", help="print the rows of each pair by field and reason")
    return parser


def _pair(text: str) -> tuple[str, str]:
    source, _, target = text.partition(":")
    if source not in corpus.FILES or target not in WIRES:
        raise argparse.ArgumentTypeError(
            f"a pair is SOURCE:TARGET of {', '.join(corpus.FILES)}: and {', '.join(WIRES)}"
        )
    return source, target


def _pairs(asked: tuple[str, str] | None, wires: Iterable[str]) -> list[tuple[str, str]]:
    return [asked] if asked else [(source, target) for source in wires for target in WIRES if target != source]


def exactness(found: corpus.Corpus | corpus.Cases, wires: Iterable[str], kinds: Sequence[str]) -> int:
    """Print how exact each wire's documents come back on the same wire, and the residue; return the number of problems."""
    table = [["wire", "kind", "documents", "codec exact", "hub exact", "problems"]]
    residue: dict[str, Exactness] = {}
    shown: list[str] = []
    problems = 0
    for wire in wires:
        published, words = published_keys(wire, found.folder), published_words(wire, found.folder)
        for kind in (kind for kind in kinds if kind in wire_of(wire).roots):
            tally = Exactness()
            for recorded in found.documents(wire, kind):
                tally.add(recorded, published, words)
            if not tally.documents:
                continue
            through_hub = share(tally.hub, tally.documents) if kind in READ else "-"
            row = [
                wire,
                kind,
                str(tally.documents),
                share(tally.codec, tally.documents),
                through_hub,
                str(len(tally.problems)),
            ]
            table.append(row)
            shown += [f"{wire} {kind} {problem}" for problem in tally.problems[:_SHOWN]]
            problems += len(tally.problems)
            if tally.leaves:
                residue[f"{wire} {kind}"] = tally
    _print("Exactness on the same wire", table, shown)
    _print_residue(residue)
    return problems


_REASONS: Final = ("null", "spelled", "reported", "unknown", "residue")


def _print_residue(tallies: dict[str, Exactness]) -> None:
    """Print the residue by why it is kept (`tallies.residue_of` says what each word means), and what remains of it by field, with the reason."""
    table = [["documents", "leaves", "null", "spelled", "reported numbers", "unknown keys", "what remains"]]
    fields = [["documents", "field", "leaves", "share of leaves", "why no other wire could state it"]]
    for name, tally in tallies.items():
        by_reason: Counter[str] = Counter()
        for (why, _), count in tally.residue.items():
            by_reason[why] += count
        shares = [share(by_reason[why], tally.leaves) for why in _REASONS]
        table.append([name, str(tally.leaves), *shares])
        reasons = REASONS.get(name.partition(" ")[0], {})
        fields += [
            [name, field, str(count), share(count, tally.leaves), reasons.get(field, "NO REASON")]
            for field, count in tally.remaining().most_common()
        ]
    _print("Residue: leaves that only the own wire reads", table, [])
    _print("What remains of it, by field", fields, [])


def pairs(
    found: corpus.Corpus | corpus.Cases, wanted: Iterable[tuple[str, str]], kinds: Sequence[str], *, rows: bool = False
) -> int:
    """Print what each pair of wires translates; return the number of problems."""
    head = [
        "from",
        "to",
        "kind",
        "documents",
        "lossless",
        "respelled",
        "only added",
        "restored",
        "leaves back",
        "of",
        "with a place",
        "back",
        "unreasoned",
        "problems",
    ]
    table, shown, details, fields, placed = [head], list[str](), list[list[str]](), list[list[str]](), list[list[str]]()
    problems = 0
    for source, target in wanted:
        published, words = published_keys(source, found.folder), published_words(source, found.folder)
        for kind in kinds:
            tally = Conversion()
            for recorded in found.documents(source, kind):
                tally.add(recorded, target, published, words)
            if not tally.documents:
                continue
            table.append(_pair_row(source, target, kind, tally))
            shown += [f"{source} to {target} {kind} {problem}" for problem in tally.problems[:_SHOWN]]
            details += _loss_rows(f"{source} to {target} {kind}", tally)
            fields += _field_rows(f"{source} to {target} {kind}", tally)
            placed += [
                [f"{source} to {target} {kind}", field, str(count), why]
                for (field, why), count in tally.placed_lost.most_common(_ROWS)
            ]
            problems += len(tally.problems)
    _print("Translation", table, shown)
    if rows:
        _print("Conversation by field", [["pair", "field", "leaves", "given back"], *fields], [])
        _print("With a place by docs/losses.md, and not given back", [["pair", "field", "leaves", ""], *placed], [])
        _print("Losses by field", [["pair", "field", "kind", "rows", "leaves lost", "reason"], *details], [])
    return problems


def _print_hazards(found: corpus.Cases, wanted: Iterable[tuple[str, str]], kinds: Sequence[str]) -> None:
    """Print how many of the hand-written cases come back by the value alone."""
    table = [["from", "to", "kind", *hazards.HEAD]]
    for source, target in wanted:
        told = [kind for kind in kinds if target in hazards.FACTS and kind in CONVERTED]
        table += [[source, target, kind, *hazards.measure(found, source, target, kind).row()] for kind in told]
    _print("Hazards that come back without the list of losses", table, [])


def _pair_row(source: str, target: str, kind: str, tally: Conversion) -> list[str]:
    of = tally.documents
    return [
        source, target, kind, str(of), share(tally.lossless, of), share(tally.respelled, of), share(tally.only_added, of), share(tally.restored, of),
        share(tally.leaves_back, tally.leaves), str(tally.leaves), str(tally.placed), share(tally.placed_back, tally.placed),
        str(tally.unreasoned), str(len(tally.problems)),
    ]  # fmt: skip


def _loss_rows(pair: str, tally: Conversion) -> list[list[str]]:
    """Return the rows by field and reason, those first that take most of the conversation."""
    labels = sorted(tally.rows, key=lambda label: (-tally.rows_leaves[label], -tally.rows[label]))
    return [
        [pair, field, kind, str(tally.rows[label]), str(tally.rows_leaves[label]), reason or "NO REASON"]
        for label in labels[:_ROWS]
        for field, kind, reason in [label]
    ]


def _field_rows(pair: str, tally: Conversion) -> list[list[str]]:
    """Return, for each field of the conversation, the share of its leaves that the value gives back."""
    return [
        [pair, field, str(count), share(count - tally.fields_lost[field], count)]
        for field, count in tally.fields.most_common(_ROWS)
    ]


def _print(title: str, table: Sequence[Sequence[str]], notes: Iterable[str]) -> None:
    print(f"\n{title}")
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for note in notes:
        print(f"  ! {note}")


if __name__ == "__main__":
    if hasattr(signal, "SIGPIPE"):  # ends in silence, as other tools do, when the reader of a pipe has seen enough
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
