"""Requests: the record to the hub and back. Exact both ways; `adapt` makes a foreign record one that can be written."""

from __future__ import annotations

from typing import Any, Final

from .. import hub
from ..jsonvalue import ABSENT, Absent, JsonObject
from . import wire
from . import wire_items as items
from .content import is_plain
from .items_read import read_items
from .items_write import write_message, write_turns
from .residue import WITHOUT, assemble, ours, own, refuse, residue
from .settings import (
    check_sampling,
    read_compaction,
    read_continues,
    read_include,
    read_reasoning,
    read_text,
    write_compaction,
    write_continues,
    write_include,
    write_reasoning,
    write_text,
)
from .tools import read_choice, read_tools, write_choice, write_tools

_OWN: Final = (
    "max_tool_calls", "background", "background_options", "truncation", "context_management", "access_programs", "image",
)  # fmt: skip
"""Parameters that no other wire has, and a management of the context that says more than the hub can."""


def read_request(record: wire.Request) -> hub.Request:
    """Read a request. What only this wire says stays in ``own``."""
    spelling: JsonObject = {}
    rest: JsonObject = dict(ours(residue(record, *_OWN)))
    instructions, turns = _read_conversation(record, spelling)
    tools = read_tools(record.tools) if isinstance(record.tools, tuple) else record.tools
    choice, unknown = read_choice(
        record.tool_choice, record.parallel_tool_calls, tools if isinstance(tools, tuple) else ()
    )
    if unknown is not ABSENT:
        rest["tool_choice"] = unknown
    compaction = read_compaction(rest)
    format, verbosity = read_text(record.text, rest, spelling)
    logprobs, include = read_include(record.include, rest, spelling)
    return hub.Request(
        model=record.model,
        instructions=instructions,
        turns=turns,
        tools=tools,
        choice=choice,
        format=format,
        reasoning=read_reasoning(record.reasoning),
        sampling=hub.Sampling(
            temperature=record.temperature, top_p=record.top_p, logprobs=logprobs, top_logprobs=record.top_logprobs
        ),
        max_output=record.max_output_tokens,
        continues=read_continues(record, spelling),
        compaction=compaction,
        settings=_read_settings(record, verbosity, include),
        own=own(rest),
        spelling=own(spelling),
    )


def _read_settings(
    record: wire.Request, verbosity: str | Absent | None, include: tuple[str, ...] | Absent
) -> hub.Settings:
    return hub.Settings(
        stream=record.stream,
        user=record.user,
        metadata=record.metadata,
        service_tier=record.service_tier,
        store=record.store,
        verbosity=verbosity,
        safety_identifier=record.safety_identifier,
        cache_key=record.prompt_cache_key,
        cache_retention=record.prompt_cache_retention,
        cache_options=record.prompt_cache_options,
        moderation=record.moderation,
        stream_options=record.stream_options,
        include=include,
    )


def _read_conversation(record: wire.Request, spelling: JsonObject) -> tuple[hub.Turn | Absent, tuple[hub.Turn, ...]]:
    """Read instructions and input. A system message at the head of the input is the instructions where there are no others."""
    instructions: hub.Turn | Absent = ABSENT
    if isinstance(record.instructions, str):
        instructions = hub.Turn(role="system", parts=(hub.Text(text=record.instructions, form="string"),))
    elif record.instructions is None:
        spelling["instructions"] = None
    content = record.input
    if isinstance(content, str):
        spelling["input"] = "string"
        return instructions, (hub.Turn(role="user", parts=(hub.Text(text=content, form="string"),)),)
    if content is ABSENT or content is None:
        if content is None:
            spelling["input"] = None
        else:
            spelling[WITHOUT] = ["input"]
        return instructions, ()
    if instructions is ABSENT and content and _is_system(content[0]):
        (turn,) = read_items(content[:1])
        seam = hub.Seam(start=0, stop=len(turn.parts), form="item")
        if turn.seams:
            first = turn.seams[0]
            seam = hub.Seam(
                start=0, stop=len(turn.parts), form="item", id=first.id, status=first.status, phase=first.phase,
                own=first.own, spelling=first.spelling,
            )  # fmt: skip
        return hub.Turn(role="system", parts=turn.parts, seams=(seam,)), read_items(content[1:])
    return instructions, read_items(content)


def _is_system(item: items.Item) -> bool:
    return isinstance(item, items.Message) and item.role == "system"


# Writing.


def write_request(request: hub.Request) -> wire.Request:
    """Write a request. Raises `WriteError` for what the wire has no form for."""
    _refuse_foreign(request)
    sampling, settings = request.sampling, request.settings
    tools = request.tools
    stated: dict[str, Any] = {
        "model": request.model,
        "tools": write_tools(tools) if isinstance(tools, tuple) else tools,
        "text": write_text(request),
        "reasoning": write_reasoning(request.reasoning),
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_logprobs": sampling.top_logprobs,
        "max_output_tokens": request.max_output,
        "include": write_include(request),
        "store": settings.store,
        "stream": settings.stream,
        "stream_options": settings.stream_options,
        "metadata": settings.metadata,
        "service_tier": settings.service_tier,
        "user": settings.user,
        "safety_identifier": settings.safety_identifier,
        "prompt_cache_key": settings.cache_key,
        "prompt_cache_options": settings.cache_options,
        "prompt_cache_retention": settings.cache_retention,
        "moderation": settings.moderation,
        "context_management": write_compaction(request),
        **write_continues(request.continues),
    }
    choice = request.choice
    if isinstance(choice, hub.ToolChoice):
        stated["tool_choice"] = write_choice(choice, tools if isinstance(tools, tuple) else ())
        stated["parallel_tool_calls"] = choice.parallel
    else:
        stated["tool_choice"] = choice
    _write_conversation(request, stated)
    rest = {key: value for key, value in ours(request.own).items() if key not in ("text", "include")}
    return assemble(wire.Request, rest, _nulls(request), stated)


def _nulls(request: hub.Request) -> JsonObject:
    """Return the part of the spelling that is keys of the document."""
    return {key: None for key, value in ours(request.spelling).items() if value is None}


def _refuse_foreign(request: hub.Request) -> None:
    check_sampling(request.sampling)
    if request.stop is not ABSENT:
        raise refuse("stop sequences")
    if request.cache is not ABSENT:
        raise refuse("a cache point of the whole request")
    if request.servers is not ABSENT:
        raise refuse("MCP servers apart from the tools")
    if request.betas is not ABSENT or request.version is not ABSENT:
        raise refuse("betas or the version of another API")
    if request.settings.modalities is not ABSENT or request.settings.audio is not ABSENT:
        raise refuse("an answer of anything but text")


def _write_conversation(request: hub.Request, stated: dict[str, Any]) -> None:
    spelling = ours(request.spelling)
    items: list[Any] = []
    instructions = request.instructions
    if instructions is not ABSENT:
        if instructions.role != "system" or ours(instructions.own):
            raise refuse("instructions by anyone but the system")
        match instructions.seams:
            case (hub.Seam(form="item") as seam,):
                items.append(write_message(instructions.parts, "system", seam))
            case () if len(instructions.parts) == 1 and is_plain(instructions.parts[0]):
                stated["instructions"] = instructions.parts[0].text  # type: ignore[union-attr]
            case _:
                raise refuse("instructions that are not one text")
    written = write_turns(request.turns)
    if instructions is ABSENT and written and _is_system(written[0]):  # it would be read as the instructions
        raise refuse("a system turn at the head of a conversation without instructions")
    match request.turns:
        case (hub.Turn(role="user", parts=(hub.Text() as text,), seams=()),) if (
            spelling.get("input") == "string" and is_plain(text) and not items
        ):
            stated["input"] = text.text
            return
        case () if not items and ("input" in spelling.get(WITHOUT, ()) or "input" in spelling):
            return
    stated["input"] = (*items, *written)
