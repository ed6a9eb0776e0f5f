"""What every record of the hub is made of: equality that keeps JSON apart, residue and spelling, seals, arguments, marks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import attrs

from ..jsonvalue import ABSENT, Absent, Json, same_json

UNCOMPARED: Final = {"uncompared": True}
"""Metadata of a field that says how something was put, not what: left out of equality."""


@attrs.frozen(kw_only=True, eq=False)
class HubRecord:
    """Base of the hub's records. Equality keeps JSON number types apart and key order inside JSON that users shape."""

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(
            _same(getattr(self, a.name), getattr(other, a.name))
            for a in attrs.fields(type(self))
            if not a.metadata.get("uncompared")
        )

    def __hash__(self) -> int:
        return hash(self.__class__.__name__)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if attrs.has(type(one)) or attrs.has(type(other)):
        return bool(one == other)
    return same_json(one, other)


@attrs.frozen(kw_only=True, eq=False)
class Own(HubRecord):
    """What only one wire can say, or how that wire spelled it: keys of its document at the place the record came from."""

    wire: str
    fields: Mapping[str, Json]


@attrs.frozen(kw_only=True, eq=False)
class Origin(HubRecord):
    """Who minted a turn. ``family`` is who trained and signs (anthropic, openai, bytedance), ``host`` who served it."""

    family: str | None = None
    host: str | None = None
    model: str | None = None


@attrs.frozen(kw_only=True, eq=False)
class Owned(HubRecord):
    """A record with a residue and a spelling."""

    own: Own | None = None
    spelling: Own | None = attrs.field(default=None, metadata=UNCOMPARED, repr=False)


@attrs.frozen(kw_only=True, eq=False)
class Seal(HubRecord):
    """An opaque proof that only the minting family can read. It goes back to that family bit for bit, and nowhere else."""

    kind: Literal["signature", "redacted", "encrypted"]
    data: str
    family: str


@attrs.frozen(kw_only=True, eq=False)
class Arguments(HubRecord):
    """A call's arguments. ``text`` is the JSON text as sampled, where the wire carries text, and wins; ``value`` is what it says.

    ``value`` is ABSENT where the text is not JSON: such a call is reported, never run with ``{}``. Two arguments are equal when
    they differ in white space and escapes only.
    """

    text: str | Absent = ABSENT
    value: Json = ABSENT

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Arguments):
            return NotImplemented
        if self.text is not ABSENT and other.text is not ABSENT and self.text == other.text:
            return True
        if self.value is ABSENT or other.value is ABSENT:
            return self.value is other.value and self.text == other.text
        return same_json(self.value, other.value)

    def __hash__(self) -> int:
        return hash("Arguments")


NO_ARGUMENTS: Final = Arguments()


@attrs.frozen(kw_only=True, eq=False)
class Opaque(HubRecord):
    """A part no translator knows: it goes back to its own wire as it came, and is a loss elsewhere."""

    wire: str
    document: Json


@attrs.frozen(kw_only=True, eq=False)
class Mark(Owned):
    """A mark in the flow that is not speech: a cache point after the part before it, a compaction, a change of tools.

    ``data`` for cache: ``{"ttl": "1h"}`` where a time is said that is not the provider's usual one, else ``{}``.
    """

    kind: Literal["cache", "compaction", "fallback", "tool_change", "config_change", "clear"]
    data: Mapping[str, Json] = attrs.field(factory=dict)
