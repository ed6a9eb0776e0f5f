"""Calls that we perform: functions, custom tools, the computer, shells and patches.

An item's ``id`` and ``status`` stand on its seam, except that a status which says the arguments are not whole is the call's state.
A computer call's actions come whole whatever its status says, and so do commands and patches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from .. import hub
from ..codec import WireRecord
from ..computer_use.actions import Action
from ..computer_use.openai import read_action, write_action
from ..computer_use.outcomes import Written
from ..errors import DecodeError
from ..jsontext import parse, spell
from ..jsonvalue import ABSENT, Absent, Json, same_json
from ..making import maker, new_arguments, new_call
from . import wire_items as wire
from .residue import NOTHING, build, nulls, ours, own, refuse, residue, unusual

Fields: TypeAlias = dict[str, Any]

_STATES: Final[Mapping[Any, Any]] = {"incomplete": "cut", "in_progress": "pending"}
_STATE_WORDS: Final[Mapping[str, str]] = {"cut": "incomplete", "pending": "in_progress"}


def read_arguments(text: str | Absent | None) -> hub.Arguments:
    """Read arguments as sampled; ``value`` stays ABSENT where they are not JSON (cut short, empty, NaN)."""
    if text is ABSENT or text is None:
        return hub.Arguments()
    try:
        return new_arguments(text=text, value=parse(text))
    except DecodeError:
        return hub.Arguments(text=text)


def spell_arguments(arguments: hub.Arguments) -> Json:
    """Spell arguments as text: as sampled where a text is known, else compact; ABSENT where there are none."""
    if arguments.text is not ABSENT:
        return arguments.text
    if arguments.value is ABSENT:
        return ABSENT
    try:
        return spell(arguments.value)
    except DecodeError:
        raise refuse("arguments that JSON cannot say") from None


COMPUTER: Final = "computer"
"""The name of the computer in calls: items of this wire do not name it."""


# Reading.


def read_function_call(item: wire.FunctionCall) -> hub.Call:
    caller, rest, spelling = read_caller(item.caller)
    if item.arguments is None:
        spelling = {"arguments": None, **spelling}
    plain = not item.extra and not rest and item.async_ is ABSENT
    arguments = read_arguments(item.arguments)
    state: Any = "complete" if is_awaited(caller, arguments, item.status) else _STATES.get(item.status, "complete")
    return new_call(
        id=item.call_id, name=item.name, arguments=arguments, namespace=item.namespace, caller=caller,
        state=state, own=None if plain else residue(item, *rest, "async_"),
        spelling=own(spelling) if spelling else None,
    )  # fmt: skip


def is_awaited(caller: hub.Caller | None, arguments: hub.Arguments, status: Any) -> bool:
    """Tell whether a program made a call and waits for its result: it is ``in_progress`` then, in a response that is completed.

    Arguments that are an object are whole, whatever follows. Recorded replies of programs (gpt-5.6-terra), read 2026-11-24.
    """
    return status == "in_progress" and caller is not None and isinstance(arguments.value, dict)


def read_custom_call(item: wire.CustomToolCall) -> hub.Call:
    caller, rest, spelling = read_caller(item.caller)
    if item.input is None:
        spelling = {"input": None, **spelling}
    return hub.Call(
        id=item.call_id, name=item.name, form="custom", namespace=item.namespace, caller=caller,
        arguments=hub.Arguments(text=ABSENT if item.input is None else item.input),
        state=_STATES.get(item.status, "complete"), own=residue(item, *rest, "async_"), spelling=own(spelling),
    )  # fmt: skip


_DIRECT: Final[Mapping[str, Json]] = {"type": "direct"}
_NOBODY: Final[tuple[hub.Caller | None, tuple[str, ...], Mapping[str, Json]]] = (None, (), NOTHING)


def read_caller(caller: Json) -> tuple[hub.Caller | None, tuple[str, ...], Mapping[str, Json]]:
    """Read ``caller``: a program, the key where it is not known and stays residue, and the spelling of what is so where nothing is said,
    that the model itself calls."""
    if caller is ABSENT:
        return _NOBODY
    if caller is None or same_json(caller, _DIRECT):
        return None, (), {"caller": caller}
    if isinstance(caller, dict) and caller.keys() == {"type", "caller_id"} and caller["type"] != "direct":
        kind, id = caller["type"], caller["caller_id"]
        if isinstance(kind, str) and isinstance(id, str):
            return hub.Caller(kind=kind, id=id), (), NOTHING
    return None, ("caller",), NOTHING


def write_caller(caller: hub.Caller | None) -> Json:
    """Write ``caller``; ABSENT where it is the model itself."""
    if caller is None:
        return ABSENT
    if caller.kind == "direct" or caller.id is ABSENT:
        raise refuse("a program that calls and has no id, or is the model itself")
    return {"type": caller.kind, "caller_id": caller.id}


def read_computer_call(item: wire.ComputerCall) -> hub.Call | None:
    """Read a computer call; ``None`` where it has both a single action and a batch, or a null among them."""
    if holds_null(item.actions) or holds_null(item.pending_safety_checks):
        return None
    spelling = {**nulls(item, "action"), **ours(unusual(item, "pending_safety_checks", "actions"))}
    documents: tuple[Mapping[str, Json], ...] = item.actions if isinstance(item.actions, tuple) else ()
    if isinstance(item.action, dict):
        if isinstance(item.actions, tuple):
            return None
        documents = (item.action,)
        spelling["single"] = True
    return hub.Call(
        id=item.call_id, name=COMPUTER, form="computer", actions=tuple([read_action(dict(d)) for d in documents]),
        checks=read_checks(item.pending_safety_checks), state="cut" if item.status == "incomplete" else "complete",
        own=residue(item), spelling=own(spelling),
    )  # fmt: skip


def holds_null(values: tuple[Any, ...] | Absent | None) -> bool:
    """Tell whether a list has a null where a record should be: such an item stays opaque."""
    return isinstance(values, tuple) and None in values


def read_checks(checks: tuple[wire.SafetyCheck, ...] | Absent | None) -> tuple[hub.SafetyCheck, ...]:
    if checks is ABSENT or checks is None:
        return ()
    return tuple(hub.SafetyCheck(id=c.id, code=c.code, message=c.message, own=residue(c)) for c in checks)


LOCAL_SHELL: Final = "local_shell"
SHELL: Final = "shell"
PATCH: Final = "apply_patch"
"""Names of calls whose items have a type and no name."""


def read_local_shell_call(item: wire.LocalShellCall) -> hub.Call:
    return _read_typed_call(item, LOCAL_SHELL, "shell", item.action)


def read_shell_call(item: wire.ShellCall) -> hub.Call:
    return _read_typed_call(item, SHELL, "shell", item.action, "environment", "created_by")


def read_patch_call(item: wire.ApplyPatchCall) -> hub.Call:
    return _read_typed_call(item, PATCH, "patch", item.operation, "created_by")


def _read_typed_call(
    item: wire.LocalShellCall | wire.ShellCall | wire.ApplyPatchCall,
    name: str,
    form: hub.CallForm,
    value: Json,
    *rest: str,
) -> hub.Call:
    caller, unread, spelling = (
        _NOBODY if isinstance(item, wire.LocalShellCall) else read_caller(item.caller)
    )  # of a local shell nobody says it
    return hub.Call(
        id=item.call_id, name=name, form=form, arguments=hub.Arguments(value=value), caller=caller,
        state="cut" if item.status == "incomplete" else "complete", own=residue(item, *rest, *unread),
        spelling=own(spelling),
    )  # fmt: skip


def is_hosted(item: wire.ShellCall) -> bool:
    """Tell whether the provider runs the commands, in a container of its own."""
    environment = item.environment
    return isinstance(environment, dict) and environment.get("type") != "local"


# Writing.


def write_call(call: hub.Call, id: str | Absent | None, status: str | Absent | None) -> WireRecord:
    """Write a call. ``id`` and ``status`` are the item's, from its seam."""
    if call.toolset is not ABSENT:
        raise refuse("the toolset of a call")
    if call.form not in _WRITERS:
        raise refuse(f"a {call.form} call")
    if call.form != "computer" and (call.actions is not ABSENT or call.checks):
        raise refuse(f"actions or safety checks of a {call.form} call")
    return _WRITERS[call.form](call, {"id": id, "status": _status(call, status)})


def _status(call: hub.Call, status: str | Absent | None) -> str | Absent | None:
    streams = call.form in ("function", "custom")
    if call.state == "complete":
        awaited = call.form == "function" and is_awaited(call.caller, call.arguments, status)
        return "completed" if streams and status in _STATES and not awaited else status
    if call.state == "pending" and not streams:
        raise refuse(f"a {call.form} call that is still being streamed")
    if call.form == "function" and is_awaited(call.caller, call.arguments, _STATE_WORDS[call.state]):
        raise refuse("a program's call that is whole and still being streamed")
    return _STATE_WORDS[call.state]


def _write_function_call(call: hub.Call, stated: Fields) -> WireRecord:
    arguments = spell_arguments(call.arguments)
    if call.own is None and call.spelling is None:
        caller = ABSENT if call.caller is None else write_caller(call.caller)
        return _new_function_call(
            call_id=call.id, name=call.name, arguments=arguments, namespace=call.namespace, caller=caller, **stated
        )
    stated.update(call_id=call.id, name=call.name, arguments=arguments, namespace=call.namespace)
    stated["caller"] = write_caller(call.caller)
    return build(wire.FunctionCall, call, stated)


_new_function_call: Final = maker(wire.FunctionCall)


def _write_custom_call(call: hub.Call, stated: Fields) -> WireRecord:
    if call.arguments.value is not ABSENT:
        raise refuse("a custom tool's arguments as JSON")
    stated.update(call_id=call.id, name=call.name, input=call.arguments.text, namespace=call.namespace)
    stated["caller"] = write_caller(call.caller)
    return build(wire.CustomToolCall, call, stated)


def _write_computer_call(call: hub.Call, stated: Fields) -> WireRecord:
    if call.actions is ABSENT or call.name != COMPUTER or call.namespace is not ABSENT or call.caller is not None:
        raise refuse("a computer call without actions, under another name, or of a program's")
    if call.arguments != hub.Arguments():
        raise refuse("arguments of a computer call")
    documents = tuple([write_computer_action(action) for action in call.actions])
    if len(documents) == 1 and ours(call.spelling).get("single"):
        stated["action"] = documents[0]
        usual: Fields = {"pending_safety_checks": ()}
    else:
        stated["actions"] = documents or ABSENT
        usual = {"actions": (), "pending_safety_checks": ()}
    stated.update(call_id=call.id, pending_safety_checks=write_checks(call.checks))
    return build(wire.ComputerCall, call, stated, usual)


def write_computer_action(action: Action) -> Json:
    """Write one action as the one document that reads back as it; what needs several, or another unit, is for `adapt`."""
    outcome = write_action(action, COMPUTER)
    if isinstance(outcome, Written) and len(outcome.documents) == 1 and not (outcome.missing or outcome.rewritten):
        return outcome.documents[0]
    raise refuse(f"this action ({', '.join(outcome.missing) or 'it takes several, or another unit'})")


def write_checks(checks: tuple[hub.SafetyCheck, ...]) -> Any:
    if not checks:
        return ABSENT
    return tuple([build(wire.SafetyCheck, c, {"id": c.id, "code": c.code, "message": c.message}) for c in checks])


def _write_typed_call(call: hub.Call, stated: Fields, cls: type[WireRecord], name: str, key: str) -> WireRecord:
    if call.name != name or call.namespace is not ABSENT:
        raise refuse(f"a {call.form} call of the name {call.name!r}")
    if call.arguments.text is not ABSENT:
        raise refuse(f"the arguments of a {call.form} call as text")
    if call.caller is not None:
        if cls is wire.LocalShellCall:
            raise refuse("a local shell's call of a program's")
        stated["caller"] = write_caller(call.caller)
    return build(cls, call, {"call_id": call.id, key: call.arguments.value, **stated})


def _write_shell_call(call: hub.Call, stated: Fields) -> WireRecord:
    if call.name == LOCAL_SHELL:
        return _write_typed_call(call, stated, wire.LocalShellCall, LOCAL_SHELL, "action")
    return _write_typed_call(call, stated, wire.ShellCall, SHELL, "action")


def _write_patch_call(call: hub.Call, stated: Fields) -> WireRecord:
    return _write_typed_call(call, stated, wire.ApplyPatchCall, PATCH, "operation")


_WRITERS: Final[Mapping[str, Callable[[hub.Call, Fields], WireRecord]]] = {
    "function": _write_function_call,
    "custom": _write_custom_call,
    "computer": _write_computer_call,
    "shell": _write_shell_call,
    "patch": _write_patch_call,
}
