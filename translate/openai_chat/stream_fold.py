"""Chat Completions streams: chunks folded into a completion.

Texts append, lists of calls merge by ``index``, the rest replaces. What compatible servers do otherwise is handled where it is unambiguous: a
call without an index, several calls under one index told apart by their ids, arguments as an object, usage in every chunk.

``data: [DONE]`` is the terminator: without it the completion has no ``finish_reason``. Some servers never send it (Perplexity's streams do
not); who talks to one says ``done_required=False``, and a finish reason on every choice is then the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..codec import Opaque, encode, encode_value
from ..errors import DecodeError
from ..jsontext import parse
from ..jsonvalue import ABSENT, Absent, Json, JsonObject
from ..records import NO_EXTRA
from ..stream_reader import Done, FrameException, Unreadable
from ..streams import CallSoFar
from .stream_join import ContentParts, Details, details_of, joined, speaks, value_of
from .wire_reply import ChunkChoice, CompletionChunk, Delta, DeltaFunction, DeltaToolCall

_TEXTS: Final = ("content", "refusal", "reasoning_content", "reasoning")


class CallPieces:
    """One call while it is streamed."""

    __slots__ = ("_names", "arguments", "extra", "id", "index", "kind", "value")

    def __init__(self, index: int) -> None:
        self.index = index
        self.id: str | None = None
        self.kind: str | None = None
        self._names: list[str] = []
        self.arguments: list[str] = []
        self.value: Json = None
        self.extra: JsonObject = {}

    def take(self, piece: DeltaToolCall) -> None:
        function = piece.function
        if isinstance(piece.id, str) and not self.id:
            self.id = piece.id  # Google's are empty, others' only behind the first piece
        if isinstance(piece.type, str):
            self.kind = piece.type
        if function is not ABSENT and function is not None:
            self._named(function.name)
            self._argued(function.arguments)
        if isinstance(piece.custom, dict):
            self.kind = "custom"
            self._named(piece.custom.get("name"))
            self._argued(piece.custom.get("input"))
        self.extra.update(piece.extra)

    @property
    def name(self) -> str:
        return "".join(self._names)

    def _named(self, name: Json) -> None:
        """Take a piece of the name; some servers say all of it again with each piece of the arguments."""
        if isinstance(name, str) and name and self._names[:1] != [name]:
            self._names.append(name)

    def _argued(self, arguments: Json) -> None:
        if isinstance(arguments, str):
            self.arguments.append(arguments)
        elif isinstance(arguments, dict):
            self.value = arguments

    def document(self) -> JsonObject:
        said: Json = self.value if self.value is not None else "".join(self.arguments)
        call: JsonObject = {} if self.id is None else {"id": self.id}
        if self.kind is not None:
            call["type"] = self.kind
        if self.kind == "custom":
            call["custom"] = {"name": self.name, "input": said}
        else:
            call["function"] = {"name": self.name, "arguments": said}
        return call | self.extra


class ChoicePieces:
    """One choice while it is streamed."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.calls: list[CallPieces] = []
        self._by_index: dict[int | Absent | None, CallPieces] = {}
        self.finish_reason: str | None = None
        self._message: dict[str, Any] = {}
        self.parts: ContentParts | None = None
        """The content, once it turned out to be a list of parts."""
        self._logprobs: Any = ABSENT
        self._extra: dict[str, Any] = {}

    def take(self, choice: ChunkChoice) -> bool:
        """Take a chunk's piece of the choice; tells whether it brought content."""
        delta = choice.delta
        brought = delta.__class__ is Delta and self._take_delta(delta)
        if choice.finish_reason is not None and choice.finish_reason is not ABSENT:
            self.finish_reason = choice.finish_reason
        if choice.logprobs is not self._logprobs and choice.logprobs is not ABSENT:
            self._logprobs = joined(self._logprobs, choice.logprobs)
        if choice.extra is not NO_EXTRA:
            self._take_extra(choice.extra)
        return brought

    def _take_extra(self, extra: Mapping[str, Json]) -> None:
        """Take what vendors say beside a message: a text is a word like ``native_finish_reason``, said whole again and again."""
        for key, value in extra.items():
            self._extra[key] = value if isinstance(value, str) else joined(self._extra.get(key, ABSENT), value)

    def _take_delta(self, delta: Delta) -> bool:
        alone = len(delta.__dict__) == 1
        content = delta.content
        if content.__class__ is str:
            said = self.texts.get("content")
            if said is None or self.parts is not None:
                self._say(content)
            else:
                said.append(content)
            if alone:
                return content != ""
        elif content.__class__ is list:
            self._take_parts(content)
        elif alone and delta.tool_calls.__class__ is tuple:
            return self._take_calls(delta.tool_calls)
        self._take_others(delta)
        brought = content or delta.tool_calls or delta.reasoning_content or delta.reasoning or delta.refusal
        return bool(brought) or speaks(delta.reasoning_details)

    def _take_calls(self, calls: tuple[DeltaToolCall | Opaque, ...]) -> bool:
        for piece in calls:
            if piece.__class__ is DeltaToolCall:
                call, more = self._by_index.get(piece.index), more_arguments(piece)
                if call is None or more is None:
                    self._slot(piece).take(piece)
                else:
                    call.arguments.append(more)
        return bool(calls)

    def call_at(self, index: int | Absent | None) -> CallPieces | None:
        """Return the call that a piece without an id belongs to, told by its index."""
        return self._by_index.get(index)

    def _say(self, text: str) -> None:
        pieces = self.texts.get("content")
        if pieces is None:
            pieces = self.texts["content"] = []
        pieces.append(text)
        if self.parts is not None:
            self.parts.say(text)

    def _take_parts(self, content: list[Json]) -> None:
        if self.parts is None:
            self.parts = ContentParts()
            self.parts.say("".join(self.texts.get("content", ())))
        for part in content:
            if isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str):
                self._say(part["text"])
            else:
                self.parts.take(part)

    def _take_others(self, delta: Delta) -> None:
        for key in _TEXTS[1:]:
            text = getattr(delta, key)
            if text.__class__ is str:
                pieces = self.texts.setdefault(key, [])
                if text or not pieces:
                    pieces.append(text)
            elif text is None:
                self._message.setdefault(key, None)
        if isinstance(delta.tool_calls, tuple):
            self._take_calls(delta.tool_calls)
        if not delta.tool_calls and delta.tool_calls is not ABSENT:
            self._message.setdefault("tool_calls", encode_value(delta.tool_calls))
        self._take_rest(delta)

    def _take_rest(self, delta: Delta) -> None:
        if isinstance(delta.role, str) and delta.role:
            self._message.setdefault("role", delta.role)
        for key in ("reasoning_details", "function_call", "audio", "annotations"):
            value = getattr(delta, key)
            if value is not ABSENT:
                self._message[key] = joined(self._message.get(key, ABSENT), value)
        for key, value in delta.extra.items():
            self._message[key] = joined(self._message.get(key, ABSENT), value)

    def _slot(self, piece: DeltaToolCall) -> CallPieces:
        """Find the call a piece belongs to: by its index, unless its id says that it is another one."""
        index = piece.index
        named = isinstance(piece.id, str) and bool(piece.id)
        if isinstance(index, int):
            found = self._by_index.get(index)
        else:
            found = None if named or not self.calls else self.calls[-1]
            index = len(self.calls)
        if found is None or (named and found.id and piece.id != found.id):
            found = self._by_index[index] = CallPieces(index)
            self.calls.append(found)
        return found

    @property
    def details(self) -> Details | None:
        """The pieces of ``reasoning_details``, if there are any."""
        return details_of(self._message.get("reasoning_details"))

    def beside(self) -> JsonObject:
        """Return what stands beside the message's texts: annotations, audio, keys of vendors."""
        return {key: value_of(node) for key, node in self._message.items() if key != "role" and node is not None}

    def document(self, index: int, *, finished: bool) -> JsonObject:
        message: JsonObject = {"role": "assistant", "content": None}
        message.update((key, value_of(node)) for key, node in self._message.items())
        message.update((key, "".join(pieces)) for key, pieces in self.texts.items())
        if message["content"] == "" and message.get("refusal"):
            message["content"] = (
                None  # nobody said an empty text: a first chunk has one, and a reply that refuses has none
            )
        if self.parts is not None:
            message["content"] = self.parts.value()
        if self.calls:
            message["tool_calls"] = [call.document() for call in sorted(self.calls, key=lambda call: call.index)]
        choice: JsonObject = {"index": index, "message": message}
        if self._logprobs is not ABSENT:
            choice["logprobs"] = value_of(self._logprobs)
        choice["finish_reason"] = self.finish_reason if finished else None
        return choice | {key: value_of(node) for key, node in self._extra.items()}


class ChatFold:
    """Folds chunks into a completion document."""

    def __init__(self, *, done_required: bool = True) -> None:
        self.failure: Json = None
        self.exception: FrameException | None = None
        self.heard = 0
        self.choices: dict[int, ChoicePieces] = {}
        self.done = False
        """Whether the terminator was seen."""
        self._done_required = done_required
        self._damaged = False
        self._reply: JsonObject = {}
        self._headed = False
        self._usage: Json = ABSENT
        self._tier: Json = ABSENT
        self._fingerprint: Json = ABSENT
        """What was said last, which nearly every chunk says again."""

    @property
    def finished(self) -> bool:
        ended = self.done if self._done_required else self.done or self._all_say_why()
        return ended and self._all_say_why() and self.failure is None and not self._damaged

    def _all_say_why(self) -> bool:
        return bool(self.choices) and all(choice.finish_reason is not None for choice in self.choices.values())

    @property
    def first(self) -> ChoicePieces | None:
        """The first choice, if anything of it came."""
        return self.choices.get(0)

    def end_of_list(self) -> None:
        """Say that the events were a whole list of documents, in which ``[DONE]`` has no place."""
        self.done = self.done or not self._damaged

    def push(self, event: Any) -> None:
        if self.done:
            return  # what comes behind the terminator is not of this reply
        if event.__class__ is CompletionChunk:
            self._take_choices(event.choices)
            if event.usage.__class__ is dict:
                self._usage = event.usage
            if event.error is not ABSENT and event.error is not None:
                self.failure = encode(event)
            if not self._headed:
                self._take_heading(event)
            if event.service_tier is not self._tier or event.system_fingerprint is not self._fingerprint:
                self._take_labels(event)
            if event.extra is not NO_EXTRA:
                self._take_extra(event.extra)
        elif event.__class__ is Done:
            self.done = True
        elif event.__class__ in (Unreadable, Opaque):
            self._damaged = True

    def _take_choices(self, choices: tuple[ChunkChoice | Opaque, ...] | Absent | None) -> None:
        if choices.__class__ is tuple:
            for choice in choices:
                if choice.__class__ is ChunkChoice:
                    index = choice.index
                    pieces = self.choices.get(index) if index.__class__ is int else None
                    self.heard += (pieces or self._pieces_of(choice)).take(choice)

    def _take_labels(self, chunk: CompletionChunk) -> None:
        tier, fingerprint, reply = chunk.service_tier, chunk.system_fingerprint, self._reply
        if tier is not ABSENT and (tier is not None or "service_tier" not in reply):
            reply["service_tier"] = tier
        if fingerprint is not ABSENT and (fingerprint is not None or "system_fingerprint" not in reply):
            reply["system_fingerprint"] = fingerprint
        self._tier, self._fingerprint = tier, fingerprint

    def _take_extra(self, extra: Mapping[str, Json]) -> None:
        reply = self._reply
        reply.update((key, value) for key, value in extra.items() if value is not None or key not in reply)

    def _pieces_of(self, choice: ChunkChoice) -> ChoicePieces:
        index = choice.index if choice.index.__class__ is int else 0
        pieces = self.choices.get(index)
        if pieces is None:
            pieces = self.choices[index] = ChoicePieces()
        return pieces

    def _take_heading(self, chunk: CompletionChunk) -> None:
        reply = self._reply
        if "id" not in reply and isinstance(chunk.id, str) and chunk.id:
            reply["id"] = chunk.id
        if isinstance(chunk.created, (int, float)) and not reply.get("created"):
            reply["created"] = chunk.created
        if isinstance(chunk.model, str) and not reply.get("model"):
            reply["model"] = chunk.model
        self._headed = bool(reply.get("id") and reply.get("created") and reply.get("model"))

    def document(self) -> JsonObject:
        finished = self.finished
        reply = self._reply
        document: JsonObject = {key: reply[key] for key in ("id",) if key in reply}
        document["object"] = "chat.completion"
        document.update((key, reply[key]) for key in ("created", "model") if key in reply)
        document["choices"] = [self.choices[index].document(index, finished=finished) for index in sorted(self.choices)]
        if self._usage is not ABSENT:
            document["usage"] = self._usage
        document.update((key, value) for key, value in reply.items() if key not in document)
        return document

    def text(self) -> str:
        return "".join(self._first("content"))

    def thinking(self) -> str:
        plain = "".join(self._first("reasoning_content") or self._first("reasoning"))
        details = None if plain or self.first is None else self.first.details
        return plain if details is None else details.words()

    def _first(self, key: str) -> list[str]:
        return self.choices[0].texts.get(key, []) if 0 in self.choices else []

    def calls(self) -> tuple[CallSoFar, ...]:
        if 0 not in self.choices:
            return ()
        choice = self.choices[0]
        ended = choice.finish_reason not in (None, "length")
        return tuple(
            CallSoFar(
                id=call.id or "", name=call.name, arguments="".join(call.arguments), complete=ended and _whole(call)
            )
            for call in choice.calls
        )


def more_arguments(piece: DeltaToolCall) -> str | None:
    """Return what a piece says that is nothing but an index and more of the arguments, as nearly all are; ``None`` for any other."""
    function = piece.function
    if function.__class__ is not DeltaFunction or len(function.__dict__) != 1 or len(piece.__dict__) != 2:
        return None
    arguments = function.arguments
    return arguments if arguments.__class__ is str else None


def delta_alone(event: Any) -> Delta | None:
    """Return the delta of a chunk that brings a delta of one key to the first choice, and no end and no error; ``None`` for any other event."""
    choices = event.choices if event.__class__ is CompletionChunk else None
    if choices.__class__ is not tuple or len(choices) != 1 or event.error is not ABSENT:
        return None
    choice = choices[0]
    if choice.__class__ is not ChunkChoice or choice.index != 0 or choice.finish_reason is not None:
        return None
    delta = choice.delta
    return delta if delta.__class__ is Delta and len(delta.__dict__) == 1 else None


def more_of(event: Any) -> str | None:
    """Return the string of a chunk that says more of one text, or of one call's arguments, and nothing else that adds up."""
    choices = event.choices if event.__class__ is CompletionChunk and event.error is ABSENT else None
    choice: Any = choices[0] if choices.__class__ is tuple and len(choices) == 1 else None
    if choice.__class__ is not ChunkChoice or choice.delta.__class__ is not Delta or choice.extra is not NO_EXTRA:
        return None
    if any(value not in (None, ABSENT) for value in (choice.finish_reason, choice.logprobs)):
        return None
    delta = choice.delta
    keys = delta.__dict__.keys() - {"role"}
    (key,) = keys if len(keys) == 1 else ("",)
    if key == "tool_calls" and delta.tool_calls.__class__ is tuple and len(delta.tool_calls) == 1:
        piece = delta.tool_calls[0]
        return more_arguments(piece) if piece.__class__ is DeltaToolCall else None
    said = getattr(delta, key) if key in _TEXTS else None
    return said if isinstance(said, str) else None


def _whole(call: CallPieces) -> bool:
    if call.value is not None or call.kind == "custom":
        return True
    try:
        return isinstance(parse("".join(call.arguments)), dict)
    except DecodeError:
        return False
