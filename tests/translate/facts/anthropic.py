"""Facts of the Messages API. Source: https://platform.claude.com/docs/en/api/messages, read 2026-11-22; plain JSON in, no polyloop."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from .common import (
    Fact,
    action,
    at,
    call,
    canonical,
    document,
    extras,
    failed,
    found,
    free_tool,
    function,
    image,
    is_free,
    mcp,
    page_cited,
    parsed,
    said,
    search,
    server_call,
    server_said,
    setting,
    settings,
    stated,
    tool_found,
)

NAMES = {
    "model": "model", "max_tokens": "max", "stop_sequences": "stop", "temperature": "temperature", "top_p": "top_p",
    "service_tier": "tier", "stream": "stream",
}  # fmt: skip
ELSEWHERE = (
    "system", "messages", "tools", "mcp_servers", "tool_choice", "output_config", "metadata", "context_management",
)  # fmt: skip
STOPS = {
    "end_turn": "end", "stop_sequence": "end", "tool_use": "calls", "max_tokens": "length", "refusal": "refused",
    "model_context_window_exceeded": "length",
}  # fmt: skip


def request(body: dict[str, Any]) -> Iterator[Fact]:
    """Yield what a request says."""
    yield from settings(body, NAMES, ELSEWHERE)
    computers = {tool.get("name") for tool in body.get("tools") or () if str(tool.get("type")).startswith("computer_2")}
    free = {tool.get("name") for tool in body.get("tools") or () if is_free(tool.get("input_schema"))}
    yield from _content("system", body.get("system"), at("system"), computers, free)
    for place, message in enumerate(body.get("messages") or ()):
        yield from extras(message, ("role", "content"), at("messages", place))
        where = at("messages", place, "content")
        yield from _content(message.get("role", ""), message.get("content"), where, computers, free)
    for place, tool in enumerate(body.get("tools") or ()):
        yield from _tool(tool, at("tools", place))
    for place, server in enumerate(body.get("mcp_servers") or ()):
        yield from _server(server, at("mcp_servers", place), body.get("tools") or ())
    choice = body.get("tool_choice")
    if isinstance(choice, dict):
        mode = {"any": "required", "tool": "named"}.get(choice["type"], choice["type"])
        if mode != "auto":
            yield setting("choice", [mode, choice.get("name")], at("tool_choice"))
        if choice.get("disable_parallel_tool_use"):
            yield setting("parallel", False, at("tool_choice", "disable_parallel_tool_use"))
    config = body.get("output_config") or {}
    if config.get("format"):
        yield setting("format", config["format"].get("schema"), at("output_config", "format"))
    if config.get("effort"):
        yield setting("effort", config["effort"], at("output_config", "effort"))
    yield from extras(config, ("format", "effort"), at("output_config"))
    yield from _edits(body.get("context_management") or {})
    metadata = body.get("metadata") or {}
    if metadata.get("user_id"):
        yield setting("user", metadata["user_id"], at("metadata", "user_id"))
    yield from extras(metadata, ("user_id",), at("metadata"))


def _edits(management: dict[str, Any]) -> Iterator[Fact]:
    """Yield what the server does with the conversation by itself."""
    for number, edit in enumerate(management.get("edits") or ()):
        place = at("context_management", "edits", number)
        if edit.get("type") == "compact_20260112":
            yield setting("compacts", (edit.get("trigger") or {}).get("value"), f"{place}/trigger/value")
            yield from extras(edit, ("type", "trigger"), place)
        elif edit.get("type") == "clear_thinking_20251015" and edit.get("keep") in ("all", {"type": "all"}):
            yield setting("thinks again of", "all_turns", place)
        else:
            yield Fact(("edits", canonical(edit)), (place,))
    yield from extras(management, ("edits",), at("context_management"))


def response(body: dict[str, Any]) -> Iterator[Fact]:
    """Yield what a reply says."""
    yield from stated(body, {"id": "id", "model": "model"})
    yield from _content("assistant", body.get("content"), at("content"), set(), set())
    stop = body.get("stop_reason")
    if stop is not None:
        yield Fact(("stop", STOPS.get(stop, f"other {stop}")), (at("stop_reason"),))
    if body.get("stop_sequence"):
        yield setting("stop sequence", body["stop_sequence"], at("stop_sequence"))
    usage = body.get("usage") or {}
    counts = {
        "input_tokens": "in", "cache_read_input_tokens": "cache read", "cache_creation_input_tokens": "cache write",
        "output_tokens": "out",
    }  # fmt: skip
    for key, name in counts.items():
        if usage.get(key):
            yield Fact(("usage", name, str(usage[key])), (at("usage", key),))
    for key, count in (usage.get("server_tool_use") or {}).items():
        if count:
            yield Fact(("tool usage", key.removesuffix("_requests"), str(count)), (at("usage", "server_tool_use"),))
    known = ("created", "id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage")
    yield from extras(body, known, "")


def _content(role: str, content: Any, place: str, computers: set[Any], free: set[Any]) -> Iterator[Fact]:
    if isinstance(content, str):
        if content:
            yield said(role, content, place)
        return
    for number, block in enumerate(content or ()):
        yield from _block(role, block, f"{place}{at(number)}", computers, free)


def _arguments(value: Any) -> str:
    """Spell a call's input. The provider's page has text that is no JSON object stand under one key; so does an object that looks like that."""
    text = value.get("INVALID_JSON") if isinstance(value, dict) and len(value) == 1 else None
    if not isinstance(text, str):
        return canonical(value)
    said = parsed(text)
    is_object = said.startswith("{") and "Infinity" not in said  # which no double holds, and no input therefore
    return canonical(value) if is_object and not said.startswith('{"INVALID_JSON":') else said


def _provider_block(block: dict[str, Any], place: str) -> Iterator[Fact]:
    """Read what only the provider says, and what its own tools and MCP servers do, which others say too."""
    kind, outcome = block.get("type"), _outcome(block)
    if kind == "mcp_tool_use":
        yield server_call(block["server_name"], block["name"], canonical(block["input"]), place)
    elif kind == "mcp_tool_result":
        content = block.get("content") or ()
        texts = [content] if isinstance(content, str) else [one.get("text", canonical(one)) for one in content]
        yield server_said(texts, bool(block.get("is_error")), f"{place}/content")
    elif kind == "server_tool_use":
        yield call(block["id"], block["name"], canonical(block["input"]), place)
        yield from _beside(block, ("type", "id", "name", "input"), place)
    elif outcome is not None:
        id, content = block["tool_use_id"], block["content"]
        if "error" in outcome:
            yield failed(id, place)
        yield found(id, canonical(outcome), f"{place}/content", f"{place}/tool_use_id")
        yield from _pages(block, place)
        for file in (content.get("content") if isinstance(content, dict) else None) or ():
            if isinstance(file, dict) and file.get("file_id"):
                yield Fact(("file made", file["file_id"]), (f"{place}/content",))
        yield from _beside(block, ("type", "tool_use_id", "content"), place)
    else:
        yield Fact(("block", canonical(block)), (place,))


def _block(role: str, block: dict[str, Any], place: str, computers: set[Any], free: set[Any]) -> Iterator[Fact]:
    kind = block.get("type")
    known = ["type"]
    if kind == "text":
        known += ["text", "citations"]
        if block["text"]:
            yield said(role, block["text"], f"{place}/text")
        for number, citation in enumerate(block.get("citations") or ()):
            yield from _cited(citation, f"{place}{at('citations', number)}")
    elif kind in ("image", "document"):
        known += ["source", "title"]
        yield from _media(kind, block, place)
    elif kind == "tool_use" and _is_action(block, computers):
        known += ["id", "name", "input", "toolset_name"]
        word = {"action": block["name"]} if block.get("toolset_name") else {}
        yield action({**word, **block["input"]}, f"{place}/input", f"{place}/name")
    elif kind == "tool_use" and block["name"] in free and block["input"].keys() == {"input"}:
        known += ["id", "name", "input"]
        yield Fact(("free call", block["id"], block["name"], block["input"]["input"]), (place,))
    elif kind == "tool_use":
        known += ["id", "name", "input", "toolset_name"]
        places = [f"{place}{at(key)}" for key in ("id", "name", "input")]
        yield call(block["id"], block["name"], _arguments(block["input"]), *places)
    elif kind == "tool_result":
        known += ["tool_use_id", "content", "is_error", "toolset_name"]
        yield from _result(block, place)
    elif kind == "thinking":
        known += ["thinking", "signature"]
        yield Fact(("thinking", block["thinking"]), (f"{place}/thinking",))
        if block.get("signature"):
            yield Fact(("seal", block["signature"]), (f"{place}/signature",))
    else:
        yield from _provider_block(block, place)
        return
    yield from _beside(block, known, place)


def _beside(block: dict[str, Any], known: Collection[str], place: str) -> Iterator[Fact]:
    """Yield what may stand in any block: who called, a cache point, and what nobody documented."""
    caller = block.get("caller")
    if caller is not None and caller != {"type": "direct"}:
        yield Fact(("caller", canonical(caller)), (f"{place}/caller",))
    if block.get("cache_control"):
        yield Fact(("cache point",), (f"{place}/cache_control",))
    yield from extras(block, (*known, "cache_control", "caller"), place)


def _cited(citation: dict[str, Any], place: str) -> Iterator[Fact]:
    """Read what a text rests on. Of a page of the web others say the address and the title, and not which words of it."""
    if citation.get("type") != "web_search_result_location":
        yield Fact(("citation", canonical(citation)), (place,))
        return
    yield page_cited(citation["url"], citation.get("title"), place)
    for key in ("cited_text", "encrypted_index"):
        if citation.get(key):
            yield Fact(("cited", key, str(citation[key])), (f"{place}{at(key)}",))
    yield from extras(citation, ("type", "url", "title", "cited_text", "encrypted_index"), place)


def _pages(block: dict[str, Any], place: str) -> Iterator[Fact]:
    """Yield what a search says of the pages it found beside their addresses."""
    content = block["content"]
    for number, page in enumerate(content if isinstance(content, list) else ()):
        for key in ("title", "page_age", "encrypted_content"):
            if page.get(key):
                yield Fact(("page", key, str(page[key])), (place + at("content", number, key),))


def _outcome(block: dict[str, Any]) -> dict[str, Any] | None:
    """Return what a provider's own tool gave, in the words that other wires tell it in; ``None`` where a part of it is sealed."""
    content = block.get("content")
    if isinstance(content, list) and block["type"] == "web_search_tool_result":
        return {"results": [{"url": page["url"]} for page in content]}
    kind = content.get("type") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(kind, str):
        return None
    if kind.endswith("_tool_result_error"):
        return {"error": _words(content, {"error_code": "code", "error_message": "message"})}
    if kind in ("code_execution_result", "bash_code_execution_result"):
        return {"runs": [_words(content, {"stdout": "stdout", "stderr": "stderr", "return_code": "exit_code"})]}
    if kind == "tool_search_tool_search_result":
        return {"tools": [tool["tool_name"] for tool in content["tool_references"]]}
    page = content.get("content")
    if kind == "web_fetch_result" and isinstance(page, dict) and page["source"]["type"] == "text":
        read = _words(content, {"url": "url", "retrieved_at": "at"})
        return {**read, **_words(page, {"title": "title"}), "text": page["source"]["data"]}
    return None


def _words(document: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {name: document[key] for key, name in names.items() if document.get(key) is not None}


def _is_action(block: dict[str, Any], computers: set[Any]) -> bool:
    if block.get("toolset_name") == "computer":
        return True
    return block["name"] in computers | {"computer"} and "action" in block["input"]


def _media(kind: str, block: dict[str, Any], place: str, result: Any = None) -> Iterator[Fact]:
    source = block.get("source") or {}
    made = image if kind == "image" else document
    if source.get("type") == "base64":
        yield made(f"data:{source['media_type']};base64,{source['data']}", f"{place}/source")
    elif source.get("type") == "text":
        where = f"{place}/source"
        yield said("user", source["data"], where) if result is None else found(result, source["data"], where)
    else:
        yield made(source.get("url") or canonical(source), f"{place}/source")
    if block.get("title"):
        yield Fact(("title", block["title"]), (f"{place}/title",))


def _result(block: dict[str, Any], place: str) -> Iterator[Fact]:
    id = block["tool_use_id"]
    if block.get("is_error"):
        yield failed(id, f"{place}/is_error")
    content = block.get("content")
    if isinstance(content, str):
        if content:
            yield found(id, content, f"{place}/content", f"{place}/tool_use_id")
        return
    for number, inner in enumerate(content or ()):
        where = f"{place}{at('content', number)}"
        if inner["type"] == "text":
            if inner["text"]:
                yield found(id, inner["text"], f"{where}/text", f"{place}/tool_use_id")
            yield from extras(inner, ("type", "text", "cache_control", "citations"), where)
        elif inner["type"] in ("image", "document"):
            yield from _media(inner["type"], inner, where, id)
        elif inner["type"] == "tool_reference":
            yield tool_found(id, inner["tool_name"], f"{where}/tool_name")
            yield from extras(inner, ("type", "tool_name"), where)
        else:
            yield Fact(("block", canonical(inner)), (where,))


def _server(server: dict[str, Any], place: str, tools: Collection[dict[str, Any]]) -> Iterator[Fact]:
    """Read an MCP server with the toolset that says which of its tools may be called; before toolsets it said so itself."""
    allowed, places = (server.get("tool_configuration") or {}).get("allowed_tools"), [place]
    for number, tool in enumerate(tools):
        if tool.get("type") == "mcp_toolset" and tool.get("mcp_server_name") == server.get("name"):
            places.append(at("tools", number))
            if (tool.get("default_config") or {}).get("enabled") is False:
                configs = tool.get("configs") or {}
                allowed = [name for name, config in configs.items() if config.get("enabled") is True]
    yield from mcp(server.get("name"), server.get("url"), server.get("authorization_token"), "never", allowed, *places)
    yield from extras(server, ("type", "name", "url", "authorization_token", "tool_configuration"), place)


def _tool(tool: dict[str, Any], place: str) -> Iterator[Fact]:
    kind = tool.get("type")
    if kind not in (None, "custom"):
        if str(kind).startswith("computer"):
            yield Fact(("computer",), (place,))
        elif kind == "mcp_toolset":
            yield from extras(tool, ("type", "mcp_server_name", "default_config", "configs", "cache_control"), place)
        elif str(kind).startswith("web_search_2"):
            keys = ("/allowed_domains", "/user_location")
            yield from search(tool.get("allowed_domains"), tool.get("user_location"), None, place, keys)
            yield from extras(tool, ("type", "name", "allowed_domains", "user_location", "cache_control"), place)
        elif str(kind).startswith("tool_search_tool_"):
            yield Fact(("tool search",), (place,))
            if "regex" in kind:
                yield Fact(("tool search by", "regex"), (f"{place}/type",))
            yield from extras(tool, ("type", "name"), place)
        elif str(kind).startswith("code_execution_2"):
            yield Fact(("runs code",), (place,))
            if kind != "code_execution_20250825":
                yield Fact(("server tool", str(kind)), (f"{place}/type",))
            yield from extras(tool, ("type", "name"), place)
        else:
            yield Fact(("server tool", canonical(tool)), (place,))
        return
    if is_free(tool.get("input_schema")):
        yield free_tool(tool.get("name"), tool.get("description"), place)
        return
    yield from function(tool.get("name"), tool.get("description"), None, tool.get("strict"), place)
    if tool.get("input_schema"):
        yield Fact(("tool schema", str(tool.get("name")), canonical(tool["input_schema"])), (f"{place}/input_schema",))
    yield from extras(tool, ("type", "name", "description", "input_schema", "strict"), place)
