"""Turns as the content blocks that existing callers know: Anthropic's, whatever provider the turn came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import evolve

from polyloop.translate import hub
from polyloop.translate.errors import UsageError
from polyloop.translate.jsonvalue import Json, JsonObject, thaw
from polyloop.translate.steps import merge_runs
from polyloop.translate.translation import adapt
from polyloop.translate.wires import read, write

WIRE = FAMILY = "anthropic"


def turns_of(messages: Iterable[Any]) -> tuple[hub.Turn, ...]:
    """Read messages (``{"role": ..., "content": text or blocks}``) to turns. Raises `UsageError` for what is no message.

    Consecutive messages of one role are one turn, as the provider takes them: a row for each result is one turn of results.
    """
    if isinstance(messages, (str, bytes)) or not isinstance(messages, Iterable):
        raise UsageError("messages are a list; an empty one resumes the job")
    documents: list[JsonObject] = [_document(number, message) for number, message in enumerate(messages)]
    if not documents:
        return ()
    request = read(WIRE, "request", {"messages": documents})
    assert isinstance(request, hub.Request)
    return merge_runs(evolve(turn, seams=()) for turn in merge_runs(request.turns))


def _document(number: int, message: Any) -> JsonObject:
    if not isinstance(message, Mapping) or message.get("role") not in ("user", "assistant", "system"):
        raise UsageError(f"message {number} must be an object with a role (user or assistant) and content")
    content = message.get("content")
    if not isinstance(content, str):
        if not isinstance(content, Iterable) or isinstance(content, (bytes, Mapping)):
            raise UsageError(f"message {number} has no content: a text, or a list of content blocks")
        content = [_block(number, block) for block in content]
    return {"role": message["role"], "content": content}


def _block(number: int, block: Any) -> Json:
    if isinstance(block, Mapping):
        return thaw(block)
    if hasattr(block, "model_dump"):  # a block of the provider's SDK
        return block.model_dump(mode="json", exclude_unset=True)
    raise UsageError(f"message {number} has a content block that is no object")


_PLACEHOLDER: Final = "polyloop: this call is answered elsewhere"
_THOUGHT: Final = "polyloop: a thought stands here,"
"""Both stand in a turn for the time of writing only."""


def blocks_of(turn: hub.Turn, before: hub.Turn | None = None) -> list[JsonObject]:
    """Return a turn's content blocks. Results need the turn ``before``, whose calls they answer.

    What the Messages API has no block for (another provider's opaque parts and seals) is left out. A call alone, or one result of
    several, is no conversation that could be sent, so the rest is put in for the time of writing and taken out again.
    """
    if turn.role == "tool":
        return _written((before or hub.Turn(role="assistant"), _complete(before, turn)), "user")
    if turn.role == "assistant":
        return _written((turn, _complete(turn, None)), "assistant")
    return _written((turn,), "user")


def shown_blocks(turn: hub.Turn) -> list[JsonObject]:
    """Return a model's turn as blocks to look at: what `blocks_of` gives, and thoughts that Anthropic did not sign.

    These have an empty signature. They are never sent to Anthropic, which refuses such a block, and are in no stored row.
    """
    thoughts: dict[str, JsonObject] = {}
    parts: list[hub.Part] = []
    for part in turn.parts:
        words = _words_of(part)
        if words:
            marker = f"{_THOUGHT} {len(thoughts)}"
            thoughts[marker] = {"type": "thinking", "thinking": words, "signature": ""}
            part = hub.Text(text=marker)
        parts.append(part)
    blocks = blocks_of(evolve(turn, parts=tuple(parts)))
    return [thoughts.get(block["text"], block) if block.get("type") == "text" else block for block in blocks]


def _words_of(part: hub.Part) -> str:
    """Return what is to be read of a thought that has no seal of Anthropic's."""
    if not isinstance(part, hub.Thinking) or (part.seal is not None and part.seal.family == FAMILY):
        return ""
    return part.text if isinstance(part.text, str) else "\n\n".join(part.summary)


def _complete(calling: hub.Turn | None, answering: hub.Turn | None) -> hub.Turn:
    """Return a turn of results in which every call is answered, with what is known or with a placeholder."""
    known = () if answering is None else answering.parts
    answered = {part.call_id for part in known if isinstance(part, hub.Result)}
    text = (hub.Text(text=_PLACEHOLDER),)
    calls = [part for part in (() if calling is None else calling.parts) if isinstance(part, hub.Call)]
    missing = tuple(
        hub.Result(call_id=call.id, parts=text, outcome="ok", form=call.form, toolset=call.toolset)
        for call in calls
        if call.id not in answered
    )
    return hub.Turn(role="tool", parts=known + missing)


def _written(turns: tuple[hub.Turn, ...], role: str) -> list[JsonObject]:
    adapted = adapt(hub.Request(turns=tuple(evolve(turn, seams=()) for turn in turns if turn.parts)), WIRE)
    blocks: list[JsonObject] = []
    for message in write(WIRE, adapted)["messages"]:
        if message["role"] == role:
            content = message["content"]
            blocks += [{"type": "text", "text": content}] if isinstance(content, str) else content
    return [block for block in blocks if not _is_placeholder(block)]


def _is_placeholder(block: JsonObject) -> bool:
    content = block.get("content") if block.get("type") == "tool_result" else None
    return content == _PLACEHOLDER or content == [{"type": "text", "text": _PLACEHOLDER}]
