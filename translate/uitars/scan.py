"""Find calls in text: names, arguments, strings. Nothing here knows what a verb means.

Two scanners over one text with indices, each linear. The strict one reads exactly what `render` writes, and tells a
text that was cut. The lenient one reads what models write: raw newlines, double quotes, bare values, quotes that
nobody escaped.

A lenient string ends at the first matching quote that is followed by ``, name=`` or by ``)`` and then the end, a
newline, ``;``, ``</``, ``<|`` or ``#``; other quotes are content. The text looked at behind one quote never reaches past
the next, so that this stays linear.
"""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

from .verbs import POINT_NAMES

_NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*+"
_STRICT_CALL: Final = re.compile(rf"({_NAME})\(")
_STRICT_ARGUMENT: Final = re.compile(rf"({_NAME})='((?:[^'\\\n]++|\\['\"\\ntr])*+)")
_CUT_ARGUMENT: Final = re.compile(rf"(?:{_NAME}=?)?+\Z|{_NAME}='(?:[^'\\\n]++|\\['\"\\ntr])*+\\?\Z")
_NAME_AT_END: Final = re.compile(rf"(?:{_NAME})?+\Z")
_BLANKS_AT_END: Final = re.compile(r"\s*+\Z")

CALL_START: Final = re.compile(rf"({_NAME})[ \t]*+\(")
_ARGUMENT_NAME: Final = re.compile(rf"({_NAME})\s*+=\s*+")
_BLANKS: Final = re.compile(r"\s*+")
_BLANKS_AND_COMMAS: Final = re.compile(r"[\s,]*+")
_QUOTES: Final = {quote: re.compile(rf"\\.|{quote}", re.DOTALL) for quote in "'\""}
_AFTER_STRING: Final = re.compile(
    rf"\s*+(?:,\s*+(?:{_NAME}\s*+=|\)[ \t]*+(?:\Z|[\n;#]|</|<\|))|\)[ \t]*+(?:\Z|[\n;#]|</|<\|))"
)
_BARE_STEP: Final = re.compile(r"[^,()\[\]\n]++|[,()\[\]\n]")
_ACTION_LINE: Final = re.compile(r"^[ \t]*+Action[ \t]*+[:：]", re.MULTILINE)

_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "'": "'", '"': '"', "\\": "\\"}


@frozen
class Argument:
    """One argument: its name (``None``: by position), and its text, unescaped."""

    name: str | None
    text: str
    quoted: bool = True


@frozen
class RawCall:
    """A call as it stands in the text."""

    name: str
    arguments: tuple[Argument, ...]
    closed: bool = True
    """False: the text ended before the closing parenthesis."""
    open_string: bool = False
    """The last argument is a string that never ended; its text is what there was of it."""
    notes: tuple[str, ...] = ()


@frozen
class StrictCalls:
    """What the strict scanner read: whole calls, and the one the text broke off in."""

    calls: tuple[RawCall, ...]
    cut: RawCall | None = None
    tail: bool = False
    """Behind the calls stands a word that may be the start of another one."""


def unescape(text: str) -> tuple[str, bool]:
    """Undo the escapes of a string, once. Returns the text, and whether an unknown escape stayed as it was."""
    if "\\" not in text:
        return text, False
    unknown = False

    def undo(match: re.Match[str]) -> str:
        nonlocal unknown
        known = _ESCAPES.get(match[1])
        unknown = unknown or known is None
        return match[0] if known is None else known

    return _ESCAPE.sub(undo, text), unknown


def scan_strict(text: str, start: int) -> StrictCalls | None:
    """Read a strict call list that reaches to the end of the text, or a prefix of one; ``None`` if it is neither."""
    calls: list[RawCall] = []
    position = start
    while True:
        opening = _STRICT_CALL.match(text, position)
        if opening is None:
            return StrictCalls(tuple(calls), tail=True) if _NAME_AT_END.match(text, position) else None
        scanned = _strict_arguments(text, opening[1], opening.end())
        if scanned is None:
            return None
        call, position = scanned
        if not call.closed:
            return StrictCalls(tuple(calls), cut=call)
        calls.append(call)
        if _BLANKS_AT_END.match(text, position):
            return StrictCalls(tuple(calls))
        if not text.startswith("\n\n", position):
            return None
        position += 2


def _strict_arguments(text: str, name: str, position: int) -> tuple[RawCall, int] | None:
    arguments: list[Argument] = []
    if text.startswith(")", position):
        return RawCall(name, ()), position + 1
    while True:
        match = _STRICT_ARGUMENT.match(text, position)
        if match is None:
            cut = _CUT_ARGUMENT.match(text, position)
            return None if cut is None else (RawCall(name, tuple(arguments), closed=False), len(text))
        position = match.end()
        arguments.append(Argument(match[1].lower(), unescape(match[2])[0]))
        notes = ("case_folded",) if match[1] != match[1].lower() else ()
        if position == len(text) or (position == len(text) - 1 and text[position] == "\\"):
            return RawCall(name, tuple(arguments), closed=False, open_string=True, notes=notes), len(text)
        if text[position] != "'":
            return None
        position += 1
        if text.startswith(")", position):
            return RawCall(name, tuple(arguments), notes=notes), position + 1
        if text.startswith(", ", position):
            position += 2
        elif position >= len(text) - 1 and ", ".startswith(text[position:]):
            return RawCall(name, tuple(arguments), closed=False, notes=notes), len(text)
        else:
            return None


@frozen
class ScanFailure:
    """What looked like a call is none; nothing up to ``position`` needs to be looked at again."""

    position: int


def scan_call(text: str, opening: re.Match[str], *, is_text_verb: bool) -> tuple[RawCall, int] | ScanFailure:
    """Read one call leniently, from a match of `CALL_START`. Returns it with the position behind it.

    ``is_text_verb``: arguments by position may be text, so that quotes in them may be content.
    """
    name, position = opening[1], _skip(_BLANKS_AND_COMMAS, text, opening.end())
    arguments: list[Argument] = []
    notes: list[str] = []
    while position < len(text) and text[position] != ")":
        naming = _ARGUMENT_NAME.match(text, position)
        written = None if naming is None else naming[1]
        argument_name = None if written is None else written.lower()
        if written != argument_name:
            notes.append("case_folded")
        if naming is not None:
            position = naming.end()
        value = _scan_value(text, position, pointed=_is_pointed(argument_name, is_text_verb))
        arguments.append(Argument(argument_name, value.text, value.quoted))
        notes.extend(value.notes)
        if value.end is None:
            call = RawCall(name, tuple(arguments), closed=False, open_string=value.quoted, notes=tuple(notes))
            return call, len(text)
        position = _skip(_BLANKS, text, value.end)
        if position < len(text) and text[position] == ",":
            position = _skip(_BLANKS_AND_COMMAS, text, position)
        elif position < len(text) and text[position] != ")":
            return ScanFailure(position)
    closed = position < len(text)
    return RawCall(name, tuple(arguments), closed=closed, notes=tuple(notes)), position + closed


def _skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return position if match is None else match.end()


def _is_pointed(name: str | None, is_text_verb: bool) -> bool:
    return not is_text_verb if name is None else name in POINT_NAMES


@frozen
class _Value:
    text: str
    end: int | None
    """Position behind it; ``None`` when the text ended inside."""
    quoted: bool
    notes: tuple[str, ...] = ()


def _scan_value(text: str, position: int, *, pointed: bool) -> _Value:
    if position < len(text) and text[position] in _QUOTES:
        return _scan_string(text, position, pointed=pointed)
    return _scan_bare(text, position)


def _scan_string(text: str, position: int, *, pointed: bool) -> _Value:
    bare_quotes = False
    for match in _QUOTES[text[position]].finditer(text, position + 1):
        if len(match[0]) == 2:
            continue
        if pointed or _AFTER_STRING.match(text, match.end()):
            return _ended_string(text, position + 1, match.start(), bare_quotes)
        bare_quotes = True
    return _Value(text[position + 1 :], None, quoted=True)


def _ended_string(text: str, start: int, stop: int, bare_quotes: bool) -> _Value:
    if bare_quotes and _ACTION_LINE.search(text, start, stop):
        # Quotes left open and another step behind them: the quote found may well belong to that step. Never typed.
        return _Value(text[start:], None, quoted=True)
    content, unknown = unescape(text[start:stop])
    notes = []
    if "\n" in text[start:stop]:
        notes.append("raw_newline")
    if bare_quotes:
        notes.append("unescaped_quote")
    if unknown:
        notes.append("unknown_escape")
    return _Value(content, stop + 1, quoted=True, notes=tuple(notes))


def _scan_bare(text: str, position: int) -> _Value:
    """Scan up to a comma, a closing parenthesis or a newline outside of brackets."""
    depth, start = 0, position
    for step in _BARE_STEP.finditer(text, position):
        character = step[0]
        if depth == 0 and character in (",", ")", "\n"):
            return _Value(text[start : step.start()].strip(), step.start(), quoted=False, notes=("unquoted_value",))
        if character in ("(", "["):
            depth += 1
        elif character in (")", "]"):
            depth = max(0, depth - 1)
    return _Value(text[start:].strip(), None, quoted=False, notes=("unquoted_value",))
