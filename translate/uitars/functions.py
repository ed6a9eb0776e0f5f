"""Function tools as further verbs of the action space: ``name(json='{...}')``.

UI-TARS has no tools on its wire, so a function is offered in the prompt as one more signature and read back as a call.
A verb must be a plain name that no action space has; the map from tools to verbs is injective, depends on nothing but
the order of the tools, and is the identity where that is legal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from attrs import evolve, frozen

from ..errors import DecodeError
from ..jsontext import parse
from ..jsonvalue import Json
from .reply import UNKNOWN, TextCall
from .verbs import VERBS

ARGUMENT: Final = "json"
_SCHEMA: Final = f"  # {ARGUMENT} is one JSON object of this schema: "
_OFFERED: Final = re.compile(rf"([A-Za-z0-9_]+)\({ARGUMENT}='\{{\.\.\.\}}'\)(?: # (.*))?", re.DOTALL)
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9_]")


@frozen(kw_only=True)
class FunctionTool:
    """A function as the prompt offers it."""

    name: str
    description: str | None = None
    schema: Json = None
    """JSON Schema of its arguments, or ``None``."""


@frozen(kw_only=True)
class FunctionCall:
    """A call of a function tool, its arguments as the text that was sampled: it may not be JSON at all."""

    name: str
    arguments: str


def name_functions(names: Iterable[str]) -> dict[str, str]:
    """Return the verb of each tool, by the tool's name, in order."""
    verbs: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = _NOT_IN_NAMES.sub("_", name)
        if not plain or plain[0].isdigit():
            plain = f"f_{plain}"
        verb, number = plain, 1
        while verb.lower() in VERBS or verb in taken or verb == UNKNOWN:
            number += 1
            verb = f"{plain}_{number}"
        verbs[name] = verb
        taken.add(verb)
    return verbs


def function_lines(tools: Iterable[FunctionTool], verbs: Mapping[str, str]) -> list[str]:
    """Return the lines of the prompt that offer functions. `read_functions` reads them."""
    lines = []
    for tool in tools:
        what = "" if tool.description is None else f" # {_on_one_line(tool.description)}"
        lines.append(f"{verbs[tool.name]}({ARGUMENT}='{{...}}'){what}")
        if tool.schema is not None:
            lines.append(f"{_SCHEMA}{json.dumps(tool.schema, ensure_ascii=False)}")
    return lines


def _on_one_line(description: str) -> str:
    """Spell a description as it is, or as a JSON string where it is empty, has several lines or would read as such a string."""
    if not description or "\n" in description or description.startswith('"'):
        return json.dumps(description, ensure_ascii=False)
    return description


def read_functions(lines: Iterable[str]) -> list[FunctionTool] | None:
    """Read the lines that offer functions, each named as its verb; ``None`` where a line is none of `function_lines`'.

    What is read may be spelled otherwise than it would be written: who needs to know writes it again and compares.
    """
    tools: list[FunctionTool] = []
    for line in lines:
        offered = _OFFERED.fullmatch(line)
        try:
            if offered is not None:
                tools.append(FunctionTool(name=offered[1], description=_description(offered[2])))
            elif line.startswith(_SCHEMA) and tools and tools[-1].schema is None:
                tools[-1] = evolve(tools[-1], schema=parse(line.removeprefix(_SCHEMA)))
            else:
                return None
        except DecodeError:
            return None
    return tools


def _description(said: str | None) -> str | None:
    if said is None or not said.startswith('"'):
        return said
    spelled = parse(said)
    return spelled if isinstance(spelled, str) else None


def write_function(call: FunctionCall, verbs: Mapping[str, str]) -> TextCall:
    """Write a call of a function tool. Raises ``KeyError`` for a tool that has no verb."""
    return TextCall(verb=UNKNOWN, name=verbs[call.name], extra={ARGUMENT: call.arguments})


def read_function(call: TextCall, verbs: Mapping[str, str]) -> FunctionCall | None:
    """Read a call whose name is a tool's verb; ``None`` for every other call.

    A call without arguments has the empty text, which is not JSON: nothing is made up for it.
    """
    if call.verb != UNKNOWN:
        return None
    tool = next((tool for tool, verb in verbs.items() if verb == call.name), None)
    if tool is None:
        return None
    # One unnamed argument is the object too: `name('{...}')`.
    text = call.extra.get(ARGUMENT, call.extra.get("0", ""))
    return FunctionCall(name=tool, arguments=text if isinstance(text, str) else json.dumps(text))
