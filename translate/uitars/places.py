"""Points and numbers as UI-TARS writes them, inside an argument's text."""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

from .reply import Corners, Number, Place

_NUMBER: Final = r"-?[0-9]{1,12}(?:\.[0-9]{1,12})?"
_SEP: Final = r"(?:\s*+,\s*+|\s++)"
_TWO_OR_FOUR: Final = rf"\s*+({_NUMBER}){_SEP}({_NUMBER})(?:{_SEP}({_NUMBER}){_SEP}({_NUMBER}))?\s*+"
_BRACKETED: Final = re.compile(
    rf"\s*+(?:<\|box_start\|>\s*+)?"
    rf"(?:\({_TWO_OR_FOUR}\)|\[{_TWO_OR_FOUR}\]|<point>{_TWO_OR_FOUR}</point>|<bbox>{_TWO_OR_FOUR}</bbox>|<box>{_TWO_OR_FOUR}</box>)"
)
_BARE: Final = re.compile(_TWO_OR_FOUR)
_BOX_END: Final = "<|box_end|>"
_ONE_NUMBER: Final = re.compile(rf"\s*+({_NUMBER})\s*+s?\s*+")


@frozen
class Read:
    """A point that was read: its place, the box it is the centre of, and whether it had brackets."""

    place: Place
    box: Corners | None
    bracketed: bool = True


def number(text: str) -> Number:
    """Return a number of the pattern above: a whole one as ``int``."""
    return float(text) if "." in text else int(text)


def read_place(text: str) -> Read | None:
    """Read an argument that is a point and nothing else. Of four numbers the centre is meant."""
    match = _BRACKETED.match(text)
    if match is not None:
        rest = text[match.end() :].strip()
        return _read(match, bracketed=True) if rest in ("", _BOX_END) else None
    match = _BARE.fullmatch(text)
    return None if match is None else _read(match, bracketed=False)


def read_cut_place(text: str) -> Read | None:
    """Read a point whose argument was cut off. Only one that closed itself counts: ``(100,20`` may go on."""
    match = _BRACKETED.match(text)
    if match is None:
        return None
    rest = text[match.end() :].strip()
    closing = rest.rstrip("'\") \t\n")
    return _read(match, bracketed=True) if _BOX_END.startswith(closing) else None


def read_number(text: str) -> Number | None:
    """Read one number, such as a time in seconds."""
    match = _ONE_NUMBER.fullmatch(text)
    return None if match is None else number(match[1])


def _read(match: re.Match[str], *, bracketed: bool) -> Read:
    left, top, *others = (number(group) for group in match.groups() if group is not None)
    if not others:
        return Read((left, top), None, bracketed)
    right, bottom = others
    return Read((_middle(left, right), _middle(top, bottom)), (left, top, right, bottom), bracketed)


def _middle(one: Number, other: Number) -> Number:
    total = one + other
    if isinstance(total, int):
        return total // 2 if total % 2 == 0 else total / 2
    return total / 2
