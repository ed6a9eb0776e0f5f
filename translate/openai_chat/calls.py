"""Calls and their results: ``tool_calls``, the deprecated ``function_call``, and the messages that answer them.

A ``function_call`` has no id, so one is derived from its place: the n-th of a document is ``function_call_n``, and the
``function`` message after it answers that id. Both go back to the deprecated form as long as they have such an id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .. import hub
from ..codec import Opaque
from ..jsonvalue import ABSENT, Absent, Json, same_json
from ..making import maker, new_arguments, new_call, new_result
from . import wire
from .arguments import read_arguments, spell_arguments
from .content import CACHE_CONTROL, read_cache_control, read_content, write_cache_control, write_content
from .residue import NOTHING, WIRE_NAME, WITHOUT, fill, left_out, made, nulls, ours, own, refuse

INDEX: Final = "index"
"""Which of a message's calls it is. Chunks have it; on whole calls vendors leave it, where the order says it already."""
_LEGACY_ID: Final = "function_call_"


def read_call(call: wire.ToolCall, into: list[hub.Part]) -> None:
    """Read one of ``tool_calls``, and the cache mark some gateways put on it."""
    match call:
        case wire.FunctionToolCall():
            fields: dict[str, Json] = dict(call.extra) if call.extra else {}
            control, mark = call.cache_control, None
            if control is not ABSENT:
                mark = read_cache_control(control)
                if mark is None:
                    fields[CACHE_CONTROL] = control
            spelling: dict[str, Json] = {WITHOUT: ["type"]} if call.type is ABSENT else {}
            if fields and same_json(fields.get(INDEX), sum(isinstance(part, hub.Call) for part in into)):
                spelling[INDEX] = fields.pop(INDEX)
            into.append(_read_function(call.id, call.function, fields, spelling))
            if mark is not None:
                into.append(mark)
        case wire.CustomToolCall(custom=custom):
            rest = {**({"custom": custom.extra} if custom.extra else {}), **call.extra}
            arguments = hub.Arguments(text=custom.input)
            into.append(hub.Call(id=call.id, name=custom.name, arguments=arguments, form="custom", own=own(rest)))
        case Opaque():
            into.append(hub.Opaque(wire=WIRE_NAME, document=call.document))
        case _:
            into.append(hub.Opaque(wire=WIRE_NAME, document=call))  # null, which an array may hold


def _read_function(id: str, function: wire.Function, fields: dict[str, Json], spelling: dict[str, Json]) -> hub.Call:
    if function.extra:
        fields["function"] = function.extra
    match function.arguments:
        case str() as text:
            arguments = read_arguments(text)
        case None:
            arguments = hub.Arguments()
            spelling["arguments"] = None
        case Mapping() as value:
            arguments = new_arguments(value=value)
            spelling["arguments"] = "object"
        case _:
            arguments = hub.Arguments()
    return new_call(id=id, name=function.name, arguments=arguments, own=own(fields), spelling=own(spelling))


def read_function_call(function: wire.Function, number: int) -> hub.Call:
    """Read a deprecated ``function_call``; ``number`` counts those of a document."""
    return _read_function(f"{_LEGACY_ID}{number}", function, {}, {"form": "function_call"})


def is_legacy(record: hub.Call | hub.Result) -> bool:
    """Tell whether a call or result came in the deprecated form, and still has the id that says so."""
    if record.spelling is None or record.form != "function" or ours(record.spelling).get("form") != "function_call":
        return False
    return (record.id if isinstance(record, hub.Call) else record.call_id).startswith(_LEGACY_ID)


def _write_function(call: hub.Call) -> wire.Function:
    """Write name and arguments of a call of form function."""
    said = call.arguments
    spelled = ABSENT if call.spelling is None else ours(call.spelling).get("arguments", ABSENT)
    arguments: str | Mapping[str, Json] | Absent | None
    if said.text is ABSENT and said.value is ABSENT:
        arguments = None if spelled is None else ABSENT
    elif spelled == "object" and said.text is ABSENT and isinstance(said.value, Mapping):
        arguments = said.value
    else:
        arguments = spell_arguments(said)
    if call.own is None:
        return _new_function(name=call.name, arguments=arguments)
    return made(wire.Function, ours(call.own).get("function", NOTHING), name=call.name, arguments=arguments)


_new_function: Final = maker(wire.Function)
_new_function_call: Final = maker(wire.FunctionToolCall)
_new_tool_message: Final = maker(wire.ToolMessage)


def write_call(call: hub.Call, mark: hub.Mark | None = None) -> wire.FunctionToolCall | wire.CustomToolCall:
    """Write a call as one of ``tool_calls``."""
    _refuse_foreign(call)
    return _write_function_call(call, mark) if call.form == "function" else _write_custom_call(call, mark)


def write_legacy_call(call: hub.Call) -> wire.Function:
    """Write a call as the deprecated ``function_call``."""
    _refuse_foreign(call)
    return _write_function(call)


def _refuse_foreign(call: hub.Call) -> None:
    if call.actions is not ABSENT or call.checks or call.state != "complete":
        raise refuse(f"a call of form {call.form}, with actions, checks or unfinished")
    if not call.toolset is call.namespace is ABSENT or call.caller is not None:
        raise refuse("a call's toolset, namespace or caller")


def _write_function_call(call: hub.Call, mark: hub.Mark | None) -> wire.FunctionToolCall:
    function = _write_function(call)
    if mark is None and call.own is None and call.spelling is None:
        return _new_function_call(id=call.id, function=function)
    stated: dict[str, Any] = {"id": call.id, "function": function}
    if mark is not None:
        if mark.kind != "cache" or CACHE_CONTROL not in ours(mark.own):
            raise refuse("a mark behind a call")
        stated[CACHE_CONTROL] = write_cache_control(mark)
    residue, spelling = ours(call.own), ours(call.spelling)
    if residue or INDEX in spelling:
        rest = {key: value for key, value in residue.items() if key != "function"}
        fill(wire.FunctionToolCall, stated, {**rest, INDEX: spelling[INDEX]} if INDEX in spelling else rest)
    if left_out(spelling, "type"):
        stated["type"] = ABSENT
    return wire.FunctionToolCall(**stated)


def _write_custom_call(call: hub.Call, mark: hub.Mark | None) -> wire.CustomToolCall:
    if call.form != "custom" or mark is not None or call.arguments.text is ABSENT or call.arguments.value is not ABSENT:
        raise refuse(f"a call of form {call.form} with these arguments, or with a mark behind it")
    residue = ours(call.own)
    custom = made(wire.Custom, residue.get("custom", NOTHING), name=call.name, input=call.arguments.text)
    stated: dict[str, Any] = {"id": call.id, "custom": custom}
    fill(wire.CustomToolCall, stated, {k: v for k, v in residue.items() if k != "custom"})
    return wire.CustomToolCall(**stated)


def read_result(message: wire.ToolMessage, custom: bool) -> hub.Result:
    """Read a ``tool`` message; ``custom`` says that the call it answers was one. The wire does not say whether the call failed."""
    name, residue = message.name, message.extra
    if not (name is ABSENT or name is None or isinstance(name, str)):
        name, residue = ABSENT, {"name": name, **residue}
    return new_result(
        call_id=message.tool_call_id,
        parts=tuple(read_content(message.content)),
        form="custom" if custom else "function",
        name=name,
        own=own(residue),
        spelling=_spelled_content(message),
    )


def _spelled_content(message: wire.ToolMessage | wire.FunctionMessage) -> hub.Own | None:
    if message.content:
        return None
    return own({WITHOUT: ["content"]} if message.content is ABSENT else nulls(message, "content"))


def read_function_result(message: wire.FunctionMessage, number: int) -> hub.Result:
    """Read a deprecated ``function`` message; ``number`` is that of the call it answers."""
    return hub.Result(
        call_id=f"{_LEGACY_ID}{number}",
        parts=tuple(read_content(message.content)),
        name=message.name,
        own=own(message.extra),
        spelling=own({"form": "function_call", **ours(_spelled_content(message))}),
    )


def write_result(result: hub.Result) -> wire.ToolMessage | wire.FunctionMessage:
    """Write a result as a message of its own. Whether it failed has no place on this wire."""
    if (
        not result.outcome is result.toolset is result.namespace is ABSENT
        or result.acknowledged
        or result.caller is not None
        or result.offered
    ):
        raise refuse("a result's outcome, acknowledged checks, toolset, namespace, caller or tools that it names")
    if result.form not in ("function", "custom"):
        raise refuse(f"a result of form {result.form}")
    content = write_content(result.parts)
    if content is None:
        content = ()
    if result.own is None and result.spelling is None:
        return _new_tool_message(tool_call_id=result.call_id, content=content, name=result.name)
    stated: dict[str, Any] = {"content": content, "name": result.name}
    if result.spelling is not None and not content:
        stated |= _unsaid_content(ours(result.spelling))
    rest = ours(result.own)
    if is_legacy(result) and isinstance(
        rest.get("name", result.name), str
    ):  # in records that were stored before it is residue
        fill(wire.FunctionMessage, stated, rest)
        return wire.FunctionMessage(**stated)
    stated["tool_call_id"] = result.call_id
    if rest:
        fill(wire.ToolMessage, stated, rest)
    return wire.ToolMessage(**stated)


def _unsaid_content(spelling: Mapping[str, Json]) -> dict[str, Any]:
    if "content" in spelling:
        return {"content": None if spelling["content"] is None else ()}
    return {"content": ABSENT} if left_out(spelling, "content") else {}
