"""An answer as the acts of sending it: pure until the server performs them."""

from __future__ import annotations

from typing import TypeAlias

from attrs import frozen

from .exchange import Answer


@frozen(kw_only=True)
class Hold:
    """Wait for the gate; meanwhile send the ping so often, where there is one."""

    gate: str
    ping: bytes | None = None
    ping_seconds: float = 0.0


@frozen(kw_only=True)
class Sever:
    """End the connection here, in the middle."""

    reset: bool


Act: TypeAlias = bytes | Hold | Sever


@frozen(kw_only=True)
class Delivery:
    """What is sent, in order. Acts before the head come first of all."""

    status: int
    headers: tuple[tuple[str, str], ...]
    before: tuple[Hold | Sever, ...] = ()
    acts: tuple[Act, ...] = ()
    length: int | None = None
    """Of the body, in bytes, as the head promises it; None: chunked."""


def deliver(answer: Answer) -> Delivery:
    """Return the undisturbed delivery of an answer."""
    length = None if answer.events else sum(map(len, answer.pieces))
    return Delivery(status=answer.status, headers=answer.headers, acts=answer.pieces, length=length)


def cut(pieces: tuple[bytes, ...], count: int) -> tuple[bytes, ...]:
    """Return the first so many bytes, in the pieces they came in."""
    kept: list[bytes] = []
    for piece in pieces:
        if count <= 0:
            break
        kept.append(piece[:count])
        count -= len(piece)
    return tuple(kept)
