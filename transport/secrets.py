"""A secret that shows itself only when asked, and the removal of secrets from texts and documents."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from typing import Any, Final, NoReturn
from urllib.parse import quote

from polyloop.translate.jsonvalue import Json

MASK: Final = "[secret]"

SHORTEST: Final = 4
"""Secrets of fewer characters are left where they stand: servers without keys are given dummies such as ``x``, and
removing those would garble every text."""


class Secret:
    """A key or token. Its text is had by `reveal` alone: not by repr, str, format, pickle, vars or comparison."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        if not text:
            raise ValueError("a secret is not empty")
        self.__text = text

    def reveal(self) -> str:
        """Return the secret's text, to be put into a header and nowhere else."""
        return self.__text

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, specification: str) -> str:
        return format(MASK, specification)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(
            self.__text.encode("utf-8", "surrogatepass"), other.reveal().encode("utf-8", "surrogatepass")
        )

    def __hash__(self) -> int:
        return hash((Secret, self.__text))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, _memo: dict[int, Any]) -> Secret:
        return self

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("a secret is not stored: store where to read it from")


def revealed(secret: Secret | str) -> str:
    """Return the text of a secret or of a plain string."""
    return secret.reveal() if isinstance(secret, Secret) else secret


def fits_header(text: str) -> bool:
    """Tell whether a text can stand in a header as it is: printable ASCII without white space at its ends.

    Asked before sending, for the HTTP libraries quote the header they refuse, key and all.
    """
    return text.isascii() and text.isprintable() and text == text.strip()


def scrub(value: Json, secrets: Iterable[Secret | str]) -> Json:
    """Return a text, bytes or JSON document with every secret replaced by ``[secret]``.

    Object keys are searched too, and so are the forms a secret takes in a URL and inside JSON text. Nothing is changed in
    place; tuples come back as lists. Works on nesting of any depth.
    """
    forms = _forms(secrets)
    if not forms:
        return value
    if isinstance(value, (bytes, bytearray)):
        return _without(bytes(value).decode("utf-8", "surrogateescape"), forms).encode("utf-8", "surrogateescape")
    holder: list[Json] = [value]
    pending: list[tuple[Any, Any]] = [(holder, 0)]
    while pending:
        container, place = pending.pop()
        found = container[place]
        if isinstance(found, str):
            container[place] = _without(found, forms)
        elif isinstance(found, dict):
            container[place] = copied = {
                _without(key, forms) if isinstance(key, str) else key: item for key, item in found.items()
            }
            pending.extend((copied, key) for key in copied)
        elif isinstance(found, (list, tuple)):
            container[place] = items = list(found)
            pending.extend((items, index) for index in range(len(items)))
    return holder[0]


def _forms(secrets: Iterable[Secret | str]) -> tuple[str, ...]:
    """Return every spelling to look for, longest first, so that no secret is cut by one that it contains."""
    forms: set[str] = set()
    for secret in secrets:
        text = revealed(secret)
        if len(text) >= SHORTEST:
            forms.update((text, quote(text, safe="", errors="replace"), quote(text, errors="replace")))
            forms.update((json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]))
    return tuple(sorted(forms, key=len, reverse=True))


def _without(text: str, forms: tuple[str, ...]) -> str:
    for form in forms:
        if form in text:
            text = text.replace(form, MASK)
    return text
