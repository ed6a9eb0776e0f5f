"""One event of a stream before it is framed."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from polyloop.translate.jsonvalue import Json


@frozen(kw_only=True)
class Event:
    """An event's name, where its wire names events, and its data: JSON, or a bare word such as ``[DONE]``."""

    name: str | None = None
    data: Json = None
    word: str | None = None
    """Stands in place of ``data`` where it is not JSON."""


def pieces(text: str, size: int) -> Iterator[str]:
    """Cut a text into deltas of so many characters; an empty text has none."""
    for start in range(0, len(text), size):
        yield text[start : start + size]
