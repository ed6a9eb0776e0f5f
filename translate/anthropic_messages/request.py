"""Requests: the wire's record to the hub's and back."""

from __future__ import annotations

from typing import Any

from .. import hub
from ..codec import encode_value
from ..errors import WriteError
from ..jsonvalue import ABSENT, Absent, Json
from .calls import Context, computers_of
from .context_edits import read_edits, write_edits
from .mcp_servers import read_servers, write_servers
from .messages import read_instructions, read_turns, write_instructions, write_turns
from .residue import WITHOUT, assemble, nulls, ours, own, said
from .settings import (
    Fields,
    read_continues,
    read_format,
    read_reasoning,
    read_settings,
    write_continues,
    write_output,
    write_sampling,
    write_settings,
    write_thinking,
)
from .tables import REQUEST_RESIDUE
from .texts import read_cache, write_cache
from .tools import read_choice, read_tools, write_choice, write_tools
from .wire import MessagesRequest, ToolChoice
from .wire_blocks import CacheControl

BETA_KEYS = ("betas", "anthropic_beta")
"""Where a body holds its beta flags: the LegacyUse proxy's key, by default, and Bedrock's."""


def read_request(request: MessagesRequest) -> hub.Request:
    """Read a request.

    Decides nothing that the document does not say: a call is the computer's only where a toolset or a tool definition of
    this request says so.
    """
    residue: Fields = {**said(request, *REQUEST_RESIDUE), **request.extra}
    spelling: Fields = nulls(request, "messages", "system", "anthropic_version", *BETA_KEYS, *REQUEST_RESIDUE)
    tools = read_tools(request.tools) if isinstance(request.tools, tuple) else request.tools
    context = Context(computers=computers_of(tools) if isinstance(tools, tuple) else {})
    if request.messages is ABSENT:
        spelling[WITHOUT] = ["messages"]
    compaction, kept = read_edits(residue, spelling)
    system = request.system
    return hub.Request(
        model=request.model,
        instructions=ABSENT if system is ABSENT or system is None else read_instructions(system, context),
        turns=read_turns(request.messages, context) if isinstance(request.messages, tuple) else (),
        tools=tools,
        choice=_read_choice(request.tool_choice, residue),
        format=read_format(request, residue, spelling),
        reasoning=read_reasoning(request, kept, spelling),
        sampling=hub.Sampling(temperature=request.temperature, top_p=request.top_p, top_k=request.top_k),
        max_output=request.max_tokens,
        stop=request.stop_sequences,
        cache=_read_cache(request.cache_control),
        continues=read_continues(request, residue, spelling),
        compaction=compaction,
        settings=read_settings(request, residue, spelling),
        servers=_read_servers(request.mcp_servers, residue),
        betas=_read_betas(request, residue, spelling),
        version=request.anthropic_version if isinstance(request.anthropic_version, str) else ABSENT,
        own=own(residue),
        spelling=own(spelling),
    )


def _read_cache(control: CacheControl | Absent | None) -> hub.Mark | Absent | None:
    return read_cache(control) if isinstance(control, CacheControl) else control


def _read_choice(choice: ToolChoice | Absent | None, residue: Fields) -> hub.ToolChoice | Absent | None:
    if not isinstance(choice, ToolChoice):
        return choice
    read = read_choice(choice)
    if read is None:
        residue["tool_choice"] = encode_value(choice)
        return ABSENT
    return read


def _read_servers(document: Json, residue: Fields) -> tuple[hub.McpServer | hub.Opaque, ...] | Absent | None:
    if isinstance(document, list):
        return read_servers(document)
    if document is not ABSENT and document is not None:
        residue["mcp_servers"] = document
        return ABSENT
    return document


def _read_betas(request: MessagesRequest, residue: Fields, spelling: Fields) -> tuple[str, ...] | Absent:
    betas, others = request.betas, request.anthropic_beta
    if not isinstance(others, tuple):
        return betas if isinstance(betas, tuple) else ABSENT
    if isinstance(betas, tuple):
        residue["anthropic_beta"] = list(others)
        return betas
    spelling["beta_key"] = "anthropic_beta"
    return others


def write_request(request: hub.Request) -> MessagesRequest:
    """Write a request. Raises `WriteError` for what the Messages API has no place for: `adapt` it first."""
    residue, spelling = dict(ours(request.own)), dict(ours(request.spelling))
    context = Context(computers=computers_of(request.tools) if isinstance(request.tools, tuple) else {})
    stated: dict[str, Any] = {
        "model": request.model,
        "messages": _write_messages(request, spelling, context),
        "max_tokens": request.max_output,
        "tools": write_tools(request.tools) if isinstance(request.tools, tuple) else request.tools,
        "tool_choice": write_choice(request.choice) if isinstance(request.choice, hub.ToolChoice) else request.choice,
        "thinking": write_thinking(request.reasoning),
        "stop_sequences": request.stop,
        "cache_control": _write_cache(request.cache),
        "anthropic_version": request.version,
        "mcp_servers": write_servers(request.servers) if isinstance(request.servers, tuple) else request.servers,
        **write_output(request, residue, spelling),
        **write_sampling(request.sampling),
        **write_settings(request.settings, residue, spelling),
        **write_continues(request.continues),
        **write_edits(request, residue, spelling),
        **_write_betas(request, residue, spelling),
    }
    if request.instructions is not ABSENT:
        stated["system"] = write_instructions(request.instructions, context)
    spelling.pop(WITHOUT, None)
    return assemble(MessagesRequest, {**spelling, **residue}, stated)


def _write_messages(request: hub.Request, spelling: Fields, context: Context) -> Any:
    if not request.turns and ("messages" in spelling or "messages" in spelling.get(WITHOUT, ())):
        return ABSENT
    return write_turns(request.turns, context)


def _write_cache(cache: hub.Mark | Absent | None) -> CacheControl | Absent | None:
    if not isinstance(cache, hub.Mark):
        return cache
    if cache.kind != "cache":
        raise WriteError(f"a mark of {cache.kind} is no cache point")
    return write_cache(cache)


def _write_betas(request: hub.Request, residue: Fields, spelling: Fields) -> Fields:
    key = spelling.pop("beta_key", BETA_KEYS[0])
    if request.betas is ABSENT:
        residue.pop("anthropic_beta", None)  # a second list beside the first: alone it would be the first
        return {}
    return {key: request.betas}
