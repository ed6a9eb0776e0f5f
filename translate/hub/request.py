"""One request: the conversation, what may be called, and how to answer."""

from __future__ import annotations

from typing import Literal

import attrs

from ..jsonvalue import ABSENT, Absent, Json
from .base import HubRecord, Mark, Opaque, Owned
from .parts import Turn
from .tools import Tool, ToolChoice


@attrs.frozen(kw_only=True, eq=False)
class Format(Owned):
    """The form an answer must have: free text, any JSON, or JSON after a schema."""

    kind: Literal["text", "json", "schema"]
    name: str | Absent = ABSENT
    description: str | Absent | None = ABSENT
    schema: Json = ABSENT
    strict: bool | Absent | None = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class Reasoning(Owned):
    """How much to think. ``budget`` in tokens; ``display`` what of it to show; ``mode`` enabled, disabled, adaptive, ...

    ``context`` is whose thinking the model sees again: that of ``all_turns``, of the ``current_turn``, or as it likes (``auto``).
    """

    effort: str | Absent | None = ABSENT
    budget: int | Absent | None = ABSENT
    display: str | Absent | None = ABSENT
    mode: str | Absent | None = ABSENT
    context: str | Absent | None = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class Sampling(HubRecord):
    """How to draw the next token, and how many answers (``n``). ``logprobs`` asks for them, ``top_logprobs`` says how many."""

    temperature: float | Absent | None = ABSENT
    top_p: float | Absent | None = ABSENT
    top_k: int | Absent | None = ABSENT
    seed: int | Absent | None = ABSENT
    frequency_penalty: float | Absent | None = ABSENT
    presence_penalty: float | Absent | None = ABSENT
    logit_bias: Json = ABSENT
    logprobs: bool | Absent | None = ABSENT
    top_logprobs: int | Absent | None = ABSENT
    n: int | Absent | None = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class Continues(HubRecord):
    """State on a server that a request goes on from. It means something there only."""

    kind: Literal["response", "conversation", "thread", "container", "prompt"]
    id: Json
    family: str


@attrs.frozen(kw_only=True, eq=False)
class Compaction(Owned):
    """That the provider sums up what was said by itself, once the input has ``threshold`` tokens; ABSENT leaves the number to it."""

    threshold: int | Absent | None = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class Settings(HubRecord):
    """What more than one wire can say about the call itself and not about the conversation.

    ``include`` are things asked for beside the answer, in the provider's words; ``modalities`` what the answer is to be made of
    (texts, sound), and ``audio`` how it is to sound.
    """

    stream: bool | Absent | None = ABSENT
    user: str | Absent | None = ABSENT
    metadata: Json = ABSENT
    service_tier: str | Absent | None = ABSENT
    store: bool | Absent | None = ABSENT
    verbosity: str | Absent | None = ABSENT
    safety_identifier: str | Absent | None = ABSENT
    cache_key: str | Absent | None = ABSENT
    cache_retention: str | Absent | None = ABSENT
    cache_options: Json = ABSENT
    moderation: Json = ABSENT
    stream_options: Json = ABSENT
    include: tuple[str, ...] | Absent = ABSENT
    modalities: Json = ABSENT
    audio: Json = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class McpServer(Owned):
    """An MCP server that the provider calls, where a wire lists servers apart from tools. ``authorization`` is a secret: the token it wants.

    ``allowed_tools`` and ``enabled`` say which of its tools are offered where no tool of the request does: null and ABSENT are all of them.
    """

    name: str
    url: str
    authorization: str | Absent | None = attrs.field(default=ABSENT, repr=False)
    allowed_tools: tuple[str, ...] | Absent | None = ABSENT
    enabled: bool | Absent | None = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class Request(Owned):
    """One request. ``instructions`` is the turn that stands before the conversation, role system; ``tools`` ABSENT is not ``()``."""

    model: str | Absent | None = ABSENT
    instructions: Turn | Absent = ABSENT
    turns: tuple[Turn, ...] = ()
    tools: tuple[Tool | Opaque, ...] | Absent | None = ABSENT
    choice: ToolChoice | Absent | None = ABSENT
    format: Format | Absent | None = ABSENT
    reasoning: Reasoning | Absent | None = ABSENT
    sampling: Sampling = Sampling()
    max_output: int | Absent | None = ABSENT
    stop: tuple[str, ...] | Absent | None = ABSENT
    cache: Mark | Absent | None = ABSENT
    continues: tuple[Continues, ...] = ()
    compaction: Compaction | None = None
    settings: Settings = Settings()
    servers: tuple[McpServer | Opaque, ...] | Absent | None = ABSENT
    betas: tuple[str, ...] | Absent = ABSENT
    version: str | Absent = ABSENT
