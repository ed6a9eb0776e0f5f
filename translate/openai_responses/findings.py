"""What the provider's own tools gave: neutral findings out of the keys of their items, and back into these.

Each reader takes what it reads out of the document it is given and leaves the rest; it returns ``None`` where the item says nothing of
an outcome, and raises `Unpublished` where it says it in a form that is not published: such an item is kept whole. Each writer
returns the keys that say the outcome; whether they say all of it shows when they are read again (`server_calls`).

Source: the types of the openai SDK 3.54 (``types/responses``), read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from .. import hub
from ..codec import decode_union, encode
from ..jsonvalue import ABSENT, Json, JsonObject
from . import wire_tools
from .residue import WIRE_NAME, ours, own
from .tools import read_tools, write_tools

Fields: TypeAlias = dict[str, Any]


class Unpublished(Exception):
    """An item of a known type tells of an outcome in a form that is not published."""


def _taken(rest: JsonObject, names: Mapping[str, str]) -> Fields:
    """Move texts out of a document, to the fields they are."""
    found: Fields = {}
    for key, field in names.items():
        if key in rest:
            if rest[key] is not None and not isinstance(rest[key], str):
                raise Unpublished
            found[field] = rest.pop(key)
    return found


def _put(record: Any, names: Mapping[str, str]) -> JsonObject:
    return {key: value for key, field in names.items() if (value := getattr(record, field)) is not ABSENT}


def _take_list(rest: JsonObject, key: str) -> list[Json] | None:
    """Take a list; where there is none, null stays where it is."""
    if rest.get(key) is None:
        return None
    if not isinstance(rest[key], list):
        raise Unpublished
    listed: list[Json] = rest.pop(key)
    return listed


def _opaque(item: Json) -> hub.Opaque:
    return hub.Opaque(wire=WIRE_NAME, document=item)


_FILE: Final = {"file_id": "file", "filename": "title", "text": "text"}
_PAGE: Final = {"url": "url"}
_RUN: Final = {"stdout": "stdout", "stderr": "stderr"}


# Searches.


def read_sources(action: JsonObject) -> hub.Searched | None:
    """Read the pages that a search of the web found, out of its ``action``."""
    sources = _take_list(action, "sources")
    return None if sources is None else hub.Searched(found=tuple(map(_read_source, sources)))


def _read_source(item: Json) -> hub.Found | hub.Opaque:
    if not isinstance(item, dict) or item.get("type") != "url" or not isinstance(item.get("url"), str):
        return _opaque(item)
    return hub.Found(
        url=item["url"], own=own({key: value for key, value in item.items() if key not in ("type", "url")})
    )


def write_sources(findings: hub.Searched) -> JsonObject:
    sources = [
        item.document if isinstance(item, hub.Opaque) else {**ours(item.own), "type": "url", **_put(item, _PAGE)}
        for item in findings.found
    ]
    return {"sources": sources}


def read_passages(rest: JsonObject) -> hub.Searched | None:
    """Read the passages of stored files that a search found."""
    results = _take_list(rest, "results")
    return None if results is None else hub.Searched(found=tuple(map(_read_passage, results)))


def _read_passage(item: Json) -> hub.Found | hub.Opaque:
    if not isinstance(item, dict):
        return _opaque(item)
    rest = dict(item)
    score = rest.pop("score", ABSENT)
    if score is not ABSENT and score is not None and (isinstance(score, bool) or not isinstance(score, (int, float))):
        return _opaque(item)
    try:
        texts = _taken(rest, _FILE)
    except Unpublished:
        return _opaque(item)
    return hub.Found(**texts, score=score, own=own(rest))


def write_passages(findings: hub.Searched) -> JsonObject:
    return {"results": [_write_passage(found) for found in findings.found]}


def _write_passage(found: hub.Found | hub.Opaque) -> Json:
    if isinstance(found, hub.Opaque):
        return found.document
    scored = {} if found.score is ABSENT else {"score": found.score}
    return {**ours(found.own), **_put(found, _FILE), **scored}


# Programs.


def read_outputs(rest: JsonObject) -> hub.Executed | None:
    """Read what the code interpreter put out: logs, and pictures at an address."""
    outputs = _take_list(rest, "outputs")
    return None if outputs is None else hub.Executed(runs=tuple(map(_read_output, outputs)))


def _read_output(item: Json) -> hub.Run | hub.Opaque:
    match item:
        case {"type": "logs", "logs": str() as logs}:
            return hub.Run(stdout=logs, own=_rest(item, "type", "logs"))
        case {"type": "image", "url": str() as url}:
            return hub.Run(files=(hub.Url(url=url),), own=_rest(item, "type", "url"))
        case _:
            return _opaque(item)


def _rest(item: JsonObject, *known: str) -> hub.Own | None:
    return own({key: value for key, value in item.items() if key not in known})


def write_outputs(findings: hub.Executed) -> JsonObject:
    return {"outputs": [_write_output(run) for run in findings.runs]}


def _write_output(run: hub.Run | hub.Opaque) -> Json:
    match run:
        case hub.Opaque():
            return run.document
        case hub.Run(files=(hub.Url(url=url),)):
            return {**ours(run.own), "type": "image", "url": url}
        case hub.Run():
            return {**ours(run.own), "type": "logs", **({} if run.stdout is ABSENT else {"logs": run.stdout})}


def read_commands(rest: JsonObject) -> hub.Executed | None:
    """Read what each command of a shell wrote, and how it ended."""
    output = _take_list(rest, "output")
    return None if output is None else hub.Executed(runs=tuple(map(_read_command, output)))


def _read_command(item: Json) -> hub.Run | hub.Opaque:
    if not isinstance(item, dict):
        return _opaque(item)
    rest = dict(item)
    match rest.pop("outcome", None):
        case {"type": "exit", "exit_code": int() as code} as outcome if len(outcome) == 2 and type(code) is int:
            ended: Fields = {"exit_code": code}
        case {"type": "timeout"} as outcome if len(outcome) == 1:
            ended = {"timed_out": True}
        case _:
            return _opaque(item)
    try:
        return hub.Run(**_taken(rest, _RUN), **ended, own=own(rest))
    except Unpublished:
        return _opaque(item)


def write_commands(findings: hub.Executed) -> JsonObject:
    return {"output": [_write_command(run) for run in findings.runs]}


def _write_command(run: hub.Run | hub.Opaque) -> Json:
    if isinstance(run, hub.Opaque):
        return run.document
    outcome: JsonObject = {"type": "timeout"} if run.timed_out else {"type": "exit", "exit_code": run.exit_code}
    return {**ours(run.own), **_put(run, _RUN), "outcome": outcome}


# Pictures.

_FORMATS: Final = {"svg": "svg+xml"}
_USUAL_FORMAT: Final = "png"


def read_picture(rest: JsonObject, format: Json) -> hub.Said | hub.Failed | None:
    """Read the picture that was made. ``format`` is the item's ``output_format``."""
    if isinstance(rest.get("error"), dict):
        if rest.get("result") is not None:
            raise Unpublished
        return _read_error(rest.pop("error"), "code")
    if rest.get("result") is None:
        return None
    source = hub.Base64(media_type=picture_type(format), data=rest.pop("result"))
    return hub.Said(parts=(hub.Media(kind="image", source=source),))


def picture_type(format: Json) -> str:
    kind = format if isinstance(format, str) else _USUAL_FORMAT
    return f"image/{_FORMATS.get(kind, kind)}"


def write_picture(findings: hub.Said | hub.Failed) -> JsonObject:
    if isinstance(findings, hub.Failed):
        return {"error": _write_error(findings, "code")}
    match findings.parts:
        case (hub.Media(kind="image", source=hub.Base64(data=data)),):
            return {"result": data}
        case _:
            raise Unpublished


# What MCP servers say and offer.


def read_answer(rest: JsonObject) -> hub.Said | hub.Failed | None:
    """Read what an MCP server answered: a text, or an error."""
    error = rest.get("error")
    if error is None:
        said = _taken(rest, {"output": "text"}) if rest.get("output") is not None else {}
        return hub.Said(parts=(hub.Text(**said),)) if said else None
    if rest.get("output") is not None:
        raise Unpublished
    return _read_error(rest.pop("error"), "type")


def _read_error(error: Json, key: str) -> hub.Failed:
    """Read an error: a text, or an object whose word for it stands under ``key``."""
    if isinstance(error, str):
        return hub.Failed(message=error)
    if not isinstance(error, dict) or not isinstance(error.get(key), str):
        raise Unpublished
    rest = dict(error)
    parts = tuple(map(_read_text, _take_list(rest, "content") or ()))
    if "content" in error and not parts:
        raise Unpublished
    return hub.Failed(**_taken(rest, {key: "code", "message": "message"}), parts=parts, own=own(rest))


def _read_text(item: Json) -> hub.Shown:
    match item:
        case {"type": "text", "text": str() as text}:
            return hub.Text(text=text, own=_rest(item, "type", "text"))
        case _:
            return _opaque(item)


def write_answer(findings: hub.Said | hub.Failed) -> JsonObject:
    if isinstance(findings, hub.Failed):
        return {"error": _write_error(findings, "type")}
    match findings.parts:
        case (hub.Text(text=text),):
            return {"output": text}
        case _:
            raise Unpublished


def _write_error(failed: hub.Failed, key: str) -> Json:
    if failed.code is ABSENT and not failed.parts and failed.own is None:
        return failed.message
    content = {"content": [_write_text(part) for part in failed.parts]} if failed.parts else {}
    return {**ours(failed.own), **_put(failed, {key: "code", "message": "message"}), **content}


def _write_text(part: hub.Shown) -> Json:
    match part:
        case hub.Text():
            return {**ours(part.own), "type": "text", "text": part.text}
        case hub.Opaque():
            return part.document
        case _:
            raise Unpublished


def read_offers(rest: JsonObject) -> hub.Offered | hub.Failed | None:
    """Read the tools that an MCP server offers, or why it could not be asked."""
    if rest.get("error") is not None:
        return _read_error(rest.pop("error"), "type")
    tools = _take_list(rest, "tools")
    return None if tools is None else hub.Offered(tools=tuple(map(_read_offer, tools)))


def _read_offer(item: Json) -> hub.Tool | hub.Opaque:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        return _opaque(item)
    rest = dict(item)
    try:
        texts = _taken(rest, {"name": "name", "description": "description"})
    except Unpublished:
        return _opaque(item)
    return hub.Tool(**texts, schema=rest.pop("input_schema", ABSENT), own=own(rest))


def write_offers(findings: hub.Offered | hub.Failed) -> JsonObject:
    if isinstance(findings, hub.Failed):
        return {"error": _write_error(findings, "type")}
    return {"tools": [_write_offer(tool) for tool in findings.tools]}


def _write_offer(tool: hub.Tool | hub.Opaque) -> Json:
    if isinstance(tool, hub.Opaque):
        return tool.document
    names = {"name": "name", "description": "description", "input_schema": "schema"}
    return {**ours(tool.own), **_put(tool, names)}


def read_definitions(rest: JsonObject) -> hub.Offered | None:
    """Read the whole definitions of tools that a search for tools found."""
    tools = _take_list(rest, "tools")
    if tools is None:
        return None
    if not all(isinstance(tool, dict) for tool in tools):
        raise Unpublished
    return hub.Offered(tools=read_tools(tuple([decode_union(wire_tools.Tool, tool) for tool in tools])))


def write_definitions(findings: hub.Offered) -> JsonObject:
    return {"tools": [encode(tool) for tool in write_tools(findings.tools)]}


def read_result(rest: JsonObject) -> hub.Said | None:
    """Read what a program of the model's gave."""
    said = _taken(rest, {"result": "text"}) if rest.get("result") is not None else {}
    return hub.Said(parts=(hub.Text(**said),)) if said else None


def write_result(findings: hub.Said) -> JsonObject:
    match findings.parts:
        case (hub.Text(text=text),):
            return {"result": text}
        case _:
            raise Unpublished
