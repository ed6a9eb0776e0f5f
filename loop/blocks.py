"""Turns as the content blocks that existing callers know: Anthropic's, whatever provider the turn came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve

from polyloop.translate import hub
from polyloop.translate.errors import UsageError
from polyloop.translate.jsonvalue import ABSENT, Json, JsonObject, thaw
from polyloop.translate.steps import merge_runs
from polyloop.translate.translation import adapt
from polyloop.translate.wires import read, write

WIRE = "anthropic"


def turns_of(messages: Iterable[Any]) -> tuple[hub.Turn, ...]:
    """Read messages (``{"role": ..., "content": text or blocks}``) to turns. Raises `UsageError` for what is no message.

    Consecutive messages of one role are one turn, as the provider takes them: a row for each result is one turn of results.
    """
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


def blocks_of(turn: hub.Turn, before: hub.Turn | None = None) -> list[JsonObject]:
    """Return a turn's content blocks. Results need the turn ``before``, whose calls they answer.

    What the Messages API has no block for (another provider's opaque parts and seals) is left out.
    """
    turns = (_plain(turn),) if before is None else (_plain(before), _plain(turn))
    adapted = adapt(hub.Request(turns=turns), WIRE)
    messages = write(WIRE, adapted)["messages"]
    content = messages[-1]["content"] if len(messages) == len(turns) else []
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return list(content)


def _plain(turn: hub.Turn) -> hub.Turn:
    """Return a turn as a message of its own: a block of a result knows only success and error."""
    parts = tuple(
        evolve(part, outcome="error" if part.outcome not in ("ok", ABSENT) else part.outcome, acknowledged=())
        if isinstance(part, hub.Result)
        else part
        for part in turn.parts
    )
    return evolve(turn, parts=parts, seams=())
