"""The hub: the neutral records every wire is read to and written from.

The hub is a small algebra, not a union of all providers' formats. A neutral field holds what more than one wire can say, or what
a loop must know. What only one wire can ever say stays in ``own``, a residue that no other wire reads. It is also the storage
format (`storage`): plain data, versioned.

Three kinds of fields:

* neutral fields are compared, and each survives ``read(write(evolve(record, field=value)))`` on every wire that has a place for it;
* ``own`` is the residue of one wire: keys that no neutral field states. Another wire's writer never looks at it;
* ``spelling`` and ``origin`` are not compared. A spelling says in which of two documented equal ways the wire put it (a string for
  one text block, a default written out), so that the same wire gets the same document back; an origin says who minted a turn.

How turns are cut. A `Turn` is a maximal run of one speaker. The roles: ``system`` and ``developer`` in mid-conversation (what
stands before the conversation is ``Request.instructions``), ``user``, ``assistant``, and ``tool``: the results of calls are the
tool's words, also where a wire puts them into the user's message. Every wire has a grouping it writes by default:

* anthropic: adjacent tool and user turns make one ``user`` message; an assistant turn makes one message;
* openai-chat: each result is one ``tool`` message, any other turn one message;
* openai-responses: each result, call, thinking and opaque item is one item, and each run of text, media and refusals one message;
* uitars: as openai-chat.

A `Seam` on a turn says where a wire's document was cut otherwise, or what a message or item carried itself (id, status, phase,
name, unknown keys). A turn without seams is written by default; writers of other wires ignore form and id, never the cut itself
unless they cannot make it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, Literal, TypeAlias

import attrs

from .computer_use.actions import Action
from .jsonvalue import ABSENT, Absent, Json, same_json

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
        return hash(type(self).__name__)


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


# Parts: what a turn holds, in the order in which it was said.


@attrs.frozen(kw_only=True, eq=False)
class Citation(Owned):
    """Where a text says it has something from.

    ``kind`` is url (a web page), document (a part of a document of the request), search (a given search result), file (a stored
    file). ``start`` and ``end`` are characters of the text that cites, where the wire counts them there (OpenAI's annotations).
    """

    kind: str
    url: str | Absent | None = ABSENT
    title: str | Absent | None = ABSENT
    cited_text: str | Absent | None = ABSENT
    start: int | Absent = ABSENT
    end: int | Absent = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class Text(Owned):
    """Words. ``form`` says whether the wire put a lone text as a bare string or as a list of one block; not compared."""

    text: str
    citations: tuple[Citation, ...] = ()
    logprobs: Json = ABSENT
    form: Literal["string", "block"] | None = attrs.field(default=None, metadata=UNCOMPARED)


@attrs.frozen(kw_only=True, eq=False)
class Refusal(Owned):
    """The model's words for not doing it, where the wire sets them apart from text."""

    text: str
    category: str | Absent | None = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class Base64(HubRecord):
    """Bytes in the document. ``data`` is base64 text without any ``data:`` prefix, exactly as the wire had it."""

    media_type: str
    data: str = attrs.field(repr=lambda data: f"<{len(data)} characters of base64>")


@attrs.frozen(kw_only=True, eq=False)
class Url(HubRecord):
    """An address the provider fetches. A ``data:`` URL that is not plain base64 stays here as it is."""

    url: str = attrs.field(repr=lambda url: repr(url if len(url) <= 200 else url[:60] + "..."))


@attrs.frozen(kw_only=True, eq=False)
class FileId(HubRecord):
    """A file stored at a provider: means something to ``family`` only."""

    id: str
    family: str


@attrs.frozen(kw_only=True, eq=False)
class Inline(HubRecord):
    """A document whose content stands in the request: a text, or parts (texts and images)."""

    content: str | tuple[Part, ...]


Source: TypeAlias = Base64 | Url | FileId | Inline


@attrs.frozen(kw_only=True, eq=False)
class Media(Owned):
    """An image, sound, document or video. ``detail`` is how closely to look, ``title`` a name (a document's title, a filename)."""

    kind: Literal["image", "audio", "document", "video"]
    source: Source
    detail: str | Absent | None = ABSENT
    title: str | Absent | None = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class Thinking(Owned):
    """Reasoning. ``text`` is ABSENT where the provider kept it; ``summary`` is what it gave instead."""

    text: str | Absent = ABSENT
    summary: tuple[str, ...] = ()
    seal: Seal | None = None


CallForm: TypeAlias = Literal["function", "custom", "computer", "browser", "shell", "patch", "text_editor", "memory"]


@attrs.frozen(kw_only=True, eq=False)
class SafetyCheck(Owned):
    """A check the provider wants a person to pass before a computer call runs."""

    id: str
    code: str | Absent | None = ABSENT
    message: str | Absent | None = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class Call(Owned):
    """A call the model wants us to perform.

    ``form`` function has JSON ``arguments``; custom has free text in ``arguments.text``; computer and browser have ``actions``
    and no arguments. A batch of computer actions is one call on a wire that batches them. ``state``: complete may run; cut was
    broken off and never runs; pending is still being streamed.
    """

    id: str
    name: str
    arguments: Arguments = Arguments()
    form: CallForm = "function"
    toolset: str | Absent | None = ABSENT
    namespace: str | Absent | None = ABSENT
    actions: tuple[Action, ...] | Absent = ABSENT
    checks: tuple[SafetyCheck, ...] = ()
    state: Literal["complete", "cut", "pending"] = "complete"


@attrs.frozen(kw_only=True, eq=False)
class Result(Owned):
    """What came of a call. ``outcome`` is ABSENT where the wire does not say.

    ``form`` is the call's form (a computer's result is its screenshot); ``acknowledged`` are the safety checks a person passed.
    """

    call_id: str
    parts: tuple[Part, ...] = ()
    outcome: Literal["ok", "error", "denied", "not_run", "unknown"] | Absent = ABSENT
    form: CallForm = "function"
    acknowledged: tuple[SafetyCheck, ...] = ()
    toolset: str | Absent | None = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class ServerCall(Owned):
    """A call the provider runs itself (web search, code execution, MCP). Never executable by us, on any wire.

    ``document`` holds the rest of an item that tells call and result in one (Responses), ``family`` who alone understands it.
    """

    id: str
    tool: str
    arguments: Arguments = Arguments()
    server: str | Absent | None = ABSENT
    document: Json = ABSENT
    family: str


@attrs.frozen(kw_only=True, eq=False)
class ServerResult(Owned):
    """What the provider's own tool found, in the provider's own form."""

    call_id: str
    tool: str
    document: Json = ABSENT
    family: str


@attrs.frozen(kw_only=True, eq=False)
class Approval(Owned):
    """The provider asks whether its own tool may run. ``subject`` is its question, as JSON."""

    id: str
    subject: Json


@attrs.frozen(kw_only=True, eq=False)
class ApprovalAnswer(Owned):
    """A person's answer to an `Approval`."""

    id: str
    approve: bool
    reason: str | Absent | None = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class Reference(Owned):
    """Something that stands in the provider's memory: an item by its id."""

    id: str
    family: str


@attrs.frozen(kw_only=True, eq=False)
class Opaque(HubRecord):
    """A part no translator knows: it goes back to its own wire as it came, and is a loss elsewhere."""

    wire: str
    document: Json


@attrs.frozen(kw_only=True, eq=False)
class Mark(Owned):
    """A mark in the flow that is not speech: a cache point after the part before it, a compaction, a change of tools.

    ``data`` for cache: ``{"ttl": "5m"}`` where a time is said, else ``{}``.
    """

    kind: Literal["cache", "compaction", "fallback", "tool_change", "config_change", "clear"]
    data: Mapping[str, Json] = attrs.field(factory=dict)


Part: TypeAlias = (
    Text | Refusal | Media | Thinking | Call | Result | ServerCall | ServerResult | Approval | ApprovalAnswer | Reference
    | Opaque | Mark
)  # fmt: skip


@attrs.frozen(kw_only=True, eq=False)
class Seam(Owned):
    """``parts[start:stop]`` were one message or item of the wire, where the wire's own grouping would not say so."""

    start: int
    stop: int
    form: str = "message"
    id: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT
    phase: str | Absent | None = ABSENT
    name: str | Absent | None = ABSENT


Role: TypeAlias = Literal["system", "developer", "user", "assistant", "tool"]


@attrs.frozen(kw_only=True, eq=False)
class Turn(Owned):
    """A maximal run of one speaker, in the order in which it was said."""

    role: Role
    parts: tuple[Part, ...] = ()
    seams: tuple[Seam, ...] = ()
    origin: Origin | None = attrs.field(default=None, metadata=UNCOMPARED, repr=False)


# Structure of a request.


@attrs.frozen(kw_only=True, eq=False)
class Builtin(HubRecord):
    """A tool the provider defines: ``type`` without its date, ``version`` the date (``20250124``), ``options`` the rest.

    A type whose date is written ``web_search_20250305`` is ``Builtin(type="web_search", version="20250305", ...)``.
    """

    type: str
    version: str | Absent = ABSENT
    options: Mapping[str, Json] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True, eq=False)
class Tool(Owned):
    """A tool the model may call. ``schema`` is the JSON Schema of its arguments, for ``form`` function."""

    name: str | Absent = ABSENT
    description: str | Absent | None = ABSENT
    schema: Json = ABSENT
    form: CallForm | Literal["server"] = "function"
    strict: bool | Absent | None = ABSENT
    builtin: Builtin | None = None


@attrs.frozen(kw_only=True, eq=False)
class ToolChoice(Owned):
    """``parallel`` false allows at most one call in a turn."""

    mode: Literal["auto", "none", "required", "named", "allowed"]
    names: tuple[str, ...] = ()
    parallel: bool | Absent | None = ABSENT


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
    """How much to think. ``budget`` in tokens; ``display`` what of it to show; ``mode`` enabled, disabled, adaptive, ..."""

    effort: str | Absent | None = ABSENT
    budget: int | Absent | None = ABSENT
    display: str | Absent | None = ABSENT
    mode: str | Absent | None = ABSENT


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
class Settings(HubRecord):
    """What more than one wire can say about the call itself and not about the conversation."""

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
    settings: Settings = Settings()
    betas: tuple[str, ...] | Absent = ABSENT
    version: str | Absent = ABSENT


# Structure of a reply.


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
class Candidate(Owned):
    """One of the answers. ``stop_detail`` is what goes with the reason (the sequence met, why it refused), as JSON."""

    index: int = 0
    turn: Turn
    stop: StopReason | None = None
    stop_detail: Json = ABSENT
    logprobs: Json = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class Response(Owned):
    """One reply. ``created`` is seconds since 1970, ``error`` the provider's error document where the reply is one that failed."""

    id: str | Absent | None = ABSENT
    model: str | Absent | None = ABSENT
    created: float | int | Absent | None = ABSENT
    candidates: tuple[Candidate, ...] = ()
    usage: Usage | None = None
    status: Literal["finished", "cut", "paused", "queued", "failed"] = "finished"
    error: Json = None
    continues: tuple[Continues, ...] = ()
