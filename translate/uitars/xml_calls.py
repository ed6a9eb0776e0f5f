"""The tagged form of UI-TARS 2: ``<seed:tool_call>`` with functions and parameters. Closing tags may be broken."""

from __future__ import annotations

import re
from typing import Final

from .scan import Argument, RawCall

OPENING: Final = "<seed:tool_call>"
_FUNCTION: Final = re.compile(r"<function=([A-Za-z_][A-Za-z0-9_]*+)>")
_PARAMETER: Final = re.compile(r"\s*+<parameter=([A-Za-z_][A-Za-z0-9_]*+)>")
_PARAMETER_END: Final = "</parameter>"
# Anything that starts like a closing tag ends a function, and so does the next one.
_FUNCTION_END: Final = re.compile(r"\s*+(?:</[fs]|<function=)")


def scan_xml(text: str, start: int) -> tuple[RawCall, ...]:
    """Read the calls behind an opening tag, in order. The last one may be cut.

    There are no escapes in this form: a parameter's text is what stands between its tags.
    """
    calls: list[RawCall] = []
    position = start
    while (function := _FUNCTION.search(text, position)) is not None:
        call, position = _scan_function(text, function)
        calls.append(call)
        if not call.closed:
            break
    return tuple(calls)


def _scan_function(text: str, function: re.Match[str]) -> tuple[RawCall, int]:
    name, position = function[1], function.end()
    arguments: list[Argument] = []
    notes: list[str] = []
    while (parameter := _PARAMETER.match(text, position)) is not None:
        lower = parameter[1].lower()
        if lower != parameter[1]:
            notes.append("case_folded")
        stop = text.find(_PARAMETER_END, parameter.end())
        if stop < 0:
            arguments.append(Argument(lower, text[parameter.end() :]))
            return RawCall(name, tuple(arguments), closed=False, open_string=True, notes=tuple(notes)), len(text)
        arguments.append(Argument(lower, text[parameter.end() : stop]))
        position = stop + len(_PARAMETER_END)
    closed = _FUNCTION_END.match(text, position) is not None
    return RawCall(name, tuple(arguments), closed=closed, notes=tuple(notes)), position
