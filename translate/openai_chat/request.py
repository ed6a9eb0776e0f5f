"""Requests: the record to the hub and back. Exact both ways; `adapt` makes a foreign record one that can be written."""

from __future__ import annotations

from typing import Any, Final

from .. import hub
from ..codec import encode_value
from ..jsonvalue import ABSENT, Absent, Json
from ..web_searches import SEARCH, is_chat_search
from . import wire
from .messages import read_messages, write_messages
from .residue import fill, ours, own, refuse
from .tools import (
    read_choice,
    read_format,
    read_functions,
    read_tools,
    write_choice,
    write_format,
    write_functions,
    write_tools,
)

_TOKENS: Final = ("max_completion_tokens", "max_tokens")
"""How many tokens to answer with: the key, and the deprecated one before it."""


def read_request(record: wire.CompletionRequest) -> hub.Request:
    """Read a request. What only this wire says stays in ``own``; deprecated keys become spellings of the keys that replace them."""
    residue: dict[str, Json] = dict(record.extra)
    spelling: dict[str, Json] = {}
    instructions, turns = read_messages(record.messages)
    return hub.Request(
        model=record.model,
        instructions=instructions,
        turns=turns,
        tools=_read_tools(record, residue, spelling),
        choice=_read_choice(record, residue, spelling),
        format=_read_format(record, residue),
        reasoning=_read_reasoning(record, residue),
        sampling=_read_sampling(record, residue),
        max_output=_read_max_output(record, residue, spelling),
        stop=_read_stop(record, residue, spelling),
        settings=hub.Settings(
            stream=record.stream,
            user=record.user,
            metadata=record.metadata,
            service_tier=record.service_tier,
            store=record.store,
            verbosity=record.verbosity,
            safety_identifier=record.safety_identifier,
            cache_key=record.prompt_cache_key,
            cache_retention=record.prompt_cache_retention,
            cache_options=record.prompt_cache_options,
            moderation=record.moderation,
            stream_options=record.stream_options,
            modalities=record.modalities,
            audio=record.audio,
        ),
        own=own(residue),
        spelling=own(spelling),
    )


def _read_tools(
    record: wire.CompletionRequest, residue: dict[str, Json], spelling: dict[str, Json]
) -> tuple[hub.Tool | hub.Opaque, ...] | Absent | None:
    """Read the tools, and behind them the search of the web, which has a key of its own."""
    tools = _read_listed_tools(record, residue, spelling)
    options = record.web_search_options
    if not isinstance(options, dict):
        residue.update({} if options is ABSENT else {"web_search_options": options})
        return tools
    if tools is None or tools == ():
        spelling["beside_search"] = None if tools is None else []
    search = hub.Tool(form="server", builtin=hub.Builtin(type=SEARCH, options=options))
    return (*(tools if isinstance(tools, tuple) else ()), search)


def _read_listed_tools(
    record: wire.CompletionRequest, residue: dict[str, Json], spelling: dict[str, Json]
) -> tuple[hub.Tool | hub.Opaque, ...] | Absent | None:
    if record.functions is not ABSENT:
        if record.tools is ABSENT and record.functions is not None:
            spelling["tools"] = "functions"
            return read_functions(record.functions)
        residue["functions"] = encode_value(record.functions)
    tools = record.tools
    return read_tools(tools) if isinstance(tools, tuple) else tools


def _read_choice(
    record: wire.CompletionRequest, residue: dict[str, Json], spelling: dict[str, Json]
) -> hub.ToolChoice | Absent | None:
    legacy = record.function_call
    if legacy is not ABSENT:
        if record.tool_choice is ABSENT and record.parallel_tool_calls is ABSENT and legacy is not None:
            named = wire.NamedToolChoice(function=legacy) if isinstance(legacy, wire.Named) else legacy
            choice, unknown = read_choice(named, ABSENT)
            if unknown is ABSENT and legacy != "any":
                spelling["choice"] = "function_call"
                return choice
        residue["function_call"] = encode_value(legacy)
    choice, unknown = read_choice(record.tool_choice, record.parallel_tool_calls)
    if unknown is not ABSENT:
        residue["tool_choice"] = unknown
    return choice


def _read_format(record: wire.CompletionRequest, residue: dict[str, Json]) -> hub.Format | Absent | None:
    if record.response_format is ABSENT or record.response_format is None:
        return record.response_format
    format = read_format(record.response_format)
    if format is None:
        residue["response_format"] = encode_value(record.response_format)
        return ABSENT
    return format


def _read_sampling(record: wire.CompletionRequest, residue: dict[str, Json]) -> hub.Sampling:
    temperature: float | Absent | None = ABSENT
    if isinstance(record.temperature, str):
        residue["temperature"] = record.temperature
    else:
        temperature = record.temperature
    logprobs: bool | Absent | None = ABSENT
    if isinstance(record.logprobs, bool) or record.logprobs is None or record.logprobs is ABSENT:
        logprobs = record.logprobs
    else:
        residue["logprobs"] = record.logprobs
    return hub.Sampling(
        temperature=temperature,
        top_p=record.top_p,
        top_k=record.top_k,
        seed=record.seed,
        frequency_penalty=record.frequency_penalty,
        presence_penalty=record.presence_penalty,
        logit_bias=record.logit_bias,
        logprobs=logprobs,
        top_logprobs=record.top_logprobs,
        n=record.n,
    )


def _read_max_output(
    record: wire.CompletionRequest, residue: dict[str, Json], spelling: dict[str, Json]
) -> int | Absent | None:
    if record.max_completion_tokens is ABSENT and record.max_tokens is not ABSENT:
        spelling["max_output"] = "max_tokens"
        return record.max_tokens
    if record.max_tokens is not ABSENT:
        residue["max_tokens"] = record.max_tokens
    return record.max_completion_tokens


def _read_stop(
    record: wire.CompletionRequest, residue: dict[str, Json], spelling: dict[str, Json]
) -> tuple[str, ...] | Absent | None:
    if isinstance(record.stop, str):
        spelling["stop"] = "string"
        return (record.stop,)
    if isinstance(record.stop, tuple) and None in record.stop:
        residue["stop"] = list(record.stop)
        return ABSENT
    return record.stop


def _read_reasoning(record: wire.CompletionRequest, residue: dict[str, Json]) -> hub.Reasoning | Absent | None:
    """Read how much to think: the documented ``reasoning_effort``, or what vendors have for it.

    ``thinking.type`` is the mode, ``reasoning.max_tokens`` the budget; ``reasoning.effort`` is the effort where no documented one is said.
    """
    effort, thinking, reasoning = record.reasoning_effort, record.thinking, record.reasoning
    if thinking is ABSENT and reasoning is ABSENT:
        return effort if effort is ABSENT or effort is None else hub.Reasoning(effort=effort)
    fields: dict[str, Json] = {}
    mode: str | Absent = ABSENT
    budget: int | Absent = ABSENT
    if isinstance(thinking, dict) and isinstance(thinking.get("type"), str):
        mode = thinking["type"]
        fields["thinking"] = {key: value for key, value in thinking.items() if key != "type"}
    elif thinking is not ABSENT:
        residue["thinking"] = thinking
    if isinstance(reasoning, dict):
        rest = dict(reasoning)
        if effort is ABSENT and isinstance(rest.get("effort"), str):
            effort = rest.pop("effort")
            fields["effort"] = "reasoning"
        if type(rest.get("max_tokens")) is int:
            budget = rest.pop("max_tokens")
        fields["reasoning"] = rest
    elif reasoning is not ABSENT:
        residue["reasoning"] = reasoning
    if not fields:
        return effort if effort is ABSENT or effort is None else hub.Reasoning(effort=effort)
    return hub.Reasoning(effort=effort, budget=budget, mode=mode, own=own(fields))


# Writing.


def write_request(request: hub.Request) -> wire.CompletionRequest:
    """Write a request. Raises `WriteError` for what the wire has no form for."""
    _refuse_foreign(request)
    spelling = ours(request.spelling)
    sampling, settings = request.sampling, request.settings
    stated: dict[str, Any] = {
        "messages": write_messages(request.instructions, request.turns),
        "model": request.model,
        "frequency_penalty": sampling.frequency_penalty,
        "logit_bias": sampling.logit_bias,
        "logprobs": sampling.logprobs,
        "metadata": settings.metadata,
        "moderation": settings.moderation,
        "n": sampling.n,
        "presence_penalty": sampling.presence_penalty,
        "prompt_cache_key": settings.cache_key,
        "prompt_cache_options": settings.cache_options,
        "prompt_cache_retention": settings.cache_retention,
        "safety_identifier": settings.safety_identifier,
        "seed": sampling.seed,
        "service_tier": settings.service_tier,
        "store": settings.store,
        "stream": settings.stream,
        "stream_options": settings.stream_options,
        "modalities": settings.modalities,
        "audio": settings.audio,
        "temperature": sampling.temperature,
        "top_logprobs": sampling.top_logprobs,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "user": settings.user,
        "verbosity": settings.verbosity,
    }
    stated[_TOKENS[1] if spelling.get("max_output") == "max_tokens" else _TOKENS[0]] = request.max_output
    stated["stop"] = request.stop
    if isinstance(request.stop, tuple) and len(request.stop) == 1 and spelling.get("stop") == "string":
        stated["stop"] = request.stop[0]
    _write_tools(request, spelling, stated)
    if request.format is not ABSENT:
        stated["response_format"] = None if request.format is None else write_format(request.format)
    _write_reasoning(request.reasoning, stated)
    if request.own is not None:
        fill(wire.CompletionRequest, stated, ours(request.own))
    return wire.CompletionRequest(**stated)


def _refuse_foreign(request: hub.Request) -> None:
    if request.cache is not ABSENT:
        raise refuse("a cache point for the whole request")
    if request.continues:
        raise refuse("state on a server")
    if request.compaction is not None:
        raise refuse("that the server sums up the conversation")
    if request.settings.include is not ABSENT:
        raise refuse("what is asked for beside the answer")
    if request.servers is not ABSENT:
        raise refuse("MCP servers")
    if request.betas is not ABSENT or request.version is not ABSENT:
        raise refuse("betas or a version of another API")


def _write_tools(request: hub.Request, spelling: Any, stated: dict[str, Any]) -> None:
    tools = request.tools
    if isinstance(tools, tuple) and tools and is_chat_search(tools[-1]):
        stated["web_search_options"] = tools[-1].builtin.options  # type: ignore[union-attr]
        tools = tools[:-1] or (() if spelling.get("beside_search") == [] else spelling.get("beside_search", ABSENT))
    if isinstance(tools, tuple):
        if spelling.get("tools") == "functions":
            stated["functions"] = write_functions(tools)
        else:
            stated["tools"] = write_tools(tools)
    else:
        stated["tools"] = tools
    choice = request.choice
    if not isinstance(choice, hub.ToolChoice):
        stated["tool_choice"] = choice
        return
    written = write_choice(choice)
    if spelling.get("choice") == "function_call" and choice.parallel is ABSENT:
        if isinstance(written, str):
            stated["function_call"] = written
            return
        if isinstance(written, wire.NamedToolChoice) and not written.extra:
            stated["function_call"] = written.function
            return
    stated["tool_choice"] = written
    stated["parallel_tool_calls"] = choice.parallel


def _write_reasoning(reasoning: hub.Reasoning | Absent | None, stated: dict[str, Any]) -> None:
    if not isinstance(reasoning, hub.Reasoning):
        stated["reasoning_effort"] = reasoning
        return
    residue = ours(reasoning.own)
    if reasoning.context is not ABSENT:
        raise refuse("whose reasoning the model sees again")
    if reasoning.effort is None and not ("reasoning" in residue or "thinking" in residue):
        raise refuse("an effort of null in reasoning that says nothing else: reasoning itself is null")
    vendor: dict[str, Json] | None = dict(residue["reasoning"]) if "reasoning" in residue else None
    if residue.get("effort") == "reasoning" and vendor is not None:
        if reasoning.effort is not ABSENT:
            vendor["effort"] = reasoning.effort
    else:
        stated["reasoning_effort"] = reasoning.effort
    if reasoning.budget is not ABSENT:
        if vendor is None:
            raise refuse("a budget of tokens for reasoning")
        vendor["max_tokens"] = reasoning.budget
    if vendor is not None:
        stated["reasoning"] = vendor
    if reasoning.mode is not ABSENT:
        if "thinking" not in residue:
            raise refuse(f"reasoning of mode {reasoning.mode}")
        stated["thinking"] = {"type": reasoning.mode, **residue["thinking"]}
    if reasoning.display is not ABSENT:
        raise refuse("what to show of the reasoning")
