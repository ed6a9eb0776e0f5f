"""Calls and their results: ``tool_use`` and ``tool_result`` blocks to hub parts and back.

A call of the computer or browser says its actions where the block names a toolset, or where the same request defines a
computer tool of the call's name. Without either it is a function call like any other: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, assert_never

import attrs

from .. import hub
from ..codec import Opaque, encode
from ..computer_use.actions import Action, Foreign
from ..computer_use.anthropic import TOOLS, read_action, tool_of_toolset, write_action
from ..computer_use.outcomes import NotExpressible
from ..errors import WriteError
from ..jsonvalue import ABSENT, Json
from ..making import maker, new_call, new_result, new_text
from .callers import read_caller, write_caller
from .invalid_json import read_input, write_input
from .media import read_document, read_image, read_search_result, write_media
from .residue import WIRE_NAME, build, members, nulls, ours, own, own_of
from .texts import following_cache, read_cache, read_text, write_cache, write_text
from .wire_blocks import (
    BrowserStateBlock,
    CacheControl,
    DocumentBlock,
    ImageBlock,
    ResultBlock,
    SearchResultBlock,
    TextBlock,
    ToolReferenceBlock,
    ToolResultBlock,
    ToolUseBlock,
)

LATEST_COMPUTER: Final = "computer_20251124"
"""The vocabulary of a computer call that no tool definition stands beside, as in a reply."""


@attrs.define
class Context:
    """What a block means only beside others: which tools are computers, and which calls were theirs."""

    computers: Mapping[str, str] = attrs.field(factory=dict)
    """Tool name -> dated type."""
    forms: dict[str, hub.CallForm] = attrs.field(factory=dict)
    """Call id -> form, for calls that are no function calls."""


def computers_of(tools: Iterable[hub.Tool | hub.Opaque]) -> dict[str, str]:
    """Return the computer tools among a request's tools: name -> dated type, toolsets left out."""
    found: dict[str, str] = {}
    for tool in tools:
        if isinstance(tool, hub.Tool) and tool.builtin is not None and isinstance(tool.name, str):
            dated = f"{tool.builtin.type}_{tool.builtin.version}"
            if dated in TOOLS and TOOLS[dated].toolset is None:
                found[tool.name] = dated
    return found


# Calls.


def read_call(block: ToolUseBlock, context: Context) -> hub.Call:
    """Read a call."""
    tool = _computer_tool(block, context)
    if tool is not None:
        return _read_computer_call(block, tool, context)
    plain = not block.extra and block.caller is ABSENT and block.cache_control is not None
    caller, residue, spelling = (None, None, None) if plain else _labels(block, {})
    return new_call(
        id=block.id,
        name=block.name,
        arguments=read_input(block.input),
        toolset=block.toolset_name,
        caller=caller,
        own=residue,
        spelling=spelling,
    )


def _labels(block: ToolUseBlock, spelling: dict[str, Json]) -> tuple[hub.Caller | None, hub.Own | None, hub.Own | None]:
    """Return who calls, residue and spelling of a call."""
    fields = dict(block.extra)
    caller = read_caller(block.caller, fields, spelling)
    return caller, own(fields), own({**nulls(block, "cache_control"), **spelling})


def _computer_tool(block: ToolUseBlock, context: Context) -> str | None:
    if not isinstance(block.input, dict):
        return None
    if isinstance(block.toolset_name, str):
        toolset = tool_of_toolset(block.toolset_name)
        return toolset.type if toolset is not None else None
    return context.computers.get(block.name)


def _read_computer_call(block: ToolUseBlock, tool: str, context: Context) -> hub.Call:
    document = block.input
    if TOOLS[tool].toolset is not None:
        document = {"toolset_name": block.toolset_name, "name": block.name, "input": block.input}
    action = read_action(document, tool)
    form: hub.CallForm = "browser" if TOOLS[tool].toolset == "browser" else "computer"
    context.forms[block.id] = form
    spelling: dict[str, Json] = {}
    if not isinstance(action, Foreign) and not _in_our_order(block.input, action, tool):
        spelling["input"] = list(block.input)
    caller, residue, spelled = _labels(block, spelling)
    return hub.Call(
        id=block.id,
        name=block.toolset_name if isinstance(block.toolset_name, str) else block.name,
        form=form,
        toolset=block.toolset_name,
        actions=(action,),
        caller=caller,
        own=residue,
        spelling=spelled,
    )


def _in_our_order(document: dict[str, Json], action: Action, tool: str) -> bool:
    """Tell whether the keys of an input come in the order in which we would write them; known orders are remembered."""
    shape = (tool, type(action), *document)
    if shape not in _ORDERS or None in document.values():
        ordered = list(_written_input(action, tool)) == list(document)
        if len(_ORDERS) < _MOST_ORDERS and None not in document.values():
            _ORDERS[shape] = ordered
        return ordered
    return _ORDERS[shape]


_ORDERS: Final[dict[tuple[Any, ...], bool]] = {}
_MOST_ORDERS: Final = 512
"""More than the tools' actions need; hostile input cannot fill memory."""


def _written_input(action: Action, tool: str) -> dict[str, Json]:
    document = _written(action, tool)
    return document["input"] if TOOLS[tool].toolset is not None else document


def _written(action: Action, tool: str) -> dict[str, Json]:
    outcome = write_action(action, tool)
    if isinstance(outcome, NotExpressible) or outcome.missing or len(outcome.documents) != 1:
        raise WriteError(f"{tool} has no action that says this one: {', '.join(outcome.missing) or 'several would'}")
    return outcome.documents[0]


def write_call(call: hub.Call, cache: hub.Mark | None, context: Context) -> ToolUseBlock:
    """Write a call."""
    if call.state != "complete":
        raise WriteError("an unfinished call has no place in the Messages API")
    if call.namespace is not ABSENT or call.checks:
        raise WriteError("a call of the Messages API has neither namespace nor safety checks")
    if call.actions is not ABSENT:
        return _write_computer_call(call, call.actions, cache, context)
    if call.form not in ("function", "computer", "browser"):
        raise WriteError(f"the Messages API has no {call.form} call")
    control = ABSENT if cache is None else write_cache(cache)
    input, toolset = write_input(call.arguments), call.toolset
    caller = ABSENT if call.caller is None else write_caller(call.caller)
    if call.own is None and call.spelling is None:
        return _new_call_block(
            id=call.id, name=call.name, input=input, toolset_name=toolset, caller=caller, cache_control=control
        )
    return build(
        ToolUseBlock, call, id=call.id, name=call.name, input=input, toolset_name=toolset, caller=caller,
        cache_control=control,
    )  # fmt: skip


_new_call_block: Final = maker(ToolUseBlock)
_new_result_block: Final = maker(ToolResultBlock)


def _write_computer_call(
    call: hub.Call, actions: tuple[Action, ...], cache: hub.Mark | None, context: Context
) -> ToolUseBlock:
    if len(actions) != 1:
        raise WriteError("a call of the Messages API does one action: a batch is several calls")
    tool = _tool_of_call(call, actions[0], context)
    document = _written(actions[0], tool)
    named = TOOLS[tool].toolset is not None
    arguments: dict[str, Json] = document["input"] if named else document
    order = ours(call.spelling).get("input", ())
    if order and arguments.keys() == set(order):
        arguments = {key: arguments[key] for key in order}
    return build(
        ToolUseBlock,
        call,
        id=call.id,
        name=document["name"] if named else call.name,
        input=arguments,
        toolset_name=call.toolset,
        caller=write_caller(call.caller),
        cache_control=write_cache(cache),
    )


def _tool_of_call(call: hub.Call, action: Action, context: Context) -> str:
    if isinstance(call.toolset, str):
        toolset = tool_of_toolset(call.toolset)
        if toolset is None:
            raise WriteError(f"the Messages API has no toolset {call.toolset!r} of computer actions")
        return toolset.type
    if call.name in context.computers:
        return context.computers[call.name]
    return action.tool if isinstance(action, Foreign) and action.tool in TOOLS else LATEST_COMPUTER


# Results.


def read_result(block: ToolResultBlock, context: Context) -> hub.Result:
    """Read a result. A missing ``is_error`` is false, by the documentation."""
    spelling: dict[str, Json] = {}
    if not block.is_error and block.is_error is not ABSENT:
        spelling["is_error"] = block.is_error
    if block.cache_control is None:
        spelling["cache_control"] = None
    parts: tuple[hub.Part, ...] = ()
    offered: tuple[str, ...] = ()
    content = block.content
    if isinstance(content, str):
        parts = (new_text(text=content, form="string"),)
    elif isinstance(content, tuple) and content:
        offered = _read_references(content)
        parts = () if offered else _read_content(content)
    elif content is not ABSENT:
        spelling["content"] = None if content is None else []
    return new_result(
        call_id=block.tool_use_id,
        parts=parts,
        outcome="error" if block.is_error else "ok",
        form=context.forms.get(block.tool_use_id, "function"),
        toolset=block.toolset_name,
        offered=offered,
        own=own_of(block) if block.extra else None,
        spelling=own(spelling) if spelling else None,
    )


def _read_references(blocks: tuple[ResultBlock | Opaque, ...]) -> tuple[str, ...]:
    """Read what a search of the caller's own found: names of tools and nothing else."""
    names: list[str] = []
    for block in blocks:
        if not isinstance(block, ToolReferenceBlock) or not isinstance(block.tool_name, str):
            return ()
        if block.extra or block.cache_control is not ABSENT:
            return ()
        names.append(block.tool_name)
    return tuple(names)


def _read_content(blocks: tuple[ResultBlock | Opaque, ...]) -> tuple[hub.Part, ...]:
    parts: list[hub.Part] = []
    for block in members(blocks):
        alone = len(blocks) == 1 and isinstance(block, TextBlock)
        part = read_text(block, "block") if alone else read_result_block(block)  # type: ignore[arg-type]
        parts.append(part)
        control = getattr(block, "cache_control", None)
        if isinstance(control, CacheControl) and not isinstance(part, hub.Opaque):
            parts.append(read_cache(control))
    return tuple(parts)


def read_result_block(block: ResultBlock | Opaque) -> hub.Part:
    """Read what a result holds."""
    match block:
        case TextBlock():
            return read_text(block)
        case ImageBlock():
            return read_image(block)
        case DocumentBlock():
            return read_document(block)
        case SearchResultBlock():
            return read_search_result(block)
        case ToolReferenceBlock() | BrowserStateBlock():
            return opaque(block)
        case Opaque():
            return hub.Opaque(wire=WIRE_NAME, document=block.document)
        case _:
            assert_never(block)


def opaque(block: Any) -> hub.Opaque:
    """Keep a block that only this wire can say."""
    return hub.Opaque(wire=WIRE_NAME, document=encode(block))


def write_result(result: hub.Result, cache: hub.Mark | None) -> ToolResultBlock:
    """Write a result. An outcome that is not said is written as ``ok`` is: without ``is_error``."""
    if result.acknowledged or result.caller is not None or not result.name is result.namespace is ABSENT:
        raise WriteError(
            "a result of the Messages API has no acknowledged safety checks, and nothing of its call but the id"
        )
    if result.outcome not in ("ok", "error", ABSENT):
        raise WriteError(f"a result of the Messages API is an error or not: it has no outcome {result.outcome!r}")
    stated: dict[str, Any] = {
        "tool_use_id": result.call_id,
        "content": _write_references(result) if result.offered else _write_content(result.parts),
        "is_error": True if result.outcome == "error" else ABSENT,
        "toolset_name": result.toolset,
        "cache_control": ABSENT if cache is None else write_cache(cache),
    }
    if result.own is None and result.spelling is None:
        return _new_result_block(**stated)
    return build(ToolResultBlock, result, **stated)


def _write_references(result: hub.Result) -> tuple[ToolReferenceBlock, ...]:
    if result.parts:
        raise WriteError("a result of the Messages API that names tools is nothing else")
    return tuple([ToolReferenceBlock(tool_name=name) for name in result.offered])


def _write_content(parts: tuple[hub.Part, ...]) -> Any:
    if not parts:
        return ABSENT
    lone = lone_string(parts)
    if lone is not None:
        return lone
    blocks: list[ResultBlock | Opaque] = []
    for place, part in enumerate(parts):
        match part:
            case hub.Text():
                blocks.append(write_text(part, following_cache(parts, place)))
            case hub.Media():
                blocks.append(write_media(part, following_cache(parts, place)))
            case hub.Opaque(wire="anthropic"):
                blocks.append(Opaque(part.document))
            case hub.Mark(kind="cache") if place and not isinstance(parts[place - 1], (hub.Mark, hub.Opaque)):
                continue
            case _:
                raise WriteError(f"a result of the Messages API cannot hold a {type(part).__name__}")
    return tuple(blocks)


def lone_string(parts: Sequence[hub.Part]) -> str | None:
    """Return the text of parts that a wire had as a bare string."""
    if len(parts) != 1:
        return None
    part = parts[0]
    if not isinstance(part, hub.Text) or part.form != "string":
        return None
    plain = not part.citations and not ours(part.own) and part.logprobs is ABSENT
    return part.text if plain else None
