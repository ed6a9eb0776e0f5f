"""Tools that a result names, since a search of the caller's own found them: in words for wires whose results have no such form, and back.

Anthropic expands such a name to the definition that stands among the request's tools, whose loading was deferred; elsewhere every
tool is before the model from the beginning, and the name is what it has to know. A text that would be taken for one gets a backslash in front,
which is taken off again.

Source: platform.claude.com/docs/en/agents-and-tools/tool-use/tool-search-tool, "custom tool search implementation", read 2026-11-24.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from . import hub
from .adapting import Adapting
from .jsonvalue import ABSENT
from .own_tools import functions_of
from .steps import map_each

IN_WORDS: Final = frozenset({"openai-chat", "openai-responses"})
"""Wires that name such tools in words."""
_NAMED: Final = re.compile(r'\[found the tool ("(?:[^"\\]|\\.)*")\]')
_ESCAPED: Final = re.compile(rf"\\+{_NAMED.pattern}")
_REASON: Final = "names a tool that a search of the caller's found: the target's results hold texts"


def said_references(names: Sequence[str], adapting: Adapting) -> Iterator[hub.Text]:
    """Yield a text for each tool that a result names."""
    for name in names:
        words = f"[found the tool {json.dumps(name, ensure_ascii=False)}]"
        yield hub.Text(text=str(adapting.insert(words, _REASON)), form="block")


def say_references(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Name in words the tools that results name; hear first what the source named so."""
    if adapting.source == adapting.target or not _is_concerned(request.turns):
        return request
    request = hear_references(request, adapting)

    def step(result: hub.Result) -> Sequence[hub.Part] | None:
        parts = result.parts
        # Without a source a record may have been adapted before: adapting twice is adapting once.
        if adapting.source is not None and any(map(_is_like_one, parts)):
            parts = tuple([_with_backslash(part) for part in parts])
        if result.offered:
            parts = (*parts, *said_references(result.offered, adapting))
        return None if parts is result.parts else (attrs.evolve(result, parts=parts, offered=()),)

    return map_each(request, hub.Result, "tool", step)


def hear_references(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Take results that are nothing but names of tools in words for what they are, where the request defines these, and undo the escapes."""
    if adapting.source not in IN_WORDS or not _is_concerned(request.turns):
        return request
    defined = functions_of(request.tools).keys()

    def step(result: hub.Result) -> Sequence[hub.Part] | None:
        if not any(map(_is_like_one, result.parts)):
            return None
        names = [_name_of(part) for part in result.parts]
        known = tuple([name for name in names if name is not None])
        if len(known) == len(names) and defined >= set(known) and not result.offered:
            return (attrs.evolve(result, parts=(), offered=known),)
        return (attrs.evolve(result, parts=tuple([_without_backslash(part) for part in result.parts])),)

    return map_each(request, hub.Result, "tool", step)


def _is_concerned(turns: Sequence[hub.Turn]) -> bool:
    """Tell quickly of nearly every conversation that no result in it names a tool, or says what looks like it."""
    for turn in turns:
        if turn.role != "tool":
            continue
        for result in turn.parts:
            if result.__class__ is not hub.Result:
                continue
            if result.offered:
                return True
            for part in result.parts:
                if part.__class__ is hub.Text and part.text[-2:] == '"]' and _is_like_one(part):
                    return True
    return False


def _is_like_one(part: hub.Part) -> bool:
    return (
        isinstance(part, hub.Text)
        and part.text[:1] in ("[", "\\")
        and part.text.endswith('"]')
        and (_NAMED.fullmatch(part.text) is not None or _ESCAPED.fullmatch(part.text) is not None)
    )


def _name_of(part: hub.Part) -> str | None:
    if not isinstance(part, hub.Text) or part.own is not None or part.citations or part.logprobs is not ABSENT:
        return None
    named = _NAMED.fullmatch(part.text)
    try:
        return None if named is None else str(json.loads(named[1]))
    except ValueError:
        return None  # no JSON text: nobody of us wrote it


def _with_backslash(part: hub.Part) -> hub.Part:
    return attrs.evolve(part, text="\\" + part.text) if isinstance(part, hub.Text) and _is_like_one(part) else part


def _without_backslash(part: hub.Part) -> hub.Part:
    if not isinstance(part, hub.Text) or part.text[:1] != "\\" or not _is_like_one(part):
        return part
    return attrs.evolve(part, text=part.text[1:])
