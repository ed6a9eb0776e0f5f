"""Images apart from the history: in the store by digest, in the history as references, in a request as base64 again.

A reference is a `hub.FileId` of the family ``polyloop-store``: the store is the only one who understands it. Only base64 in its one
canonical spelling becomes a reference, so that what comes back is what went away, bit for bit.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import Any, Final

from attrs import evolve

from polyloop.translate import hub

from .ports import Store

FAMILY: Final = "polyloop-store"
LONG: Final = 256 * 1024
"""Bytes from which work on an image is worth letting others run before it goes on."""


def digest_of(part: hub.Part) -> str | None:
    """Return the digest of a stored image that a part refers to, or None."""
    if isinstance(part, hub.Media) and isinstance(part.source, hub.FileId) and part.source.family == FAMILY:
        return part.source.id
    return None


def newest_image(parts: tuple[hub.Part, ...]) -> str | None:
    """Return the digest of the last stored image in parts, results' own included."""
    for part in reversed(parts):
        inner = newest_image(part.parts) if isinstance(part, hub.Result) else digest_of(part)
        if inner is not None and (isinstance(part, hub.Result) or getattr(part, "kind", "") == "image"):
            return inner
    return None


async def keep_turn(turn: hub.Turn, store: Store) -> hub.Turn:
    """Put a turn's images into the store and return the turn with references to them."""
    given = turn.parts
    parts = await keep(given, store)
    return turn if parts is given else evolve(turn, parts=parts)


async def keep(parts: tuple[hub.Part, ...], store: Store) -> tuple[hub.Part, ...]:
    """Put the images of parts into the store; the same object where there are none."""
    kept = tuple([await _keep_part(part, store) for part in parts])
    return parts if all(a is b for a, b in zip(kept, parts, strict=True)) else kept


async def _keep_part(part: hub.Part, store: Store) -> hub.Part:
    if isinstance(part, hub.Result):
        inner = await keep(part.parts, store)
        return part if inner is part.parts else evolve(part, parts=inner)
    if not isinstance(part, hub.Media):
        return part
    if isinstance(part.source, hub.Inline) and isinstance(part.source.content, tuple):
        content: Any = await keep(part.source.content, store)
        return part if content is part.source.content else evolve(part, source=hub.Inline(content=content))
    if not isinstance(part.source, hub.Base64):
        return part
    data = await _canonical(part.source.data)
    if data is None:
        return part
    digest = await store.put_image(data, part.source.media_type)
    return evolve(part, source=hub.FileId(id=digest, family=FAMILY))


async def _canonical(text: str) -> bytes | None:
    """Return the bytes of a base64 text, or None where encoding them would not give the text again.

    Of a long text each of the two takes milliseconds, in which nothing else runs, in whatever thread: others get their turn between.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    await _others_first(data)
    return data if base64.b64encode(data) == text.encode("ascii") else None


async def _others_first(data: bytes) -> None:
    if len(data) >= LONG:
        await asyncio.sleep(0)


async def fetch(parts: tuple[hub.Part, ...], store: Store) -> tuple[hub.Part, ...]:
    """Put the images that parts refer to back into them; the same object where there are none. Raises `MissingImageError`."""
    fetched = tuple([await _fetch_part(part, store) for part in parts])
    return parts if all(a is b for a, b in zip(fetched, parts, strict=True)) else fetched


async def _fetch_part(part: hub.Part, store: Store) -> hub.Part:
    if isinstance(part, hub.Result):
        inner = await fetch(part.parts, store)
        return part if inner is part.parts else evolve(part, parts=inner)
    if isinstance(part, hub.Media) and isinstance(part.source, hub.Inline) and isinstance(part.source.content, tuple):
        content: Any = await fetch(part.source.content, store)
        return part if content is part.source.content else evolve(part, source=hub.Inline(content=content))
    digest = digest_of(part)
    if digest is None or not isinstance(part, hub.Media):
        return part
    data, media_type = await store.image(digest)
    await _others_first(data)
    source = hub.Base64(media_type=media_type, data=base64.b64encode(data).decode("ascii"))
    return evolve(part, source=source)
