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


def cut(acts: tuple[Act, ...], count: int) -> tuple[Act, ...]:
    """Return the acts up to so many bytes."""
    kept: list[Act] = []
    for act in acts:
        if isinstance(act, bytes):
            if len(act) >= count:
                return (*kept, act[:count])
            count -= len(act)
        kept.append(act)
    return tuple(kept)
