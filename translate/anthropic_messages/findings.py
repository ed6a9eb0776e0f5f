"""What the provider's own tools gave: the ``content`` of their result blocks to neutral findings and back.

A content whose form is not one of the published ones is not read: the result keeps it whole. A member of a list that is not one of
the published ones stays opaque. Keys that no neutral field states stay with the record they stand in.

Source: the types of the anthropic SDK 2.12.0 (``Beta*ToolResultBlock``), read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from .. import hub
from ..codec import Opaque as Unknown
from ..codec import decode_union, encode
from ..errors import WriteError
from ..jsonvalue import ABSENT, Json, JsonObject
from .media import read_document, write_media
from .residue import FAMILY, WIRE_NAME, WITHOUT, ours, own
from .texts import following_cache, read_cache, read_text, write_cache, write_text
from .wire_blocks import CacheControl, DocumentBlock, TextBlock

RESULT_SUFFIX: Final = "_tool_result"
MCP: Final = "mcp"

Fields: TypeAlias = dict[str, Any]
Reader: TypeAlias = Callable[[str, JsonObject], hub.Findings | None]
"""Takes the type of a result and the rest of it."""


def read_findings(tool: str, content: Json) -> hub.Findings | None:
    """Read what a result block holds; ``None`` where it is of no published form. ``tool`` is the block's type less its ending."""
    if isinstance(content, list):
        return hub.Searched(found=tuple(map(_read_found, content))) if tool == "web_search" else None
    if not isinstance(content, dict) or not isinstance(content.get("type"), str):
        return None
    rest = dict(content)
    kind = rest.pop("type")
    if kind == f"{tool}{RESULT_SUFFIX}_error":
        texts = _take_texts(rest, _FAILED)
        return None if texts is None else hub.Failed(**texts, own=own(rest))
    reader = _READERS.get(tool, {}).get(kind)
    return None if reader is None else reader(kind, rest)


def write_findings(tool: str, findings: hub.Findings) -> Json:
    """Write findings as the ``content`` of the tool's result block.

    Raises `WriteError` for findings that such a block cannot hold: what it would hold reads to others.
    """
    writer = _WRITERS.get(type(findings))
    content = None if writer is None else writer(tool, findings)
    if content is None or read_findings(tool, content) != findings:
        raise WriteError(f"a result of the tool {tool[:40]!r} cannot hold what was {type(findings).__name__.lower()}")
    return content


def _take_texts(rest: JsonObject, names: Mapping[str, str]) -> Fields | None:
    """Move texts out of a document, to the fields they are; ``None`` where one is neither a text nor null."""
    found: Fields = {}
    for key, field in names.items():
        value = rest.get(key, ABSENT)
        if value is not ABSENT:
            if value is not None and not isinstance(value, str):
                return None
            found[field] = rest.pop(key)
    return found


def _put_texts(record: Any, names: Mapping[str, str]) -> JsonObject:
    return {key: value for key, field in names.items() if (value := getattr(record, field)) is not ABSENT}


_FAILED: Final = {"error_code": "code", "error_message": "message"}
_FOUND: Final = {"url": "url", "title": "title", "page_age": "age"}
_FETCHED: Final = {"url": "url", "retrieved_at": "at"}
_RUN: Final = {"stdout": "stdout", "stderr": "stderr"}


# Searches.


UNSEALED: Final = hub.Own(wire=WIRE_NAME, fields={"encrypted_content": ""})
"""The spelling of a page without a seal whose result has the key all the same: nobody can read what is empty."""


def _read_found(item: Json) -> hub.Found | hub.Opaque:
    if not isinstance(item, dict) or item.get("type") != "web_search_result":
        return _opaque(item)
    rest = {key: value for key, value in item.items() if key != "type"}
    texts = _take_texts(rest, _FOUND)
    if texts is None:
        return _opaque(item)
    if rest.get("encrypted_content") == "":
        del rest["encrypted_content"]
        return hub.Found(**texts, own=own(rest), spelling=UNSEALED)
    return hub.Found(**texts, seal=_take_seal(rest, "encrypted_content"), own=own(rest))


def _opaque(item: Json) -> hub.Opaque:
    return hub.Opaque(wire=WIRE_NAME, document=item)


def _take_seal(rest: JsonObject, key: str) -> hub.Seal | None:
    if not isinstance(rest.get(key), str):
        return None
    return hub.Seal(kind="encrypted", data=rest.pop(key), family=FAMILY)


def _write_searched(tool: str, findings: hub.Searched) -> Json:
    return [_write_found(found) for found in findings.found]


def _write_found(found: hub.Found | hub.Opaque) -> Json:
    if isinstance(found, hub.Opaque):
        return found.document
    sealed = {} if found.seal is None else {"encrypted_content": found.seal.data}
    return {
        **ours(found.spelling),
        **ours(found.own),
        "type": "web_search_result",
        **_put_texts(found, _FOUND),
        **sealed,
    }


# Fetches.


def _read_fetched(kind: str, rest: JsonObject) -> hub.Findings | None:
    document = rest.pop("content", None)
    texts = _take_texts(rest, _FETCHED)
    parts = _read_shown([document])
    return None if texts is None or parts is None else hub.Fetched(**texts, parts=parts, own=own(rest))


def _write_fetched(tool: str, findings: hub.Fetched) -> Json:
    shown = _write_shown(findings.parts)
    if len(shown) != 1:
        raise WriteError("a fetch of the Messages API brings one document")
    texts = _put_texts(findings, _FETCHED)
    return {**ours(findings.own), "type": "web_fetch_result", **texts, "content": shown[0]}


def _read_shown(blocks: list[Json]) -> tuple[hub.Shown, ...] | None:
    """Read texts and documents, each followed by its cache point; ``None`` where one is not even an object."""
    parts: list[hub.Shown] = []
    for document in blocks:
        if not isinstance(document, dict):
            return None
        block = decode_union(TextBlock | DocumentBlock | Unknown, document)
        match block:
            case TextBlock():
                parts.append(read_text(block, "block" if len(blocks) == 1 else None))
            case DocumentBlock():
                parts.append(read_document(block))
            case _:
                parts.append(_opaque(document))
                continue
        if isinstance(block.cache_control, CacheControl):
            parts.append(read_cache(block.cache_control))
    return tuple(parts)


def _write_shown(parts: tuple[hub.Shown, ...]) -> list[Json]:
    blocks: list[Json] = []
    for place, part in enumerate(parts):
        cache = following_cache(parts, place)
        match part:
            case hub.Text():
                blocks.append(encode(write_text(part, cache)))
            case hub.Media(kind="document"):
                blocks.append(encode(write_media(part, cache)))
            case hub.Opaque(wire="anthropic"):
                blocks.append(part.document)
            case hub.Mark(kind="cache") if place and write_cache(part) is not ABSENT:
                continue
            case _:
                raise WriteError(f"a tool of the Messages API never gives a {type(part).__name__}")
    return blocks


# Programs.


def _read_executed(kind: str, rest: JsonObject) -> hub.Findings | None:
    """Read a run: of code, whose output may be the provider's to read alone, or of a shell's command."""
    code = rest.pop("return_code", ABSENT)
    files = rest.pop("content", ABSENT)
    texts = _take_texts(rest, _RUN)
    if texts is None or not (code is ABSENT or type(code) is int) or not (files is ABSENT or isinstance(files, list)):
        return None
    seal = _take_seal(rest, "encrypted_stdout") if kind.startswith("encrypted_") else None
    if (seal is None) == kind.startswith("encrypted_"):
        return None
    output = kind.removeprefix("encrypted_").removesuffix("_result") + "_output"
    run = hub.Run(
        **texts, exit_code=code, files=tuple(_read_file(item, output) for item in ([] if files is ABSENT else files)),
        seal=seal, own=own(rest), spelling=own({WITHOUT: ["content"]} if files is ABSENT else {}),
    )  # fmt: skip
    return hub.Executed(runs=(run,))


def _read_file(item: Json, kind: str) -> hub.FileId | hub.Opaque:
    match item:
        case {"type": str() as of, "file_id": str() as id} if of == kind and len(item) == 2:
            return hub.FileId(id=id, family=FAMILY)
        case _:
            return _opaque(item)


def _write_executed(tool: str, findings: hub.Executed) -> Json:
    if len(findings.runs) != 1 or not isinstance(findings.runs[0], hub.Run):
        raise WriteError("a program of the Messages API runs once")
    run = findings.runs[0]
    kind = f"{tool}_result" if run.seal is None else f"encrypted_{tool}_result"
    said: Fields = {**ours(run.own), "type": kind, **_put_texts(run, _RUN)}
    if run.seal is not None:
        said["encrypted_stdout"] = run.seal.data
    if run.exit_code is not ABSENT:
        said["return_code"] = run.exit_code
    if run.files or "content" not in ours(run.spelling).get(WITHOUT, ()):
        said["content"] = [_write_file(file, f"{tool}_output") for file in run.files]
    return said


def _write_file(file: hub.FileId | hub.Url | hub.Opaque, kind: str) -> Json:
    match file:
        case hub.FileId(family="anthropic"):
            return {"type": kind, "file_id": file.id}
        case hub.Opaque(wire="anthropic"):
            return file.document
        case _:
            raise WriteError("a program of the Messages API makes stored files of its own")


# Words.


def _read_said(kind: str, rest: JsonObject) -> hub.Findings | None:
    """Read a file's content, an edit, or advice: a text, where there is one, and what only this provider says beside it."""
    key = _SAID[kind]
    text = rest.pop(key, ABSENT) if isinstance(rest.get(key), str) else ABSENT
    parts = () if text is ABSENT else (hub.Text(text=text, form="string"),)
    return hub.Said(parts=parts, own=own({"type": kind, **rest}))


_SAID: Final = {
    "text_editor_code_execution_view_result": "content",
    "text_editor_code_execution_create_result": "",
    "text_editor_code_execution_str_replace_result": "",
    "advisor_result": "text",
    "advisor_redacted_result": "",
}
"""Results that say something or tell what was done, and the key of what they say."""


def _write_said(tool: str, findings: hub.Said) -> Json:
    said = dict(ours(findings.own))
    key = _SAID.get(said.get("type", ""))
    if key is None or len(findings.parts) > bool(key):
        return None
    for part in findings.parts:
        if not isinstance(part, hub.Text):
            return None
        said[key] = part.text
    return said


def _read_offered(kind: str, rest: JsonObject) -> hub.Findings | None:
    references = rest.pop("tool_references", None)
    if not isinstance(references, list):
        return None
    return hub.Offered(tools=tuple(map(_read_reference, references)), own=own(rest))


def _read_reference(item: Json) -> hub.Tool | hub.Opaque:
    if not isinstance(item, dict) or item.get("type") != "tool_reference" or not isinstance(item.get("tool_name"), str):
        return _opaque(item)
    rest = {key: value for key, value in item.items() if key not in ("type", "tool_name")}
    return hub.Tool(name=item["tool_name"], own=own(rest))


def _write_offered(tool: str, findings: hub.Offered) -> Json:
    references = [
        item.document
        if isinstance(item, hub.Opaque)
        else {**ours(item.own), "type": "tool_reference", "tool_name": item.name}
        for item in findings.tools
    ]
    return {**ours(findings.own), "type": "tool_search_tool_search_result", "tool_references": references}


def _write_failed(tool: str, findings: hub.Failed) -> Json:
    return {**ours(findings.own), "type": f"{tool}{RESULT_SUFFIX}_error", **_put_texts(findings, _FAILED)}


_READERS: Final[Mapping[str, Mapping[str, Reader]]] = {
    "web_fetch": {"web_fetch_result": _read_fetched},
    "code_execution": {
        "code_execution_result": _read_executed,
        "encrypted_code_execution_result": _read_executed,
    },
    "bash_code_execution": {"bash_code_execution_result": _read_executed},
    "text_editor_code_execution": {
        f"text_editor_code_execution_{done}_result": _read_said for done in ("view", "create", "str_replace")
    },
    "tool_search": {"tool_search_tool_search_result": _read_offered},
    "advisor": {"advisor_result": _read_said, "advisor_redacted_result": _read_said},
}
"""Of each tool, the types of its results."""
_WRITERS: Final[Mapping[type, Callable[[str, Any], Json]]] = {
    hub.Searched: _write_searched,
    hub.Fetched: _write_fetched,
    hub.Executed: _write_executed,
    hub.Said: _write_said,
    hub.Offered: _write_offered,
    hub.Failed: _write_failed,
}


# What an MCP server says.


def read_mcp(content: Json, failed: bool) -> hub.Said | hub.Failed | None:
    """Read what an MCP server answered: a text, or texts; ``None`` where it is of no published form."""
    parts: tuple[hub.Shown, ...] | None = None
    if isinstance(content, str):
        parts = (hub.Text(text=content, form="string"),)
    elif isinstance(content, list):
        parts = _read_shown(content)
    if parts is None:
        return None
    return hub.Failed(parts=parts) if failed else hub.Said(parts=parts)


def write_mcp(findings: hub.Findings) -> Json:
    """Write what an MCP server answered as the ``content`` of its result block."""
    if not isinstance(findings, (hub.Said, hub.Failed)):
        raise WriteError("an MCP server of the Messages API answers with texts")
    content: Json
    if len(findings.parts) == 1 and isinstance(findings.parts[0], hub.Text) and findings.parts[0].form == "string":
        content = findings.parts[0].text
    else:
        content = _write_shown(findings.parts)
    if read_mcp(content, isinstance(findings, hub.Failed)) != findings:
        raise WriteError("an MCP server of the Messages API answers with texts, and fails without a code")
    return content
