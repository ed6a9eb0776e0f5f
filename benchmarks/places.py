"""Which leaves of a conversation have a place on another wire, by the table that `benchmarks.losses_table` prints.

A probe of the table says one field and little else. Each leaf of its document is given back by the value alone or is not; a field has a
place where some probe gives it back, each time it says it. A field is spelled with what it stands in: ``messages[assistant].content[thinking].signature``.
A field that no probe speaks of, nor of the object it stands in, is held to have a place: what is not explained counts against the project.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Final

import attrs

from polyloop.translate import convert
from polyloop.translate.jsonvalue import Json
from polyloop.translate.loss import USER_SHAPED

from .leaves import Steps, lost, scalars
from .loss_probes import PROBES

_TOLD_BY_VALUE: Final = frozenset({"ttl", "detail", "phase", "strict", "defer_loading", "is_error"})
"""Keys of which each value is a field of its own: one has a place where another has none."""


_ONE_FOR_ALL: Final = ("text", "output_text", "answer", "reply")
_SEARCHES: Final = ("server_tool_use web_search", "server_tool_use web_fetch", "web_search_call")
_FINDINGS: Final = ("web_search_tool_result", "web_fetch_tool_result")
_VERSIONS_APART: Final = ("code_execution_20260120", "code_execution_20260521", "code_execution_20250522")
"""Versions of a tool that crosses over in another one."""
_DATE: Final = re.compile(r"_\d{8}$")


@attrs.frozen
class Places:
    """The fields of one pair and kind that probes speak of, and those of them that the value gives back."""

    probed: frozenset[str]
    given_back: frozenset[str]

    def has_place(self, field: str) -> bool:
        """Tell whether a field has a place, as far as the table knows: what stands in an object that has none has none either.

        What no probe tells apart, a call without its result say, has its place where the plain one has it.
        """
        for around in _around(field):
            for said in (around, _QUALIFIED.sub("", around)):
                if said in self.probed:
                    return said in self.given_back
        return True


def _around(field: str) -> Iterator[str]:
    """Yield a field and then the types of the objects that it stands in, the nearest first."""
    yield field
    while field := field.rpartition(".")[0]:
        yield f"{field}.type"


_QUALIFIED: Final = re.compile(
    r" (?:without a result|of a call elsewhere|that fails|that finds nothing|cut short)(?=\])"
)


@cache
def places(source: str, target: str, kind: str) -> Places:
    """Return what the table says of a pair of wires and a kind of document."""
    base, probes = PROBES[source, kind]
    probed: set[str] = set()
    given_back: set[str] = set()
    for _, keys in probes:
        document = {**base, **keys}
        fields = {path: told(document, path) for path, value in scalars(document) if _says_something(path, value)}
        gone: set[Steps] = set()
        for row in convert(document, kind=kind, source=source, target=target).losses:
            gone |= lost(row, fields)
        probed.update(fields.values())
        given_back |= set(fields.values()) - {fields[path] for path in gone}
    return Places(frozenset(probed), frozenset(given_back))


def _says_something(path: Steps, value: Json) -> bool:
    """Tell whether a scalar says anything: null does not, nor does a time of nought, which is what a wire without times reads back."""
    return value is not None and not (path[-1] in ("created", "created_at") and value == 0)


def told(document: Json, path: Steps) -> str:
    """Spell the field of a leaf: keys, the sort of each object on the way, and of some keys the value."""
    return "".join(_spelled(document, path)).removeprefix(".")


def _spelled(document: Json, path: Steps) -> Iterator[str]:
    found = answer = document
    for place, key in enumerate(path):
        inside = isinstance(found, list)
        among, found = found, found[int(key)] if isinstance(found, list) else found[key]
        answer = found if isinstance(found, dict) and "finish_reason" in found else answer
        yield f"[{_among(among, found)}{' cut short' if _is_cut(found, answer) else ''}]" if inside else f".{key}"
        if place and key in USER_SHAPED:
            return
        if not inside and isinstance(found, dict) and isinstance(found.get("type"), str):
            yield f"{{{found['type']}}}"
    if path and path[-1] in _TOLD_BY_VALUE:
        yield f" {found}"
    elif found == "":
        yield " empty"


def _among(elements: list[Json], element: Json) -> str:
    """Say what an element of a list is, and what it is among the others.

    Of a text, an answer or a reply's message whether it is one of several: some targets have one for all. Of a result whether its call
    is there: one whose call is on the source's server answers nothing elsewhere. Of a search of the web also what came of it. Of a tool that is loaded later whether the provider searches for it.
    """
    sort = _sort_of(element)
    if sort in ("text", "output_text") and isinstance(element, dict) and element.get("text") == "":
        return f"{sort} without words"
    if sort in (*_SEARCHES, *_FINDINGS) and isinstance(element, dict):
        return f"{sort}{_came_of(sort, elements, element)}"
    if sort == "function_call_output" and isinstance(element, dict):
        calls = [other for other in elements if isinstance(other, dict) and other.get("type") == "function_call"]
        there = any(call.get("call_id") == element.get("call_id") for call in calls)
        return sort if there else f"{sort} of a call elsewhere"
    if isinstance(element, dict) and element.get("defer_loading") is True and any(map(_finds_tools, elements)):
        return f"{sort} that a search finds"
    several = sort in _ONE_FOR_ALL and sum(_sort_of(element) == sort for element in elements) > 1
    return f"one of several {sort}s" if several else sort


def _names(elements: list[Json], key: str, element: Json, by: str) -> bool:
    """Tell whether an element of a list has under a key what another has under its own."""
    wanted = element.get(by) if isinstance(element, dict) else None
    return any(isinstance(other, dict) and other.get(key) == wanted for other in elements)


def _came_of(sort: str, elements: list[Json], element: dict[str, Json]) -> str:
    """Say what came of a search of the web or a fetch, of its call or its result: some targets tell both in one, some no sealed page."""
    if sort == "web_search_call":
        action = element.get("action")
        return "" if isinstance(action, dict) and action.get("sources") else " without a result"
    if sort in _FINDINGS:
        outcome = _outcome(element.get("content"))
        return outcome if outcome or _names(elements, "id", element, "tool_use_id") else " of a call elsewhere"
    results = [other for other in elements if isinstance(other, dict) and _names([element], "id", other, "tool_use_id")]
    return _outcome(results[0].get("content")) if results else " without a result"


def _outcome(content: Json) -> str:
    """Say of the content of a result whether the provider's own tool failed, or found nothing."""
    if isinstance(content, dict) and str(content.get("type")).endswith("_error"):
        return " that fails"
    return " that finds nothing" if content == [] else ""


def _is_cut(element: Json, answer: Json) -> bool:
    """Tell whether an element is a call of Chat Completions that the limit cut short: the wire itself does not say so."""
    function = (
        element.get("function") if isinstance(element, dict) and answer.get("finish_reason") == "length" else None
    )
    try:
        return isinstance(function, dict) and not isinstance(json.loads(function.get("arguments") or ""), dict)
    except ValueError:
        return True


def _kind_of_file(file: Json) -> str:
    """Say what bytes of a file are: some wires take some kinds of them."""
    data = file.get("file_data") if isinstance(file, dict) else None
    if not isinstance(data, str) or not data.startswith("data:") or data.startswith("data:application/pdf"):
        return ""
    return " of text" if data.startswith("data:text/") else " of another kind"


def _finds_tools(element: Json) -> bool:
    """Tell whether a tool is a search for tools that the provider makes."""
    kind = element.get("type") if isinstance(element, dict) else None
    return isinstance(kind, str) and kind.startswith("tool_search") and element.get("execution") != "client"


def _has_words(content: Json) -> bool:
    """Tell whether a message has a part that is more than an empty text: some targets leave one out."""
    parts = content if isinstance(content, list) else []
    return any(not isinstance(part, dict) or part.get("text") != "" for part in parts)


def _is_worded(thinking: dict[str, Json]) -> bool:
    """Tell whether thinking says something: where it is hidden, its seal is all there is."""
    return any(thinking.get(key) not in (None, "", []) for key in ("thinking", "summary", "content"))


def _sort_of(element: Json) -> str:
    """Name an element of a list: by its type or by who speaks, and by the sort of its source."""
    if not isinstance(element, dict):
        return ""
    kind = element.get("type")
    if "finish_reason" in element:
        return "answer"
    if kind == "message" and "id" in element and "status" in element and element.get("role") == "assistant":
        return "reply" if _has_words(element.get("content")) else "reply without words"
    if kind in ("thinking", "reasoning") and not _is_worded(element):
        return f"{kind} without words"
    if kind == "mcp" and element.get("require_approval") != "never":
        return "mcp that asks"
    if kind == "url_citation" and "start_index" not in element and "title" not in element:
        return "url_citation of an address alone"
    sort = str(kind if isinstance(kind, str) and kind != "message" else element.get("role", ""))
    if sort.startswith("tool_search") and element.get("execution") == "client":
        return f"{sort} of the caller's"
    if kind == "server_tool_use":
        return f"{kind} {element.get('name')}"
    if kind in ("input_file", "file"):
        return f"{kind}{_kind_of_file(element.get('file', element))}"
    if sort not in _VERSIONS_APART:
        sort = _DATE.sub("", sort)  # a tool's version says when, not what
    source = element.get("source")
    if isinstance(source, dict) and isinstance(source.get("type"), str):
        return f"{sort} of {source['type']}"
    return sort
