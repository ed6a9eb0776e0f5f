"""What came of calls: the ``*_call_output`` items, read into results and written from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from .. import hub
from ..codec import Opaque, WireRecord, encode
from ..jsonvalue import ABSENT, Absent
from ..making import maker, new_result, new_text
from . import wire_items as wire
from .calls import Fields, holds_null, read_caller, read_checks, write_caller, write_checks
from .content import is_plain, read_image, read_part, write_opaque, write_parts, write_screenshot
from .residue import WIRE_NAME, build, nulls, ours, own, refuse, residue, unusual
from .wire_content import ComputerScreenshot

# Reading.


def read_function_output(item: wire.FunctionCallOutput) -> hub.Result:
    return _read_output(item, "function", item.name, item.namespace)


def read_custom_output(item: wire.CustomToolCallOutput) -> hub.Result:
    return _read_output(item, "custom", ABSENT, ABSENT)


def _read_output(
    item: wire.FunctionCallOutput | wire.CustomToolCallOutput,
    form: hub.CallForm,
    name: str | Absent | None,
    namespace: str | Absent | None,
) -> hub.Result:
    output = item.output
    caller, rest, said = read_caller(item.caller)
    call_id = item.call_id
    parts: list[hub.Part] = []
    spelling = own(said) if said else None
    if isinstance(output, str):
        parts.append(new_text(text=output, form="string"))
    elif isinstance(output, tuple):
        for part in output:
            read_part(part, False, None, parts)
    if not isinstance(call_id, str) or output is ABSENT or output is None:
        spelling = own({**ours(unusual(item, "call_id", "output")), **said})
    plain = not item.extra and not rest and item.created_by is ABSENT
    return new_result(
        call_id=call_id if isinstance(call_id, str) else "", parts=tuple(parts), form=form, name=name, namespace=namespace,
        caller=caller, own=None if plain else residue(item, *rest, "created_by"), spelling=spelling,
    )  # fmt: skip


def read_computer_output(item: wire.ComputerCallOutput) -> hub.Result | None:
    if holds_null(item.acknowledged_safety_checks):
        return None
    output = item.output
    part: hub.Part | None = None
    if isinstance(output, Opaque):
        part = hub.Opaque(wire=WIRE_NAME, document=output.document)
    elif isinstance(output, ComputerScreenshot):
        part = read_image(output)
        if part is None:
            part = hub.Opaque(wire=WIRE_NAME, document=encode(output))
    return hub.Result(
        call_id=item.call_id, form="computer", parts=() if part is None else (part,),
        acknowledged=read_checks(item.acknowledged_safety_checks), own=residue(item, "created_by"),
        spelling=own({**nulls(item, "acknowledged_safety_checks"), **ours(unusual(item, "output"))}),
    )  # fmt: skip


def read_local_shell_output(item: wire.LocalShellCallOutput) -> hub.Result:
    return hub.Result(
        call_id=item.id, form="shell", parts=_words(item.output), own=residue(item, "type"),
        spelling=own({} if isinstance(item.output, str) else ours(unusual(item, "output"))),
    )  # fmt: skip


def _words(output: str | Absent | None) -> tuple[hub.Part, ...]:
    return (hub.Text(text=output, form="string"),) if isinstance(output, str) else ()


def read_shell_output(item: wire.ShellCallOutput) -> hub.Result | None:
    """Read a shell's output: what each command wrote, then what it wrote to its standard error, if anything."""
    if holds_null(item.output):
        return None
    parts: list[hub.Part] = []
    for output in item.output if isinstance(item.output, tuple) else ():
        parts.append(hub.Text(text=output.stdout, form="block", own=residue(output, "outcome", "created_by")))
        if output.stderr:
            parts.append(hub.Text(text=output.stderr, form="block", own=_STDERR))
    caller, rest, spelling = read_caller(item.caller)
    return hub.Result(
        call_id=item.call_id, form="shell", parts=tuple(parts), caller=caller,
        own=residue(item, "max_output_length", *rest, "created_by"),
        spelling=own({**ours(unusual(item, "output")), **spelling}),
    )  # fmt: skip


_STDERR: Final = hub.Own(wire=WIRE_NAME, fields={"stream": "stderr"})


def read_patch_output(item: wire.ApplyPatchCallOutput) -> hub.Result:
    outcome = _OUTCOMES.get(item.status, ABSENT)
    caller, rest, spelling = read_caller(item.caller)
    rest = (*rest, "created_by") if outcome is not ABSENT else ("status", *rest, "created_by")
    if item.output is None:
        spelling = {"output": None, **spelling}
    return hub.Result(
        call_id=item.call_id, form="patch", parts=_words(item.output), outcome=outcome, caller=caller, own=residue(item, *rest),
        spelling=own(spelling),
    )  # fmt: skip


_OUTCOMES: Final[Mapping[Any, Any]] = {"completed": "ok", "failed": "error"}
_OUTCOME_WORDS: Final[Mapping[Any, str]] = {"ok": "completed", "error": "failed"}


# Writing.


def write_result(result: hub.Result, id: str | Absent | None, status: str | Absent | None) -> WireRecord:
    """Write a result. ``id`` and ``status`` are the item's, from its seam."""
    if result.toolset is not ABSENT or result.offered:
        raise refuse("the toolset of a result, or the tools that it names")
    if result.outcome is not ABSENT and result.form != "patch":
        raise refuse("whether a call went well, beside its output")
    if result.acknowledged and result.form != "computer":
        raise refuse(f"acknowledged safety checks of a {result.form} call")
    if result.form not in _WRITERS:
        raise refuse(f"the result of a {result.form} call")
    if result.form != "function" and not result.name is result.namespace is ABSENT:
        raise refuse(f"the name of a {result.form} call beside its result")
    return _WRITERS[result.form](result, {"id": id, "status": status})


def _write_output(
    cls: type[wire.FunctionCallOutput | wire.CustomToolCallOutput], result: hub.Result, stated: Fields
) -> WireRecord:
    parts = result.parts
    output: Any = ABSENT
    if len(parts) == 1 and is_plain(parts[0]) and parts[0].form != "block":  # type: ignore[union-attr]
        output = parts[0].text  # type: ignore[union-attr]
    elif parts:
        output = write_parts(parts, assistant=False)
    if result.own is None and result.spelling is None and parts:
        stated.update(_said_again(result))
        return maker(cls)(call_id=result.call_id, output=output, **stated)
    stated.update(call_id=result.call_id or ABSENT, output=output, **_said_again(result))
    return build(cls, result, stated, {"call_id": "", "output": ()})


def _said_again(result: hub.Result) -> Fields:
    """Return what a result says again of its call."""
    if result.name is result.namespace is ABSENT and result.caller is None:
        return {}
    said: Fields = {"name": result.name, "namespace": result.namespace, "caller": write_caller(result.caller)}
    return {key: value for key, value in said.items() if value is not ABSENT}


def _write_function_output(result: hub.Result, stated: Fields) -> WireRecord:
    return _write_output(wire.FunctionCallOutput, result, stated)


def _write_custom_output(result: hub.Result, stated: Fields) -> WireRecord:
    return _write_output(wire.CustomToolCallOutput, result, stated)


def _write_computer_output(result: hub.Result, stated: Fields) -> WireRecord:
    output: WireRecord | Opaque | Absent = ABSENT
    match result.parts:
        case (hub.Media() as image,):
            output = write_screenshot(image)
        case (hub.Opaque() as part,):
            output = write_opaque(part)
        case () if result.spelling is not None:
            pass
        case _:
            raise refuse("a computer call's result that is not one screenshot")
    if result.caller is not None:
        raise refuse("a program that called the computer")
    stated.update(call_id=result.call_id, output=output, acknowledged_safety_checks=write_checks(result.acknowledged))
    return build(wire.ComputerCallOutput, result, stated)


def _write_shell_output(result: hub.Result, stated: Fields) -> WireRecord:
    if ours(result.own).get("type") == "local_shell_call_output":
        if stated.pop("id") is not ABSENT:
            raise refuse("an id of a local shell's output other than its call's")
        if result.caller is not None:
            raise refuse("a program that called a local shell")
        return build(wire.LocalShellCallOutput, result, {"id": result.call_id, "output": _one_text(result), **stated})
    outputs: list[wire.ShellOutput] = []
    for part in result.parts:
        if not (isinstance(part, hub.Text) and (is_plain(part) or not part.citations)):
            raise refuse("anything but text in a shell's output")
        if ours(part.own).get("stream") == "stderr" and outputs and not outputs[-1].stderr:
            outputs[-1] = attrs.evolve(outputs[-1], stderr=part.text)
        else:
            outputs.append(build(wire.ShellOutput, part, {"stdout": part.text, "stderr": ""}))
    stated.update(call_id=result.call_id, output=tuple(outputs) or ABSENT, caller=write_caller(result.caller))
    return build(wire.ShellCallOutput, result, stated, {"output": ()})


def _one_text(result: hub.Result) -> str | Absent:
    match result.parts:
        case (hub.Text() as part,) if is_plain(part):
            return part.text
        case ():
            return ABSENT
        case _:
            raise refuse(f"anything but one text as the result of a {result.form} call")


def _write_patch_output(result: hub.Result, stated: Fields) -> WireRecord:
    if result.outcome is not ABSENT:
        if result.outcome not in _OUTCOME_WORDS:
            raise refuse(f"that a patch is {result.outcome}")
        stated["status"] = _OUTCOME_WORDS[result.outcome]
    stated.update(call_id=result.call_id, output=_one_text(result), caller=write_caller(result.caller))
    return build(wire.ApplyPatchCallOutput, result, stated)


_WRITERS: Final[Mapping[str, Callable[[hub.Result, Fields], WireRecord]]] = {
    "function": _write_function_output,
    "custom": _write_custom_output,
    "computer": _write_computer_output,
    "shell": _write_shell_output,
    "patch": _write_patch_output,
}
