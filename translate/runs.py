"""Events that say more and more of one text, put together before they are read: for who folds a stream and shows nothing of it meanwhile.

Where a socket's read brings many events at once, nearly all of them are the same text but for one string, and the string is the next piece of
what the model says. Such a run is one event that says all of it: a fold makes the same of it (`tests/translate/streams/test_runs.py`),
and it is decoded and folded once. Only strings without escapes are put together: each is then a string by itself, whole characters
and nothing that JSON forbids, so that no event gains or loses its damage by it. A text that says the same as the one before it ends a run, for a
stream in which every event comes twice must not be taken for one that says twice as much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Final, TypeAlias

from .codec import RootDecoder
from .errors import DecodeError
from .stencils import MARK, pieces_around

MoreOf: TypeAlias = Callable[[Any], str | None]
"""Returns the string of an event that says more of one text and whose other words a fold may hear once or many times; ``None`` for any other."""

_FEWEST: Final = 3
"""Texts that must be left for it to be worth while to look for a run."""
_SHORTEST: Final = 3
_TRIES: Final = 4
"""Pairs of texts that are compared in vain before no more are, as long as no run is found."""


class Runs:
    """Puts the runs of one stream together."""

    def __init__(self, decoder: RootDecoder, more_of: MoreOf) -> None:
        self._decoder = decoder
        self._more_of = more_of
        self._head = self._tail = b""
        """What stands around the strings of a run; no text of JSON is without a head."""
        self._tries = _TRIES

    def join(self, texts: Sequence[bytes]) -> list[bytes]:
        """Return events' texts, each run of them as one."""
        joined: list[bytes] = []
        place, count = 0, len(texts)
        while place < count:
            run = self._run(texts, place)
            if len(run) < _SHORTEST and self._learn(texts, place):
                run = self._run(texts, place)
            if len(run) < _SHORTEST:
                joined.append(texts[place])
                place += 1
            else:
                joined.append(self._head + "".join(run).encode() + self._tail)
                place += len(run)
        return joined

    def _run(self, texts: Sequence[bytes], place: int) -> list[str]:
        """Return what the texts from a place on say between the same head and tail."""
        head, tail = self._head, self._tail
        run: list[str] = []
        if not head:
            return run
        start, stop, least = len(head), -len(tail), len(head) + len(tail)
        before = b""
        for text in islice(texts, place, None):
            if text == before or not (text.startswith(head) and text.endswith(tail)) or len(text) < least:
                break
            before = text
            try:
                string = text[start:stop].decode()
            except UnicodeDecodeError:
                break
            # Not printable are among others the control characters, which no string of JSON may hold as they are.
            if '"' in string or "\\" in string or not string.isprintable():
                break
            run.append(string)
        return run

    def _learn(self, texts: Sequence[bytes], place: int) -> bool:
        """Take two texts for the beginning of a run, if they differ in one string and it says more of a text."""
        known = self._head and texts[place].startswith(self._head)
        if known or not self._tries or len(texts) - place < _FEWEST:
            return False
        self._tries -= 1
        pieces = pieces_around(texts[place], texts[place + 1])
        if pieces is None or len(pieces) != 2:
            return False
        head, tail = pieces
        try:
            event = self._decoder.decode_text(head + MARK.encode() + tail)
        except (DecodeError, RecursionError):
            return False
        if self._more_of(event) != MARK:
            return False
        self._head, self._tail, self._tries = head, tail, _TRIES
        return True
