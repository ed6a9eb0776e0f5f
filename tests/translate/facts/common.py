"""Facts: what a document says, in words no wire owns. Written from the providers' documentation over plain JSON; imports nothing of polyloop."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FAILED = "[the call failed]"
"""The words documented for wires without a place for it."""


@dataclass(frozen=True)
class Fact:
    """One thing a document says. ``value`` is compared; ``places`` are the pointers of what it is read from; ``order``: its place counts."""

    value: tuple[str, ...]
    places: tuple[str, ...]
    order: bool = False


def canonical(value: Any) -> str:
    """Spell JSON so that equal values are equal texts; key order is content."""
    return json.dumps(value, separators=(",", ":"))


def parsed(text: Any) -> str:
    """Spell the arguments of a call: the JSON they are, or the text itself. A blank one is what models send for no arguments at all."""
    if isinstance(text, str) and not text.strip(" \t\r\n"):
        return canonical({})
    try:
        return canonical(json.loads(text))
    except (TypeError, ValueError, RecursionError):
        return f"not JSON: {text}"


def at(*tokens: object) -> str:
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


def said(role: str, text: str, *places: str) -> Fact:
    return Fact(("said", role, text), places, order=True)


LABEL = re.compile(r"\[from the result of call .+\]", re.DOTALL)
BEGIN = re.compile(r'\[document(?: ("(?:[^"\\]|\\.)*"))?(?: \([^()\s]+(?: parts)?\))?\]\n')
END = "\n[end of document]"
"""The lines documented around a document that a wire has no file for."""
NAMED = re.compile(r'\[found the tool ("(?:[^"\\]|\\.)*")\]')
"""The words documented for a tool that a search of the caller's found."""
_LIKE_OURS = (r"\[from the result of call .+\]", r"\[the call failed\]", NAMED.pattern, BEGIN.pattern, re.escape(END))
ESCAPED = re.compile(r"\\+(?:" + "|".join(_LIKE_OURS) + ")", re.DOTALL)


def spoken(text: str) -> str:
    """Return what a text says to the model: one that looks like a label of ours has a backslash in front, as documented."""
    return text[1:] if ESCAPED.fullmatch(text) else text


def named_tool(id: Any, text: str, *places: str) -> Fact:
    """Read a text of a result: the name of a tool that was found, or what came of the call."""
    named = NAMED.fullmatch(text)
    return found(id, spoken(text), *places) if named is None else tool_found(id, json.loads(named[1]), *places)


def tool_found(id: Any, name: Any, *places: str) -> Fact:
    return Fact(("tool found", str(id), str(name)), places, order=True)


def is_line(text: str) -> bool:
    """Tell whether a text says where a document begins or ends, and nothing of it."""
    return text == END or BEGIN.fullmatch(text) is not None


def lines(text: str, place: str) -> Iterator[Fact]:
    """Yield what the line before a document says: its title."""
    line = BEGIN.fullmatch(text)
    if line is not None and line[1]:
        yield Fact(("title", json.loads(line[1])), (place,))


TEXT_FILE = re.compile(r"data:text/[^;,]*;base64,(.*)", re.DOTALL)


def text_of(url: str) -> str | None:
    """Return the text of a text file; ``None`` for another file."""
    data = TEXT_FILE.fullmatch(url)
    try:
        return None if data is None else base64.b64decode(data[1], validate=True).decode("utf-8")
    except ValueError:
        return None


def image(url: str, *places: str) -> Fact:
    return Fact(("image", url), places)


def document(url: str, *places: str) -> Fact:
    return Fact(("document", url), places)


def citation(note: Mapping[str, Any], place: str) -> Fact:
    """Read an annotation of OpenAI's: of a web page its address and title."""
    inner = note.get("url_citation", note)
    if note.get("type") == "url_citation" and inner.get("url"):
        return page_cited(inner["url"], inner.get("title"), place)
    return Fact(("citation", canonical(note)), (place,))


def page_cited(url: Any, title: Any, place: str) -> Fact:
    """A page that a text rests on. That it is called by its address says no more than the address."""
    return Fact(("cites", str(url), str(None if title == url else title)), (place,))


def call(id: Any, name: Any, arguments: str, *places: str) -> Fact:
    if PROVIDERS.fullmatch(str(id)) and str(name).startswith("tool_search"):
        return Fact(("tools searched", arguments), places, order=True)
    return Fact(("call", bare(id), str(name), arguments), places, order=True)


def bare(id: Any) -> str:
    """Return the id of a call without the words that ids of searches of the web begin with: each provider has its own."""
    return re.sub(r"^(?:srvtoolu_)?(?:ws_)?", "", str(id)) if PROVIDERS.fullmatch(str(id)) else str(id)


def result_text(id: Any, text: str, *places: str) -> Fact:
    return Fact(("result", str(id), text), places, order=True)


PROVIDERS = re.compile(r"(?:srvtoolu|ws|tsc|ci|fs)_.+", re.DOTALL)
"""Ids of calls that a provider ran itself, by the prefixes its documentation gives them."""


def found(id: Any, text: str, *places: str) -> Fact:
    """State a result. One of a provider's own tool is JSON, whose spelling says nothing."""
    if not PROVIDERS.fullmatch(str(id)):
        return result_text(id, text, *places)
    told = parsed(text)
    if told.startswith('{"tools":['):
        return tools_found(json.loads(told)["tools"], *places)
    return result_text(bare(id), told, *places)


def tools_found(names: Iterable[Any], *places: str) -> Fact:
    """What a search for tools found. It is said by nothing but its place whose search that was: each wire has ids of its own for it."""
    return Fact(("tools found", *map(str, names)), places, order=True)


def failed(id: Any, *places: str) -> Fact:
    return Fact(("failed", bare(id)), places)


def stated(record: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Fact]:
    """Yield what a record states under these keys; an empty text or a time of nought states nothing."""
    for key, name in names.items():
        if record.get(key):
            yield setting(name, record[key], at(key))


def setting(name: str, value: Any, place: str) -> Fact:
    return Fact(("setting", name, canonical(value)), (place,))


def extras(record: Mapping[str, Any], known: Collection[str], place: str) -> Iterator[Fact]:
    """Yield what stands under keys nobody documented, or that say something no other wire has a word for."""
    for key, value in record.items():
        if key not in known and value is not None:
            yield Fact(("extra", key, canonical(value)), (f"{place}{at(key)}",))


def beside(body: Mapping[str, Any]) -> Iterator[Fact]:
    """Yield what OpenAI's replies say beside the answer: the tier that served it, its labels, and how input and output were judged."""
    if body.get("metadata"):
        yield setting("labels", body["metadata"], at("metadata"))
    if body.get("service_tier") is not None:
        yield setting("served by", body["service_tier"], at("service_tier"))
    if body.get("metadata"):
        yield setting("labelled", body["metadata"], at("metadata"))
    for side, judged in (body.get("moderation") or {}).items():
        results = judged.get("results") if isinstance(judged, dict) else None
        for one in [judged] if results is None else results:
            yield Fact(("judged", side, canonical(one)), (at("moderation"),))


def server_call(server: str, name: str, arguments: str, place: str) -> Fact:
    return Fact(("server call", server, name, arguments), (place,))


def server_said(texts: Iterable[str], failed: bool, place: str) -> Fact:
    """What an MCP server answered: its texts, which a wire that has room for one keeps apart by an empty line."""
    return Fact(("server failed" if failed else "server said", "\n\n".join(texts)), (place,))


def grammar(said: Any, place: str) -> Iterator[Fact]:
    """Yield the grammar that the text given to a custom tool has to follow."""
    if said:
        yield Fact(("grammar", said["syntax"], said["definition"]), (place,))


def settings(
    record: Mapping[str, Any], names: Mapping[str, str], known: Collection[str], place: str = ""
) -> Iterator[Fact]:
    """Yield settings under the names common to all wires, and every other key as an extra."""
    for key, value in record.items():
        if key in names and value is not None and value != []:
            yield setting(names[key], value, place + at(key))
    yield from extras(record, {*names, *known}, place)


def function(name: Any, description: Any, schema: Any, strict: Any, place: str, inner: str = "") -> Iterator[Fact]:
    """Yield what a function says of itself."""
    yield Fact(("tool", str(name)), (place + inner + at("name"),))
    if description:
        yield Fact(("tool description", str(name), str(description)), (place + inner + at("description"),))
    if strict is True:
        yield Fact(("tool strict", str(name)), (place + inner + at("strict"),))
    if schema:
        where = "input_schema" if not inner and schema is not None and "input_schema" in place else "parameters"
        yield Fact(("tool schema", str(name), canonical(schema)), (place + inner + at(where),))


def free_tool(name: Any, description: Any, place: str) -> Fact:
    return Fact(("free tool", str(name), str(description)), (place,))


def search(domains: Any, where: Any, size: Any, place: str, keys: tuple[str, str]) -> Iterator[Fact]:
    """Yield what the offer of a search of the web says: that there is one, its domains, the user's place and how much to read."""
    yield Fact(("search",), (place,))
    if domains:
        yield Fact(("search domains", canonical(domains)), (place + keys[0],))
    if where:
        told = {key: value for key, value in sorted(where.items()) if key != "type" and value is not None}
        yield Fact(("search place", canonical(told)), (place + keys[1],))
    if size:
        yield Fact(("search size", str(size)), (place + at("search_context_size"),))


def mcp(name: Any, url: Any, token: Any, asks: Any, allowed: Any, *places: str) -> Iterator[Fact]:
    """Yield what the offer of an MCP server says: where it is, its token, whether anybody is asked, and which tools may be called."""
    yield Fact(("mcp server", str(name), str(url)), places)
    yield Fact(("mcp approval", str(name), canonical(asks)), places)
    if token is not None:
        yield Fact(("mcp token", str(name), str(token)), places)
    if allowed is not None:
        yield Fact(("mcp tools", str(name), canonical(allowed)), places)


def is_free(schema: Any) -> bool:
    """Tell whether a schema is the one documented for tools of free text where every tool takes an object."""
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    told = properties.get("input", {}) if isinstance(properties, Mapping) and len(properties) == 1 else {}
    return isinstance(told, Mapping) and told.get("description") == "free text, as the tool takes it"


CLICKS = {"left_click": "left", "right_click": "right", "middle_click": "wheel"}


def action(document: Mapping[str, Any], *places: str) -> Fact:
    """Read an action on the computer, in Anthropic's words or OpenAI's: what is done and where. Units of scrolling differ."""
    kind = document.get("action", document.get("type"))
    point = document.get("coordinate", [document.get("x"), document.get("y")])
    if kind in CLICKS or kind == "click":
        told: Any = ["click", CLICKS.get(str(kind), document.get("button")), point]
    elif kind in ("double_click", "mouse_move", "move", "scroll"):
        told = ["move" if kind == "mouse_move" else kind, point]
    elif kind == "type":
        told = ["type", document.get("text")]
    elif kind in ("key", "keypress"):
        told = ["keys"]
    elif kind in ("left_click_drag", "drag"):
        path = document.get("path") or [document.get("start_coordinate"), document.get("coordinate")]
        ends = [[end["x"], end["y"]] if isinstance(end, Mapping) else end for end in (path[0], path[-1])]
        told = ["drag", *ends]
    else:
        told = [kind]
    return Fact(("action", canonical(told)), places)
