"""One reply: its answers, why each ended, and what it cost in tokens."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, TypeAlias

import attrs

from ..jsonvalue import ABSENT, Absent, Json
from .base import UNCOMPARED, HubRecord, Own, Owned
from .parts import Turn
from .request import Continues, Request


class Reason(StrEnum):
    """Why the model stopped. Closed: what a wire says beyond these is `Other`, and unknown never becomes "done"."""

    END_TURN = "end_turn"
    MAX_TOKENS = "max_tokens"
    STOP_SEQUENCE = "stop_sequence"
    TOOL_USE = "tool_use"
    PAUSE_TURN = "pause_turn"
    REFUSAL = "refusal"
    CONTENT_FILTER = "content_filter"
    CONTEXT_OVERFLOW = "context_overflow"
    COMPACTION = "compaction"


@attrs.frozen(kw_only=True, eq=False)
class Other(HubRecord):
    """A stop reason none of ours means, in the wire's own word."""

    raw: str


StopReason: TypeAlias = Reason | Other


@attrs.frozen(kw_only=True, eq=False)
class Known(HubRecord):
    """A number the provider said."""

    n: int


@attrs.frozen(kw_only=True, eq=False)
class AtLeast(HubRecord):
    """A lower bound: what was known when a stream broke off."""

    n: int


Count: TypeAlias = Known | AtLeast | None
"""``None`` is unknown, never 0."""


@attrs.frozen(kw_only=True, eq=False)
class Usage(HubRecord):
    """Tokens in disjoint buckets: their sum is the provider's total where its own numbers add up.

    ``uncached_in`` excludes what was read from or written to a cache; ``out_text`` excludes ``out_reasoning``; audio is counted in
    its own buckets only. ``reported`` is the provider's usage document as it came.
    """

    uncached_in: Count = None
    cache_read: Count = None
    cache_write_5m: Count = None
    cache_write_1h: Count = None
    out_text: Count = None
    out_reasoning: Count = None
    audio_in: Count = None
    audio_out: Count = None
    reported: Own | None = attrs.field(default=None, metadata=UNCOMPARED)


@attrs.frozen(kw_only=True, eq=False)
class ToolUsage(HubRecord):
    """What one of the provider's own tools took: how often it ran, and the tokens of a model of its own, in disjoint buckets.

    ``reported`` is the provider's document about this tool as it came.
    """

    tool: str
    requests: Count = None
    text_in: Count = None
    image_in: Count = None
    text_out: Count = None
    image_out: Count = None
    reported: Own | None = attrs.field(default=None, metadata=UNCOMPARED)


@attrs.frozen(kw_only=True, eq=False)
class Candidate(Owned):
    """One of the answers. ``stop_detail`` is what goes with the reason (the sequence met, why it refused), as JSON."""

    index: int = 0
    turn: Turn
    stop: StopReason | None = None
    stop_detail: Json = ABSENT
    logprobs: Json = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class Response(Owned):
    """One reply. ``created`` and ``completed`` are seconds since 1970, ``error`` the provider's error document where the reply is one that failed.

    ``service_tier`` is the tier it was served in, in the provider's word; ``metadata`` is what the request gave to be said back, or the
    server has to say of itself; ``moderation`` how input and output were judged (`translate.moderation`).
    ``request`` is what it repeats of the request that it answers: settings and tools, no turns.
    """

    id: str | Absent | None = ABSENT
    model: str | Absent | None = ABSENT
    created: float | int | Absent | None = ABSENT
    completed: float | int | Absent | None = ABSENT
    candidates: tuple[Candidate, ...] = ()
    usage: Usage | None = None
    tool_usage: tuple[ToolUsage, ...] = ()
    status: Literal["finished", "cut", "paused", "queued", "failed"] = "finished"
    error: Json = None
    service_tier: str | Absent | None = ABSENT
    metadata: Json = ABSENT
    moderation: Json = ABSENT
    continues: tuple[Continues, ...] = ()
    request: Request | None = None
